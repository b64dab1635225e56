"""Citizens' requests about their own data: asked in the chat, kept to the law's clocks, really carried out."""

import io
import json
import zipfile
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from sqlalchemy import text

from motcua import audit, tables
from motcua.audit import verifying
from motcua.audit.models import AuditEntry
from motcua.broadcasts.models import Broadcast
from motcua.citizens.models import Citizen, phone_index
from motcua.complaints import handling as complaints
from motcua.conversation import handover
from motcua.conversation.models import Handover
from motcua.core.clock import VIETNAM
from motcua.core.database import Base, db
from motcua.core.errors import Conflict, Invalid
from motcua.data_requests import copying, erasing, handling, held
from motcua.data_requests.models import DataRequest, DataTombstone
from motcua.dossiers import following, requests
from motcua.messaging.models import Message, TrialGuest
from motcua.messaging.outbox import owe
from motcua.reminders.models import LicenceReminder
from motcua.reminders.models import sealed as sealed_licence
from motcua.zalo.messages import TextMessage
from tests.conversation.conftest import UID, hears, post, say  # noqa: F401 - fixtures
from tests.factories import make_citizen, make_desk, make_dossier, make_visit

MONDAY = datetime(2026, 11, 23, 3, tzinfo=UTC)  # 10:00 in Vietnam; Tuesday the 24th is a holiday
PHONE = "84912345678"
BY = "Phạm Thu Hà"
SECRET = "Tôi ở nhà số 5 đường Bí Mật"


@pytest.fixture(autouse=True)
def clock(province):
    with time_machine.travel(MONDAY, tick=True) as traveller:
        yield traveller


@pytest.fixture
def lan():
    citizen = make_citizen(UID, phone=PHONE)
    db.session.commit()
    return citizen


def the_one() -> DataRequest:
    db.session.rollback()
    return db.session.scalars(db.select(DataRequest).execution_options(populate_existing=True)).one()


def told(event: str) -> list[Message]:
    return db.session.scalars(db.select(Message).where(Message.event == event)).all()


def filed(citizen, kind: str = "delete") -> DataRequest:
    request = handling.file(kind, "chat", citizen=citizen)
    db.session.commit()
    return request


def local(at: datetime) -> str:
    return f"{at.astimezone(VIETNAM):%Y-%m-%d %H:%M}"


def test_the_chat_offers_what_can_be_asked_and_keeps_it(lan, say):  # noqa: F811
    (menu,) = say("dữ liệu của tôi")
    assert "Ông/bà có quyền với dữ liệu cá nhân" in menu

    (kept,) = say("#my-data:access")

    request = the_one()
    assert (request.kind, request.source, request.citizen_id) == ("access", "chat", lan.id)
    assert f"yêu cầu số {request.id}" in kept and "26/11/2026" in kept  # two working days, not the holiday


@pytest.mark.parametrize(
    "line", ["xóa dữ liệu của tôi", "xoá dữ liệu", "XOA DU LIEU CUA TOI", "delete my data"]
)
def test_erasure_is_asked_twice_before_it_is_kept(lan, say, line):  # noqa: F811
    (sure,) = say(line)
    assert "Ông/bà có chắc không" in sure
    assert db.session.scalars(db.select(DataRequest)).all() == []

    say("#my-data:delete:yes")

    assert the_one().kind == "delete"


def test_a_correction_is_asked_for_in_words_which_are_encrypted(lan, say):  # noqa: F811
    say("#my-data:correct")

    say("Tên tôi là Lan, không phải Lân")

    request = the_one()
    assert request.said == "Tên tôi là Lan, không phải Lân"
    assert "Lân" not in request.said_encrypted


def test_who_thinks_better_of_it_sends_nothing(lan, say):  # noqa: F811
    say("#my-data:correct")
    (dropped,) = say("Thôi.")

    assert "Không có yêu cầu nào được gửi" in dropped
    assert db.session.scalars(db.select(DataRequest)).all() == []


def test_asking_again_is_the_same_request(lan, say):  # noqa: F811
    say("#my-data:access")
    say("#my-data:access")
    say("#my-data:nonsense")

    assert the_one().kind == "access"


def test_it_is_extended_once_and_the_citizen_hears_why(lan):
    request = filed(lan, "access")

    handling.extend(request.id, BY, 15, "Cần đối chiếu hồ sơ giấy")
    db.session.commit()

    assert local(request.due_at) == "2026-12-18 10:00"
    assert "Cần đối chiếu hồ sơ giấy" in told("data_extended")[0].content["consultation"]["text"]
    with pytest.raises(Conflict, match="một lần"):
        handling.extend(request.id, BY, 1, "Lần nữa")
    for days in (0, 16):
        with pytest.raises(Invalid):
            handling.extend(filed(make_citizen("9")).id, BY, days, "x")


def test_clocks_that_run_out_are_told(lan, clock):
    request = filed(lan, "access")
    assert handling.late_clocks(request, MONDAY) == []

    assert handling.late_clocks(request, MONDAY + timedelta(days=4)) == ["acknowledge"]
    assert handling.late_clocks(request, request.due_at - timedelta(hours=2)) == ["acknowledge", "due_soon"]


