"""A checked list is previewed, applied whole, and can be taken back."""

import contextvars
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest

from motcua.catalogue import changing, editing, lookup
from motcua.catalogue.importing import applying, checking, imports
from motcua.catalogue.importing.models import CatalogueImport, CatalogueMapping
from motcua.core import queue
from motcua.core.database import db, tenant_scope
from motcua.core.errors import Conflict, Invalid
from tests.catalogue.sheets import MARRIAGE, TITLES, applied, checked, faults, row, rows_of, xlsx

CODE = "1.000894"
ADMIN = "Phạm Thu Hà"


def sheet(*rows) -> bytes:
    return xlsx([TITLES, *rows])


def marriage(**given) -> list:
    """The national marriage procedure, with what this province says of it."""
    places = {"agency": 3, "time": 4, "fee": 5, "note": 6}
    cells = list(MARRIAGE)
    for name, value in given.items():
        cells[places[name]] = value
    return cells


def test_the_preview_tells_new_from_changed_from_gone_field_by_field(province):
    applied(sheet(row("9.000001", fee="10.000 đồng"), row("9.000002")))

    one = checked(
        sheet(marriage(fee="20000"), row("9.000001", fee="15.000 đồng"), row("9.000003")), is_complete=True
    )

    assert one.counts == {"new": 1, "changed": 2, "gone": 1}
    changed = {kept.code: kept.plan["show"] for kept in rows_of(one, "changed")}
    assert changed["9.000001"] == {"fee": ["10.000 đồng", "15.000 đồng"]}
    assert changed[CODE]["fee"] == [None, "20.000 đồng"]
    assert [kept.code for kept in rows_of(one, "gone")] == ["9.000002"]


def test_without_the_word_complete_nothing_is_gone(province):
    one = checked(sheet(row("9.000001")))

    assert "gone" not in one.counts


def test_checking_alone_changes_nothing(province):
    before = lookup.catalogue_version(province)

    checked(sheet(marriage(fee="20000"), row("9.000001")))

    assert lookup.catalogue_version(province) == before
    assert lookup.find_procedure("9.000001") is None


def test_applying_is_seen_at_once_and_a_second_click_does_nothing_more(province):
    one = applied(
        sheet(marriage(fee="20000", agency="UBND phường Một, Bình Thuận"), row("9.000001", note="Ghi nhớ"))
    )
    version = lookup.catalogue_version(province)

    again = applying.apply(one.id, ADMIN)

    found = lookup.find_procedure(CODE)
    assert again == applying.APPLIED
    assert lookup.catalogue_version(province) == version
    assert (found.overrides["fee"], found.agency) == ("20.000 đồng", "ubnd-phuong")
    assert lookup.find_procedure("9.000001.000.00.00.H11").note == "Ghi nhớ"
    assert len(changing.history(CODE)) == 1


def test_the_same_file_again_changes_nothing(province):
    data = sheet(marriage(fee="20000"), row("9.000001", time="Không quá 05 ngày làm việc", note="x"))
    applied(data)

    one = checked(data)

    assert one.counts == {"same": 2}


def test_a_value_like_the_national_one_is_no_override(province):
    base = lookup.find_procedure(CODE).facts
    time = base.describe_time_for("counter")

    one = checked(
        sheet([CODE, "Đăng ký kết hôn", "Hộ tịch", "", "" if "không nêu" in time else time, "", ""])
    )

    assert one.counts == {"same": 1}


def test_another_name_than_the_national_one_is_doubted_not_refused(province):
    one = checked(sheet([CODE, "Cấp giấy phép lái tàu hỏa cao tốc", "Hộ tịch", "", "", "", ""]))

    assert one.state == "ready"
    ((_, column, message),) = faults(one, warnings=True)
    assert column == 1 and "khác hẳn" in message


def test_gone_procedures_are_switched_off_not_deleted(province):
    applied(sheet(row("9.000001")), is_complete=True)

    assert lookup.find_procedure(CODE) is None
    assert not editing.open_procedure(CODE).is_enabled


