"""A province from one form: everything a folder would have given it, and nothing of another's."""

import pytest
from marshmallow import ValidationError

from motcua.catalogue import lookup
from motcua.catalogue.models import Agency, TenantProcedure
from motcua.core.database import db, tenant_scope
from motcua.core.errors import Conflict, Invalid
from motcua.messaging.wording import texts
from motcua.provinces import founding, units
from motcua.provinces.models import TenantDecision
from motcua.tenancy import routes
from motcua.tenancy.models import OfficialAccount, Tenant
from tests.provinces.conftest import FORM, founded


def codes(slug: str = "binh-thuan") -> set[str]:
    with tenant_scope(slug):
        return set(db.session.scalars(db.select(TenantProcedure.code).where(TenantProcedure.is_enabled)))


def test_a_founded_province_is_on_trial_and_answers_on_its_host(founded_province):
    tenant = db.session.get(Tenant, "binh-thuan")

    assert (tenant.status, tenant.origin) == ("trial", "console")
    assert routes.tenant_of("host", "binh-thuan.localhost") == "binh-thuan"
    assert [one["name"] for one in tenant.settings["names"]] == ["Tỉnh Bình Thuận", "Tỉnh Lâm Đồng"]
    assert tenant.settings["merged_into"]["resolution"] == "Nghị quyết số 202/2025/QH15"


def test_it_has_its_offices_words_and_the_nations_procedures(founded_province):
    with tenant_scope("binh-thuan"):
        agencies = {one.code: one for one in db.session.scalars(db.select(Agency))}
        marriage = lookup.find_procedure("1.000894")
        hello = texts.bodies_of("welcome")

    assert agencies["ubnd-phuong-mui-ne"].name == "UBND phường Mũi Né"
    assert "Phường Hàm Tiến, Thành phố Phan Thiết" in agencies["ubnd-phuong-mui-ne"].old_units
    assert agencies["so-tu-phap"].name == "Sở Tư pháp tỉnh Lâm Đồng"
    assert marriage.name == "Thủ tục đăng ký kết hôn"
    assert hello["vi"] and hello["en"]


def test_the_catalogue_can_be_some_fields_another_provinces_choice_or_nothing_yet(app, national):
    founded(fields_of=["Hộ tịch"])
    founded(unit="new-48", slug="da-nang", host="da-nang.localhost", catalogue="copy", copy_from="binh-thuan")
    founded(unit="new-91", slug="an-giang", host="an-giang.localhost", catalogue="later")

    some = codes()
    assert "1.000894" in some and len(some) < 200
    assert codes("da-nang") == some
    assert codes("an-giang") == set()


def test_a_copied_catalogue_keeps_who_carries_it_out_where_that_office_is_here_too(app, national):
    founded(fields_of=["Hộ tịch"])
    with tenant_scope("binh-thuan"):
        changes = {"1.000894": "ubnd-tinh", "1.001193": "so-cua-binh-thuan"}
        for code, agency in changes.items():
            db.session.execute(
                db.update(TenantProcedure).where(TenantProcedure.code == code).values(agency=agency)
            )
        db.session.commit()

    founded(unit="new-48", slug="da-nang", host="da-nang.localhost", catalogue="copy", copy_from="binh-thuan")

    with tenant_scope("da-nang"):
        rows = db.session.execute(
            db.select(TenantProcedure.code, TenantProcedure.agency).where(TenantProcedure.code.in_(changes))
        )
        assert dict(map(tuple, rows)) == {"1.000894": "ubnd-thanh-pho", "1.001193": None}


def test_an_oa_that_is_known_is_the_provinces_from_the_start(app, national):
    founded(oa_id="388000000000000060", app_id="1234567890123456789")

    with tenant_scope("binh-thuan"):
        account = db.session.scalars(db.select(OfficialAccount)).one()
    assert (account.name, account.state) == ("Dịch vụ công Bình Thuận", "not_connected")
    assert routes.tenant_of("oa", "388000000000000060") == "binh-thuan"


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"slug": "Bình Thuận"}, "slug"),
        ({"host": "https://binhthuan.gov.vn"}, "host"),
        ({"admin_email": "an"}, "admin_email"),
        ({"oa_id": "388000000000000060"}, "app_id"),
        ({"catalogue": "copy"}, "copy_from"),
        ({"primary_color": "#ffff00"}, "primary_color"),
        ({"admin_name": ""}, "admin_name"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_faulty_form_names_the_field_and_the_remedy(app, wrong, field):
    with pytest.raises(ValidationError) as refused:
        founding.FoundingForm().load({**FORM, **wrong})

    assert list(refused.value.normalized_messages()) == [field]
    assert any(
        word in " ".join(founding.sentences(refused.value.normalized_messages())) for word in ("Xin", "gồm")
    )


@pytest.mark.parametrize("wrong", [{"monogram": "b1"}, {"unit": "new-99"}, {"portal_url": "http://x"}])
def test_what_the_rules_of_a_folder_refuse_is_refused_here_too(app, national, wrong):
    with pytest.raises(Invalid) as refused:
        founded(**wrong)

    assert list(refused.value.details) == list(wrong)
    assert db.session.get(Tenant, "binh-thuan") is None


def test_the_name_the_host_and_the_oa_of_another_province_are_refused(founded_province):
    with pytest.raises(Conflict, match="Đã có tỉnh binh-thuan"):
        founded(host="khac.localhost")
    with pytest.raises(Conflict, match="đã thuộc tỉnh binh-thuan"):
        founded(unit="new-68", slug="lam-dong")

    assert db.session.get(Tenant, "lam-dong") is None
    assert db.session.scalar(db.select(db.func.count()).select_from(TenantDecision)) == 1


def test_a_founding_that_broke_off_can_be_done_again(founded_province):
    tenant = db.session.get(Tenant, "binh-thuan")
    tenant.settings_digest = ""
    db.session.commit()

    assert founded().slug == "binh-thuan"


def test_every_unit_of_the_nation_can_be_founded(app):
    national = founding.home()
    for unit in units.all_units(national).values():
        proposed = founding.propose(unit, "localhost")
        form = founding.FoundingForm().load(
            {**FORM, "unit": unit.key, **{name: proposed[name] for name in ("slug", "host", "monogram")}}
        )
        folder = founding._folder(form, unit, national)
        agencies = units.agencies_of(unit, national)

        assert folder.slug == unit.slug and folder.names[-1].short_name == unit.citizens_name
        assert len(agencies) == len({one.code for one in agencies}) > 25, unit.key
    assert len(units.all_units(national)) == 34 + 52


def test_the_nations_new_words_reach_a_province_without_a_folder(founded_province):
    with tenant_scope("binh-thuan"):
        db.session.execute(db.text("UPDATE message_text SET body = 'cũ' WHERE event = 'help'"))
        db.session.execute(
            db.text("UPDATE message_text_version SET body = 'cũ' WHERE event = 'help' AND source = 'folder'")
        )
        db.session.commit()

    renewed = founding.renew_all()

    with tenant_scope("binh-thuan"):
        assert texts.bodies_of("help")["vi"] != "cũ"
    assert renewed == ["binh-thuan"]