def fill(lan) -> None:
    """Lan uses everything."""
    dossier = make_dossier()
    following.follow(dossier, lan, "phone")
    make_visit(make_desk(), "2026-11-26 08:00", citizen=lan)
    complaints.file(lan, "conduct", SECRET, dossier.id)
    requests.ask(dossier, "postal_return", {"address": SECRET}, source="chat", citizen=lan)
    talk = Handover(citizen_id=lan.id)
    db.session.add(talk)
    db.session.flush()
    handover._keep(talk, "citizen", SECRET)
    owe(lan, "answer", dedupe_key="to-lan", consultation=TextMessage(SECRET))
    owe(PHONE, "answer", dedupe_key="to-phone", consultation=TextMessage(SECRET))
    lan.topics, lan.areas = ["policy"], ["ubnd-phuong"]
    licence = sealed_licence("79********01", "B")
    db.session.add(
        LicenceReminder(
            citizen_id=lan.id,
            expires_on=MONDAY.date(),
            next_on=MONDAY.date(),
            licence_encrypted=licence,
            asked_at=MONDAY,
        )
    )
    guest = {"phone_index": phone_index(PHONE), "phone_encrypted": lan.phone_encrypted}
    db.session.add(TrialGuest(**guest, invited_by=BY))
    db.session.commit()


def everything(but: set[str]) -> str:
    """All rows of all tables of the province, as text."""
    said = []
    for name in sorted(set(tables.tenant_owned()) - but):
        said += db.session.scalars(text(f'SELECT t::text FROM "{name}" t')).all()
    return "\n".join(said)


OFFICIAL = {"dossier", "dossier_person", "dossier_phone", "dossier_form_issued", "dossier_event"}


def test_erasure_reaches_every_table_and_leaves_a_sealed_tombstone(lan, say):  # noqa: F811
    say("menu")  # stands in the inbox
    fill(lan)
    stored = db.session.execute(text("SELECT phone_index, phone_encrypted, uid_encrypted FROM citizen")).one()
    traces = set(stored)
    before = everything(OFFICIAL)
    assert [trace for trace in traces if trace not in before] == []
    assert "Bí Mật" in before
    request = filed(lan)

    handling.begin_erasure(request.id, BY)
    db.session.commit()
    for message in told("data_erasing"):
        message.state = "delivered"
    db.session.commit()
    assert handling.finish_erasures() == 1

    after = everything(OFFICIAL)
    assert [trace for trace in traces if trace in after] == []
    assert "Bí Mật" not in after
    for holding in held.HOLDINGS:
        if holding.erase == held.DELETE:
            count = db.session.scalar(db.select(db.func.count()).select_from(held.table_of(holding)))
            assert count == 0, holding.table
    tombstone = db.session.scalars(db.select(DataTombstone)).one()
    assert erasing.is_genuine(tombstone) and tombstone.counts["complaint"] == 1
    assert the_one().state == "done"
    entry = db.session.scalars(db.select(AuditEntry).where(AuditEntry.action == "data_request.erase")).one()
    assert entry.detail == tombstone.counts
    assert verifying.verify().broken is None


def test_a_tombstone_that_was_rewritten_is_not_genuine(lan):
    request = handling.file("delete", "desk", phone=PHONE)
    handling.begin_erasure(request.id, BY)
    db.session.commit()
    tombstone = db.session.scalars(db.select(DataTombstone)).one()

    tombstone.erased_by = "Ai đó"

    assert not erasing.is_genuine(tombstone)


def test_the_last_message_leaves_before_the_account_is_erased(lan, clock):
    request = filed(lan)
    handling.begin_erasure(request.id, BY)
    db.session.commit()

    assert handling.finish_erasures() == 0
    assert db.session.get(Citizen, (lan.tenant_id, lan.id)).uid == UID

    clock.shift(timedelta(hours=2))
    assert handling.finish_erasures() == 1
    db.session.expire_all()
    assert db.session.get(Citizen, (lan.tenant_id, lan.id)).uid == ""


def test_other_citizens_keep_everything(lan):
    fill(lan)
    other = make_citizen("7000000000000000002", phone="84987654321")
    complaints.file(other, "conduct", "Chuyện của người khác, đủ dài", None)
    owe(other, "answer", dedupe_key="to-other", consultation=TextMessage("Chuyện của người khác"))
    db.session.commit()

    erasing.erase(filed(lan))
    db.session.commit()

    assert db.session.get(Citizen, (other.tenant_id, other.id)).phone == "84987654321"
    assert len(complaints.of_citizen(other)) == 1
    kept = db.session.scalars(db.select(Message).where(Message.citizen_id == other.id)).one()
    assert kept.state == "queued" and "người khác" in kept.content["consultation"]["text"]