def test_a_heading_row_gives_its_field_to_the_rows_below(province):
    one = checked(
        sheet(
            ["I. Lĩnh vực Thủy sản"],
            row("9.000001", field=""),
            ["II", "Lĩnh vực: Đất đai"],
            row("9.000002", field=""),
        )
    )

    assert one.state == "ready", faults(one)
    fields = {kept.code: kept.plan["say"]["own"]["field"] for kept in rows_of(one, "new")}
    assert fields == {"9.000001": "Thủy sản", "9.000002": "Đất đai"}


def test_undoing_gives_every_field_its_earlier_value(province):
    editing.edit(CODE, {"fee": "5000"}, ADMIN)
    before = changing.states()
    one = applied(sheet(marriage(fee="20000", time="3 ngày làm việc"), row("9.000001")), is_complete=True)

    report = applying.undo(one.id, ADMIN)

    assert report == {"restored": 2, "kept": []}
    assert changing.states() == before
    assert lookup.find_procedure("9.000001") is None
    assert lookup.find_procedure(CODE).overrides == {"fee": "5.000 đồng"}


def test_undoing_twice_is_harmless(province):
    one = applied(sheet(marriage(fee="20000")))
    first = applying.undo(one.id, ADMIN)
    editing.edit(CODE, {"fee": "7000"}, ADMIN)

    again = applying.undo(one.id, ADMIN)

    assert again == first
    assert lookup.find_procedure(CODE).overrides == {"fee": "7.000 đồng"}


def test_what_was_changed_again_since_stays_and_is_named_with_the_reason(province):
    one = applied(sheet(marriage(fee="20000", note="Cũ"), row("9.000001")))
    editing.edit(CODE, {"fee": "7000"}, "Lê Minh")
    editing.edit("9.000001", {"note": "Đã sửa"}, "Lê Minh")

    report = applying.undo(one.id, ADMIN)

    assert {(kept["code"], kept["field"]) for kept in report["kept"]} == {(CODE, "fee"), ("9.000001", "note")}
    assert all("Lê Minh" in kept["reason"] for kept in report["kept"])
    assert lookup.find_procedure(CODE).overrides == {"fee": "7.000 đồng"}
    assert lookup.find_procedure("9.000001").note == "Đã sửa"


@pytest.mark.parametrize("order", [(0, 1), (1, 0)], ids=["older first", "newer first"])
def test_undoing_two_imports_of_one_field_ends_where_all_began(province, order):
    before = changing.states()
    both = [applied(sheet(marriage(fee="20000"))), applied(sheet(marriage(fee="30000")))]

    reports = [applying.undo(both[at].id, ADMIN) for at in order]

    assert changing.states() == before
    assert [bool(report["kept"]) for report in reports] == [order == (0, 1), False]


def test_an_import_that_was_never_applied_cannot_be_undone_and_one_that_was_cannot_be_thrown_away(province):
    waiting, done = checked(sheet(row("9.000001"))), applied(sheet(row("9.000002")))

    with pytest.raises(Conflict, match="chưa áp dụng"):
        applying.undo(waiting.id, ADMIN)
    db.session.rollback()
    with pytest.raises(Conflict, match="Hoàn tác"):
        imports.discard(imports.find(done.id))
    imports.discard(imports.find(waiting.id))
    db.session.commit()

    assert db.session.scalars(db.select(CatalogueImport.id)).all() == [done.id]


def test_a_preview_that_the_catalogue_outran_is_checked_again_before_it_is_applied(province):
    one = checked(sheet(marriage(fee="20000")))
    editing.edit(CODE, {"fee": "9000"}, ADMIN)

    first = applying.apply(one.id, ADMIN)
    state = imports.find(one.id).state
    checking.check(one.id)
    second = applying.apply(one.id, ADMIN)

    assert (first, state, second) == (applying.STALE, "checking", applying.APPLIED)
    (kept,) = rows_of(one, "changed")
    assert kept.plan["show"]["fee"] == ["9.000 đồng", "20.000 đồng"]


def in_thread(app, action, *args):
    def work():
        with app.app_context(), tenant_scope("binh-thuan"):
            return action(*args)

    return contextvars.Context().run(work)


