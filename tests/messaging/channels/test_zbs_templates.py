"""ZBS templates as Zalo last told us; one that cannot be sent is shown as a problem and not used."""

import json
from datetime import datetime, time, timedelta

import pytest
import time_machine

from motcua.alerts import watching
from motcua.appointments import telling
from motcua.appointments.models import Visit
from motcua.broadcasts import content
from motcua.broadcasts.content import LONGEST
from motcua.broadcasts.models import Broadcast
from motcua.citizens import registry
from motcua.conversation.handling import handle
from motcua.core import queue
from motcua.core.clock import VIETNAM, now
from motcua.core.database import db, tenant_scope
from motcua.demo.stage import template
from motcua.dossiers import news
from motcua.messaging import alarms, template_sync
from motcua.messaging.channels import zbs_templates
from motcua.messaging.channels.purposes import PURPOSES
from motcua.messaging.channels.zbs_templates import KnownTemplate, ZbsTemplate
from motcua.messaging.models import Message
from motcua.messaging.template_sync import sync
from motcua.reminders import licences
from motcua.reminders.models import PURPOSE, LicenceReminder, sealed
from motcua.services.driving_licence.records import masked_number
from motcua.surveys import asking
from motcua.tenancy import current
from motcua.tenancy.folder_schema import TEMPLATE_PURPOSES
from motcua.tenancy.models import OfficialAccount
from motcua.zalo.webhooks import parse
from motcua.zalo.zbs import TemplateParam
from tests.factories import APP_ID, OA_IDS, make_citizen, make_desk, make_dossier

RECEIPT, STATUS = "300000", "300001"


def account() -> OfficialAccount:
    return db.session.scalars(db.select(OfficialAccount)).one()


def uses() -> dict:
    ours = account()
    return {one.purpose: one for one in zbs_templates.uses_of(ours, zbs_templates.all_of(ours))}


def test_the_state_price_tag_and_parameters_are_kept(zalo, province):
    assert sync(province) == 2

    one = db.session.scalar(db.select(ZbsTemplate).where(ZbsTemplate.template_id == RECEIPT))
    assert (one.status, one.tag, one.price_phone_vnd, one.price_uid_vnd) == (
        "ENABLE",
        "TRANSACTION",
        120,
        120,
    )
    assert [(param.name, param.type, param.max_length) for param in one.known.params][:2] == [
        ("ma_ho_so", "4", 30),
        ("thu_tuc", "9", 200),
    ]
    assert all(use.is_sent for use in uses().values())


def test_a_hundred_templates_are_fetched_page_by_page_and_again_without_doubles(zalo, province):
    for number in range(120):
        zalo.ask("POST", "/templates", _template(f"39{number:04d}"))

    assert sync(province) == 122
    assert sync(province) == 122

    assert db.session.scalar(db.select(db.func.count()).select_from(ZbsTemplate)) == 122


def _template(template_id: str, **given) -> dict:
    return template(OA_IDS["binh-thuan"], "dossier_status", template_id) | given


def test_what_zalo_no_longer_lists_is_marked_and_not_sent(zalo, province):
    sync(province)
    db.session.execute(
        db.update(ZbsTemplate).values(template_id="399999").where(ZbsTemplate.template_id == STATUS)
    )
    db.session.commit()

    sync(province)

    gone = db.session.scalar(db.select(ZbsTemplate).where(ZbsTemplate.template_id == "399999"))
    assert gone.gone_at is not None
    assert not gone.known.is_enabled


@pytest.mark.parametrize("status", ["PENDING_REVIEW", "REJECT", "DISABLE"])
def test_a_template_that_is_not_enabled_is_a_problem_with_a_remedy(zalo, province, status):
    zalo.ask("POST", "/templates", _template(STATUS, status=status))

    sync(province)

    use = uses()["dossier_status"]
    assert not use.is_sent
    assert "Xin" in use.problems[0]
    assert uses()["dossier_receipt"].is_sent


def test_the_admin_is_alerted_until_it_is_mended(zalo, province):
    zalo.ask("POST", "/templates", _template(STATUS, status="DISABLE"))
    sync(province)
    with tenant_scope(province):
        watching.look()

        assert [one.alert.kind for one in watching.shown()] == [alarms.TEMPLATE]
        assert "Tin về tiến độ hồ sơ" in watching.shown()[0].sentence

    zalo.ask("POST", "/templates", _template(STATUS))
    sync(province)
    with tenant_scope(province):
        watching.look()

        assert watching.shown() == []


def test_nothing_is_held_against_templates_that_were_never_fetched(province):
    assert all(use.is_sent and use.problems == () for use in uses().values())


def test_an_oa_that_does_not_answer_is_asked_again_within_the_hour(zalo, province):
    zalo.fault("/business/template/all", "error", code=-101, count=9)
    template_sync.wake_due()

    assert sync(province) == 0

    key = f"motcua:zbs-templates:{province}"
    assert 0 < queue.connection().ttl(key) <= template_sync.AGAIN_AFTER_S