def test_a_hold_beats_erasure_whenever_it_comes(lan):
    request = filed(lan)
    handling.hold(request.id, BY, "Công văn 12/CAT ngày 20/11/2026")
    db.session.commit()
    with pytest.raises(erasing.Held):
        handling.begin_erasure(request.id, BY)
    db.session.rollback()

    handling.lift(request.id, BY)
    handling.begin_erasure(request.id, BY)
    db.session.commit()
    handling.hold(request.id, BY, "Công văn 13/CAT")
    for message in told("data_erasing"):
        message.state = "sent"
    db.session.commit()
    handling.finish_erasures()

    assert the_one().state == "acknowledged"
    assert db.session.get(Citizen, (lan.tenant_id, lan.id)).phone == PHONE


def test_a_hold_on_one_account_covers_the_persons_others(lan):
    handling.hold(filed(lan).id, BY, "Công văn 12/CAT")
    at_the_desk = handling.file("delete", "desk", phone=PHONE)
    db.session.commit()

    with pytest.raises(erasing.Held):
        handling.begin_erasure(at_the_desk.id, BY)


def test_the_copy_shows_ones_own_data_and_masks_others(lan):
    fill(lan)
    complaints.file(lan, "regulation", "Cán bộ đưa tôi số 0987654321 để gọi", None)
    request = filed(lan, "access")

    archive = zipfile.ZipFile(io.BytesIO(copying.archive(request)))

    told_json = json.loads(archive.read("ban-sao.json"))
    page = archive.read("ban-sao.html").decode()
    assert "Bí Mật" in page and PHONE in page and "Nguyễn Thị Lan" in page
    assert "0987654321" not in page and "0987654321" not in str(told_json)
    assert {one["title"] for one in told_json["data"]} >= {
        "Phản ánh, kiến nghị",
        "Lịch hẹn",
        "Tài khoản Zalo đã biết",
    }


def test_who_is_granted_restriction_hears_nothing_unasked_any_more(lan):
    other_account = make_citizen("7000000000000000005", phone=PHONE)
    request = filed(lan, "restrict")

    handling.close(request.id, BY, "Đã hạn chế", refused=False)
    db.session.commit()

    assert lan.muted_at is not None and other_account.muted_at is not None


def test_who_comes_to_the_desk_gets_the_dossiers_of_their_phone():
    make_dossier()
    request = handling.file("access", "desk", phone=PHONE)
    db.session.commit()

    (section,) = [
        one for one in copying.sections(erasing.subject_of(request), {PHONE}) if "Hồ sơ có" in one["title"]
    ]

    assert "Nguyễn Thị Lan" in section["rows"][0][-1]


def test_the_link_to_the_copy_opens_once_and_looking_does_not_use_it_up(app, lan, clock):
    app.config["WTF_CSRF_ENABLED"] = False
    handling.send_copy(filed(lan, "access").id, BY)
    db.session.commit()
    (button,) = told("data_copy")[0].content["consultation"]["buttons"]
    path = button["url"].partition("localhost:8000")[2] if "url" in button else json.dumps(button)
    client, headers = app.test_client(), {"Host": "binh-thuan.localhost"}

    assert [client.get(path, headers=headers).status_code for _ in range(3)] == [200, 200, 200]
    assert client.get(path, headers={"Host": "da-nang.localhost"}).status_code == 404
    taken = client.post(path, headers=headers)
    again = client.post(path, headers=headers)
    app.config["WTF_CSRF_ENABLED"] = True

    assert (taken.status_code, taken.mimetype, again.status_code) == (200, "application/zip", 404)


def test_no_table_that_holds_a_citizens_data_is_forgotten():
    named = {one.table for one in held.HOLDINGS} | held.NOT_A_CITIZENS.keys()
    telling = {"citizen_id", "phone_index", "uid_index", "citizen_index", "phone_encrypted"}
    forgotten = []
    for name in tables.tenant_owned():
        table = Base.metadata.tables[name]
        parents = {key.column.table.name for key in table.foreign_keys}
        columns = {column.name for column in table.columns}
        is_personal = columns & telling or any(column.endswith("_encrypted") for column in columns)
        if (is_personal or "citizen" in parents) and name not in named:
            forgotten.append(name)

    assert forgotten == [], "say in data_requests/held.py what a copy shows of it and what erasure does"


def test_every_column_that_is_named_exists():
    for one in held.HOLDINGS:
        columns = set(held.table_of(one).columns.keys())
        changed = set(one.erase) if isinstance(one.erase, dict) else set()
        via = {one.via[0]} if one.via else set()
        assert columns >= {*one.by, *one.shown, *one.sealed, *changed, *via}, one.table
    assert Broadcast.__tablename__ not in {one.table for one in held.HOLDINGS}


def test_who_did_what_is_in_the_log_without_the_citizens_name(lan):
    with audit.acting_as(audit.Actor("staff", "1", BY)):
        handling.close(filed(lan, "restrict").id, BY, "Đã hạn chế; liên hệ 0912345678", refused=False)
        db.session.commit()

    found = db.session.scalars(db.select(AuditEntry).order_by(AuditEntry.number)).all()
    assert [one.action for one in found] == ["data_request.receive", "data_request.close"]
    assert "0912345678" not in str([one.detail for one in found])