def test_of_two_imports_applied_at_once_one_wins_and_the_other_is_checked_again(app, province):
    both = [checked(sheet(marriage(fee=fee))).id for fee in ("20000", "30000")]
    db.session.rollback()

    with ThreadPoolExecutor(2) as pool:
        ends = list(pool.map(lambda one: in_thread(app, applying.apply, one, ADMIN), both))

    assert sorted(ends) == [applying.APPLIED, applying.STALE]
    assert len(changing.history(CODE)) == 1


def test_a_double_click_at_the_same_moment_applies_once(app, province):
    one = checked(sheet(marriage(fee="20000"), row("9.000001"))).id
    db.session.rollback()

    with ThreadPoolExecutor(4) as pool:
        ends = list(pool.map(lambda _: in_thread(app, applying.apply, one, ADMIN), range(4)))

    assert ends == [applying.APPLIED] * 4
    assert len(changing.history(CODE)) == len(changing.history("9.000001")) == 1


def test_two_workers_never_check_one_file_twice(app, province):
    data = sheet(*(row(f"9.{n:06d}") for n in range(700)))
    one = imports.receive("a.xlsx", data, ADMIN)
    mapping = imports.mapping_for(one, imports.beginning_of(one))
    imports.start_check(one, one.sheet, mapping.header_row, mapping.columns, False)
    db.session.commit()

    with ThreadPoolExecutor(2) as pool:
        ends = list(pool.map(lambda _: in_thread(app, checking.check, one.id), range(2)))

    assert sorted(ends, key=str) == [None, "ready"]
    assert len(rows_of(one)) == 701


def test_a_check_whose_worker_died_is_started_again_by_the_sweep_and_gives_up_in_the_end(province):
    one = imports.receive("a.xlsx", sheet(row("9.000001")), ADMIN)
    mapping = imports.mapping_for(one, imports.beginning_of(one))
    imports.start_check(one, one.sheet, mapping.header_row, mapping.columns, False)
    db.session.commit()
    one.lease_until, one.tries = datetime(2020, 1, 1, tzinfo=UTC), checking.MOST_TRIES
    db.session.commit()
    queue.connection().flushdb()

    woken = imports.wake_waiting()
    end = checking.check(one.id)

    assert (woken, end) == (1, "failed")
    assert "Xin thử lại" in imports.find(one.id).failure


def test_columns_as_people_set_them_are_remembered_for_the_same_titles(province):
    data = sheet(row("9.000001", note="Tầng 2"))
    one = imports.receive("a.xlsx", data, ADMIN)
    mapping = imports.mapping_for(one, imports.beginning_of(one))
    imports.start_check(one, one.sheet, 1, mapping.columns | {6: "desk"}, False)
    db.session.commit()

    other = imports.receive("b.xlsx", data, ADMIN)

    assert other.mapping["columns"]["6"] == "desk"
    assert len(db.session.scalars(db.select(CatalogueMapping)).all()) == 1


@pytest.mark.parametrize(
    ("columns", "sentence"),
    [
        ({1: "name"}, "Mã thủ tục"),
        ({0: "code", 1: "code"}, "hai cột"),
        ({0: "code", 1: "rubbish"}, "loại cột"),
    ],
)
def test_columns_that_cannot_do_are_refused(province, columns, sentence):
    one = imports.receive("a.xlsx", sheet(row("9.000001")), ADMIN)

    with pytest.raises(Invalid, match=sentence):
        imports.start_check(one, one.sheet, 1, columns, False)


def test_a_row_of_another_province_is_marked_as_doubtful(province):
    from motcua.tenancy.models import Tenant

    tenant = db.session.get(Tenant, province)
    tenant.settings = tenant.settings | {"agency_codes": [{"code": "H11"}]}
    db.session.commit()

    one = checked(sheet(replace_code("1.000894.000.00.00.H17"), row("9.000001.H11")))

    assert [(line, "không phải của tỉnh" in message) for line, _, message in faults(one, warnings=True)] == [
        (2, True)
    ]


def replace_code(code: str) -> list:
    return [code, *MARRIAGE[1:]]


def test_the_other_province_sees_none_of_it(two_provinces):
    with tenant_scope("binh-thuan"):
        one = applied(sheet(row("9.000001")))

    with tenant_scope("da-nang"):
        assert lookup.find_procedure("9.000001") is None
        with pytest.raises(imports.ImportNotFound):
            imports.find(one.id)
        assert checking.check(one.id) is None
