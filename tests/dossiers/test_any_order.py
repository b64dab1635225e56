"""Events late, twice and out of order end in the same line of time and the same present state."""

from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from motcua.core.clock import VIETNAM
from motcua.core.database import db
from motcua.dossiers import flags, intake, records, workflow
from motcua.dossiers.models import Dossier
from motcua.dossiers.schemas import DossierOut, EventIn
from tests.factories import dossier_code, dossier_data

pytestmark = pytest.mark.usefixtures("province")

START = datetime(2024, 11, 26, 8, 0, tzinfo=VIETNAM)
OURS = {"code", "token", "created_at", "source_time", "synced_at", "source_digest", "people_encrypted"}


def text_at(hours: int) -> str:
    return (START + timedelta(hours=hours)).isoformat()


PLACES = st.sampled_from(
    [
        {},
        {"department": "Phòng Tư pháp"},
        {"department": "Văn phòng", "officer": {"name": "Võ Minh Khang", "title": "Chuyên viên"}},
        {"officer": {"name": "Đỗ Thị Thanh"}},
        {"agency_name": "Sở Tư pháp", "step": {"name": "Thẩm định", "due_at": text_at(30)}},
        {"agency_name": "Công an tỉnh", "due_at": text_at(90)},
        {"step": {"name": "Ký duyệt"}, "pickup": {"place": "Quầy 3"}},
    ]
)
SUPPLEMENT = {"items": [{"name": "Giấy khai sinh", "originals": 1}], "reason": "Thiếu giấy khai sinh"}
MEMBERS = {
    5: [{}, {"supplement": SUPPLEMENT}, {"supplement": SUPPLEMENT | {"stage": "appraisal"}}],
    6: [{}, {"fee": {"amount_vnd": 20000}}, {"fee": {"amount_vnd": 0}},
        {"fee": {"amount_vnd": 5000, "stage": "return"}}],
    9: [{}, {"result": {"items": [{"name": "Giấy chứng nhận kết hôn"}]}}, {"reason": "Sai tên"}],
    10: [{}, {"handover": {"way": "post", "post_code": "RR1"}}, {"handover": {"way": "electronic"}}],
    4: [{}, {"reason": "Xử lý lại"}, {"apology": {"reason": "Chờ xác minh", "new_due_at": text_at(70)}},
        {"fee_paid": {"paid_at": text_at(3), "amount_vnd": 20000, "method": "cash"}}],
}  # fmt: skip


@st.composite
def event(draw) -> dict:
    status = draw(st.integers(1, 10))
    body = {"occurred_at": text_at(draw(st.integers(-2, 8)))} | draw(PLACES)
    body |= draw(st.sampled_from(MEMBERS.get(status, [{}])))
    local = draw(st.sampled_from([None, None, None, "Chờ ký duyệt", "Mã lạ"]))
    # A local code may read as any status; it brings no member of another.
    return body | (
        {"status": status} if local is None or set(body) & set(workflow.MEMBERS) else {"local_code": local}
    )


def identity(body: dict) -> tuple:
    """What makes two tellings the same event."""
    who = (body.get("agency_name"), body.get("department"), body.get("officer", {}).get("name"))
    step = body.get("step", {}).get("name")
    return (body["occurred_at"], body.get("local_code") or body["status"], *who, step)


def told_in(order: list[dict]) -> tuple:
    dossier, _ = intake.put(dossier_code(), dossier_data(due_at="2024-11-28T10:00:00+07:00"))
    for body in order:
        intake.add_event(dossier.code, EventIn().load(body))
    db.session.flush()
    kept = picture(dossier)
    db.session.rollback()
    return kept


def picture(dossier: Dossier) -> tuple:
    """All that staff and citizens can see, without our own ids and hours of hearing."""
    state = {
        column.name: getattr(dossier, column.name)
        for column in Dossier.__table__.columns
        if column.name not in OURS | {"id", "proof_indexes"}
    }
    line = [
        (
            one.status,
            one.occurred_at,
            one.department,
            one.officer,
            one.is_unexpected,
            one.unexpected_why,
            one.said,
        )
        for one in workflow.line(dossier)
    ]
    schema = DossierOut()
    shown = {
        name: schema.fields[name].serialize(name, {name: rows}) for name, rows in records.of(dossier).items()
    }
    flagged = sorted((one.kind, one.detail) for one in flags.open_flags(dossier))
    return state, line, shown, flagged


@given(data=st.data())
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_order_and_repetition_ends_the_same(data):
    bodies = data.draw(st.lists(event(), min_size=1, max_size=7, unique_by=identity))
    first = data.draw(st.permutations(bodies))
    again = data.draw(st.lists(st.sampled_from(bodies), max_size=4))
    other = data.draw(st.permutations([*bodies, *again]))

    assert told_in(first) == told_in(other)


def test_a_line_heard_backwards_is_the_same_as_heard_in_order():
    bodies = [
        {"status": 4, "occurred_at": text_at(1), "department": "Phòng Tư pháp"},
        {"status": 5, "occurred_at": text_at(2), "supplement": SUPPLEMENT},
        {"status": 4, "occurred_at": text_at(5)},
        {"status": 6, "occurred_at": text_at(6), "fee": {"amount_vnd": 20000}},
        {"status": 9, "occurred_at": text_at(7), "result": {"items": [{"name": "Giấy chứng nhận"}]}},
        {"status": 10, "occurred_at": text_at(8), "handover": {"way": "post"}},
    ]

    state, line, shown, flagged = told_in(bodies[::-1])

    assert (state, line, shown, flagged) == told_in(bodies)
    assert [one[0] for one in line] == [2, 4, 5, 4, 6, 9, 10]
    assert (state["payment_state"], state["handover_state"]) == ("paid", "at_post")
    assert not flagged