def test_one_round_a_day_is_asked_for_and_another_when_zalo_says_something_changed(province):
    lane = queue.lane_queue("normal")
    for _ in range(3):
        template_sync.wake_due()
    assert len(lane) == 1
    lane.empty()
    queue.woken(template_sync.SYNC, province)

    body = {
        "event_name": "change_template_status",
        "oa_id": OA_IDS[province],
        "app_id": APP_ID,
        "template_id": STATUS,
        "status": {"prev_status": "ENABLE", "new_status": "DISABLE"},
        "reason": "x",
        "timestamp": "1760000000000",
    }
    assert handle(OA_IDS[province], parse(json.dumps(body).encode())) is True
    db.session.commit()

    assert len(lane) == 1


def known(*params: TemplateParam, **given) -> KnownTemplate:
    return KnownTemplate(**({"status": "ENABLE", "tag": "TRANSACTION", "params": params} | given))


def param(name: str, type_: str = "9", most: int | None = 200, **given) -> TemplateParam:
    return TemplateParam(name, type_, max_length=most, **given)


def test_words_are_cut_to_what_the_template_takes_and_others_are_left_out():
    template = known(param("thu_tuc", most=10), param("ma_ho_so", "4", 30))

    fitted = template.fitted({"thu_tuc": "Thủ tục đăng ký kết hôn", "ma_ho_so": "H11-1", "co_quan": "UBND"})

    assert fitted == {"thu_tuc": "Thủ tục đ…", "ma_ho_so": "H11-1"}


@pytest.mark.parametrize(
    "params",
    [
        [param("ma_ho_so", "4", 10)],
        [param("ngay_hen", "DATE", None)],
        [param("so_dien_thoai", "2", 15)],
        [param("ngay_hen", "11", 20)],
    ],
    ids=["a code is not cut", "no date", "a parameter that we do not fill", "words for a time"],
)
def test_what_does_not_fit_is_not_sent(params):
    data = {"ma_ho_so": "000.00.01.H11-241126-0007", "ngay_hen": "Chưa có ngày hẹn"}

    assert known(*params).fitted(data) is None


@pytest.mark.parametrize(
    ("params", "is_sent", "says"),
    [
        ([param("ma_ho_so", "4", 30)], True, None),
        ([param("ho_ten", "1", 30)], False, "ho_ten"),
        ([param("ho_ten", "1", 30, required=False)], True, None),
        ([param("ngay_hen", "14", 12)], False, "ngay_hen"),
        ([param("thu_tuc", "5", 30)], True, "bị cắt bớt"),
        ([param("ma_ho_so", "4", 26)], True, "không gửi được"),
    ],
    ids=[
        "fits",
        "unknown",
        "unknown but optional",
        "wrong type",
        "words are cut",
        "a long code would not go",
    ],
)
def test_the_mapping_of_a_purpose_is_judged(params, is_sent, says):
    sentences, goes = zbs_templates.judge("dossier_status", "1", known(*params))

    assert goes is is_sent
    assert (says is None and sentences == ()) or says in sentences[0]
    assert all("Xin" in one for one in sentences)


def test_the_purposes_are_what_the_rooms_above_fill(province):
    filled = {
        purpose: news.template_words(make_dossier())
        for purpose in (*news.TEMPLATE_OF.values(), "dossier_status")
    }
    desk = make_desk()
    visit = Visit(number=12, starts_at=now(), purpose="file", state="booked")
    filled[telling.TEMPLATE] = telling.template(visit, desk).data
    filled[asking.RATING_TEMPLATE] = dict.fromkeys(asking.RATING_PARAMETERS, "x")
    filled[content.TEMPLATE] = content.template(_longest_announcement())
    filled[licences.TEMPLATE] = _licence_words()

    assert filled.keys() == PURPOSES.keys() == set(TEMPLATE_PURPOSES)
    for purpose, words in filled.items():
        fills = PURPOSES[purpose].fills
        assert fills.keys() == words.keys(), purpose
        assert all(len(words[name]) <= fill.longest for name, fill in fills.items())


def _longest_announcement() -> Broadcast:
    return Broadcast(
        kind="policy",
        code=f"{10**18 - 1}-K7Q2MF",
        title="T" * LONGEST["title"],
        document_number="S" * LONGEST["document_number"],
        document_issuer="C" * LONGEST["document_issuer"],
    )


def _licence_words() -> dict[str, str]:
    """Of the reminder with the most days left."""
    today = current.today()
    citizen = make_citizen()
    reminder = LicenceReminder(
        citizen_id=citizen.id,
        expires_on=today + timedelta(days=max(licences.LADDER)),
        next_on=today,
        licence_encrypted=sealed(masked_number("790000000001"), "A1, B2"),
        asked_at=now(),
    )
    db.session.add(reminder)
    registry.agree(citizen, (PURPOSE,), "chat")
    db.session.commit()
    with time_machine.travel(datetime.combine(today, time(12), VIETNAM)):
        assert licences.sweep() == 1
    message = db.session.scalars(db.select(Message).where(Message.event == licences.EVENT)).one()
    return message.content["zbs"]["data"]


def test_another_provinces_templates_are_not_seen(zalo, province, app):
    sync(province)

    with tenant_scope("da-nang"):
        assert db.session.scalars(db.select(ZbsTemplate)).all() == []
