"""`motcua tenant apply`: all of a folder or nothing of it, as often as you like."""

import shutil

import pytest
from sqlalchemy import text

from motcua.applying import apply_national, apply_tenant
from motcua.catalogue import lookup
from motcua.catalogue.models import Agency, TenantProcedure
from motcua.core.database import db, tenant_scope
from motcua.core.errors import Conflict, Invalid
from motcua.messaging.models import MessageText
from motcua.tenancy import routes
from motcua.tenancy.models import OfficialAccount, Tenant
from motcua.tenancy.problems import FolderInvalid
from tests.factories import TENANTS

PROVINCES = ("binh-thuan", "an-giang", "da-nang", "tien-giang", "dong-nai", "thanh-pho-ho-chi-minh")


@pytest.fixture
def folders(tmp_path, app, national):
    """The shipped folders, to be spoilt at will."""
    for name in ("binh-thuan", "da-nang"):
        shutil.copytree(TENANTS / name, tmp_path / name)
    (tmp_path / "_national").mkdir()
    shutil.copytree(TENANTS / "_national" / "messages", tmp_path / "_national" / "messages")
    for name in ("chat.toml", "feedback.toml"):
        shutil.copy(TENANTS / "_national" / name, tmp_path / "_national" / name)
    return tmp_path


def spoil(file, old: str, new: str) -> None:
    words = file.read_text()
    assert old in words
    file.write_text(words.replace(old, new, 1))


def count(model, slug: str = "binh-thuan") -> int:
    with tenant_scope(slug):
        return db.session.scalar(db.select(db.func.count()).select_from(model))


@pytest.mark.parametrize("slug", PROVINCES)
def test_each_shipped_province_loads_and_carries_out_the_marriage_procedure(app, national, slug):
    apply_tenant(TENANTS / slug)

    with tenant_scope(slug):
        procedure = lookup.find_procedure("1.000894")
        assert procedure.name == "Thủ tục đăng ký kết hôn"
        assert len(procedure.facts.papers_required()) == 4
        assert routes.tenant_of("host", f"{slug}.localhost") == slug
    assert count(Agency, slug) > 60
    assert count(TenantProcedure, slug) > 1500


def test_applying_again_changes_nothing(folders):
    first = apply_tenant(folders / "binh-thuan")
    with tenant_scope("binh-thuan"):
        ids = db.session.scalars(db.select(Agency.id).order_by(Agency.id)).all()

    again = apply_tenant(folders / "binh-thuan")

    assert (first.changed, again.changed) == (True, False)
    with tenant_scope("binh-thuan"):
        assert db.session.scalars(db.select(Agency.id).order_by(Agency.id)).all() == ids


def test_the_national_base_again_changes_nothing(app, national):
    assert not apply_national(TENANTS / "_national").changed


def test_what_left_the_folder_leaves_the_database_and_the_rest_keeps_its_ids(folders):
    apply_tenant(folders / "binh-thuan")
    with tenant_scope("binh-thuan"):
        kept = db.session.scalar(db.select(TenantProcedure.id).where(TenantProcedure.code == "1.000894"))
    spoil(folders / "binh-thuan" / "procedures.csv", "1.000014,,1,,,,,,\n", "")

    apply_tenant(folders / "binh-thuan")

    with tenant_scope("binh-thuan"):
        assert lookup.find_procedure("1.000014") is None
        assert (
            db.session.scalar(db.select(TenantProcedure.id).where(TenantProcedure.code == "1.000894")) == kept
        )


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("tenant.toml", 'status = "live"', 'status = "open"'),
        ("tenant.toml", 'status = "live"', 'status = "live"\naccess_token = "abcdefghijklmnop"'),
        ("agencies.csv", "ubnd-phuong-phan-thiet,", "UBND Phan Thiết,"),
        ("procedures.csv", "1.000014,", "9.999999,"),
        ("procedures.csv", "1.000014,", "1.000005,"),
    ],
    ids=["status", "a secret", "agency code", "unknown procedure", "twice"],
)
def test_a_wrong_file_is_refused_whole_and_nothing_changes(folders, file, old, new):
    spoil(folders / "binh-thuan" / file, old, new)

    with pytest.raises(FolderInvalid) as refused:
        apply_tenant(folders / "binh-thuan")

    assert f"binh-thuan/{file}" in refused.value.message
    assert "dòng" in refused.value.message and "Xin" in refused.value.message
    assert "abcdefghijklmnop" not in refused.value.message
    assert db.session.get(Tenant, "binh-thuan") is None


def test_a_wrong_text_is_refused_whole(folders):
    (folders / "binh-thuan" / "messages").mkdir()
    (folders / "binh-thuan" / "messages" / "help.txt").write_text("{{ nobody_knows }}")

    with pytest.raises(Invalid, match="nobody_knows"):
        apply_tenant(folders / "binh-thuan")

    assert db.session.get(Tenant, "binh-thuan") is None


def test_a_provinces_own_text_is_used_and_gone_again_with_its_file(folders):
    own = folders / "binh-thuan" / "messages"
    own.mkdir()
    (own / "help.txt").write_text("Chào bà con!")
    apply_tenant(folders / "binh-thuan")
    with tenant_scope("binh-thuan"):
        kept = db.session.scalar(db.select(MessageText.body).where(MessageText.event == "help"))
    shutil.rmtree(own)

    apply_tenant(folders / "binh-thuan")

    assert kept == "Chào bà con!"
    with tenant_scope("binh-thuan"):
        assert (
            db.session.scalar(db.select(MessageText.body).where(MessageText.event == "help"))
            != "Chào bà con!"
        )


def test_a_host_or_oa_of_another_province_is_refused(folders):
    apply_tenant(folders / "da-nang")
    spoil(folders / "binh-thuan" / "tenant.toml", '["binh-thuan.localhost"]', '["da-nang.localhost"]')

    with pytest.raises(Conflict, match=r"da-nang\.localhost"):
        apply_tenant(folders / "binh-thuan")

    assert db.session.get(Tenant, "binh-thuan") is None
    assert routes.tenant_of("host", "da-nang.localhost") == "da-nang"


def test_applying_keeps_the_oas_tokens(folders):
    from datetime import UTC, datetime, timedelta

    apply_tenant(folders / "binh-thuan")
    with tenant_scope("binh-thuan"):
        account = db.session.scalars(db.select(OfficialAccount)).one()
        account.keep_tokens("token", "refresh", datetime.now(UTC) + timedelta(hours=25))
        db.session.commit()
    spoil(folders / "binh-thuan" / "tenant.toml", 'status = "live"', 'status = "trial"')

    apply_tenant(folders / "binh-thuan")

    with tenant_scope("binh-thuan"):
        assert db.session.scalars(db.select(OfficialAccount)).one().access_token == "token"


def test_another_provinces_rows_are_untouched(folders):
    apply_tenant(folders / "da-nang")
    before = count(Agency, "da-nang")

    apply_tenant(folders / "binh-thuan")

    assert count(Agency, "da-nang") == before
    assert db.session.scalar(text("SELECT count(*) FROM tenant")) == 2
