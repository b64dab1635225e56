"""What a province's citizens can look up: the national version, with what the province says over it."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
import time_machine

from motcua.catalogue import changing, folder_layer, lookup
from motcua.catalogue.changing import Author
from motcua.catalogue.facts import ProcedureFacts
from motcua.catalogue.layers import NOTHING, entry
from motcua.catalogue.models import NationalProcedure
from motcua.catalogue.national_base import keep_national
from motcua.catalogue.procedures_file import ProcedureRow
from motcua.core.database import db, tenant_scope

MARRIAGE = "1.000894"
ADMIN = Author("console", "Phạm Thu Hà")


def say(code: str, **values) -> None:
    """As an admin in the console does; `__` in a name stands for the dot before a channel."""
    changing.lock()
    before = changing.states([code])
    state = before.get(code, NOTHING)
    entries = {
        name.replace("__", "."): entry(value, source="console", by=ADMIN.name, at=datetime.now(UTC))
        for name, value in values.items()
    }
    changing.store(before, {code: replace(state, changes=state.changes | entries)}, ADMIN)
    db.session.commit()


def own_facts(code: str, **given) -> dict:
    body = dict(
        db.session.scalar(db.select(NationalProcedure.facts).where(NationalProcedure.code == MARRIAGE))
    )
    return body | {"code": code} | given


def test_without_overrides_the_national_facts_hold(province):
    found = lookup.find_procedure("1.000894.000.00.00.H11")

    assert (found.code, found.name, found.overrides) == (MARRIAGE, "Thủ tục đăng ký kết hôn", {})
    assert {one.source for one in found.fields} == {"base"}


def test_an_overridden_fee_holds_for_every_channel_and_drops_the_national_note(province):
    say(MARRIAGE, fee="20.000 đồng")

    facts = lookup.find_procedure(MARRIAGE).facts

    assert {one.channel for one in facts.channels} >= {"counter", "online"}
    assert {facts.describe_fee_for(one.channel) for one in facts.channels} == {"20.000 đồng"}


def test_a_channels_own_value_wins_over_the_general_one(province):
    say(MARRIAGE, time="5 ngày làm việc", time__online="3 ngày làm việc")

    facts = lookup.find_procedure(MARRIAGE).facts

    assert facts.describe_time_for("counter") == "5 ngày làm việc"
    assert facts.describe_time_for("online") == "3 ngày làm việc"


def test_each_field_tells_both_values_and_where_they_come_from(province):
    say(MARRIAGE, fee="20.000 đồng")

    fields = {one.name: one for one in lookup.find_procedure(MARRIAGE).fields}

    assert (fields["fee"].value, fields["fee"].source, fields["fee"].by) == (
        "20.000 đồng",
        "console",
        "Phạm Thu Hà",
    )
    assert "Miễn" in fields["fee"].base
    assert not fields["time"].is_override


def test_a_switched_off_procedure_is_not_found_and_not_searchable(province):
    say(MARRIAGE, enabled=False)

    assert lookup.find_procedure(MARRIAGE) is None
    assert not list(lookup.searchable("binh-thuan"))


def test_a_procedure_of_the_provinces_own_is_found_like_any_other(province):
    say("9.123456", own=own_facts("9.123456", name="Hỗ trợ ngư dân vươn khơi", field="Thủy sản"))

    found = lookup.find_procedure("9.123456")
    rows = {row.code: row for row in lookup.searchable("binh-thuan")}

    assert found.name == "Hỗ trợ ngư dân vươn khơi"
    assert (rows["9.123456"].name, rows["9.123456"].field) == ("Hỗ trợ ngư dân vươn khơi", "Thủy sản")
    assert lookup.version_at("9.123456", date(2026, 1, 1)).field == "Thủy sản"


def test_taking_the_own_procedure_back_ends_its_version_and_keeps_it_for_old_dossiers(province):
    say("9.123456", own=own_facts("9.123456", name="Hỗ trợ ngư dân vươn khơi"))
    changing.lock()
    before = changing.states(["9.123456"])

    changing.store(before, {"9.123456": NOTHING}, ADMIN)

    assert lookup.find_procedure("9.123456") is None
    assert lookup.version_at("9.123456", date(2000, 1, 1)).name == "Hỗ trợ ngư dân vươn khơi"
    assert lookup.version_at("9.123456", date(2100, 1, 1)) is None


def test_another_name_here_leaves_the_national_name_as_an_alias(province):
    say(MARRIAGE, name="Kết hôn", code_suffix=".H11")

    (row,) = lookup.searchable("binh-thuan")

    assert row.name == "Kết hôn"
    assert row.aliases == ("Thủ tục đăng ký kết hôn", "1.000894.H11")
    assert row.papers and row.levels == ("commune",)


def test_the_whole_national_base_is_searchable(app, national):
    assert len(list(lookup.searchable("_national"))) == 2849


def test_the_catalogues_number_grows_with_every_change_and_only_then(two_provinces):
    with tenant_scope("binh-thuan"):
        before = lookup.catalogue_version("binh-thuan")
        say(MARRIAGE, note="Mang theo căn cước.")
        after = lookup.catalogue_version("binh-thuan")
        changing.lock()
        state = changing.states([MARRIAGE])
        changing.store(state, state, ADMIN)
        db.session.commit()

        assert before != after == lookup.catalogue_version("binh-thuan")

    others = lookup.catalogue_version("da-nang")

    assert others.endswith(".0")


def test_the_folder_again_leaves_what_an_admin_changed(province):
    rows = [ProcedureRow(MARRIAGE, ".H11", "ubnd-phuong", True, {"fee": "10.000 đồng"})]
    folder_layer.keep_folder(rows)
    say(MARRIAGE, fee="20.000 đồng")

    changed = folder_layer.keep_folder(
        [replace(rows[0], overrides={"fee": "15.000 đồng", "note": "Sáng thứ bảy có trực."})]
    )

    found = lookup.find_procedure(MARRIAGE)
    assert changed == 1
    assert found.overrides == {"fee": "20.000 đồng", "note": "Sáng thứ bảy có trực."}
    (difference,) = folder_layer.differences()
    assert (difference.code, difference.field, difference.folder, difference.database) == (
        MARRIAGE,
        "fee",
        "15.000 đồng",
        "20.000 đồng",
    )


def test_the_same_folder_again_changes_nothing(province):
    rows = [ProcedureRow(MARRIAGE, None, "ubnd-phuong", True, {})]
    folder_layer.keep_folder(rows)

    assert folder_layer.keep_folder(rows) == 0


def test_a_procedure_that_left_the_folder_stays_while_the_console_speaks_of_it(province):
    say(MARRIAGE, note="Mang theo căn cước.")

    folder_layer.keep_folder([])

    assert lookup.find_procedure(MARRIAGE).note == "Mang theo căn cước."


def test_the_history_tells_who_changed_what_from_what_to_what(province):
    say(MARRIAGE, fee="20.000 đồng")
    say(MARRIAGE, fee="30.000 đồng")

    last, first = changing.history(MARRIAGE)

    assert last.staff_name == "Phạm Thu Hà"
    assert (last.fields["fee"]["from"], last.fields["fee"]["to"]) == ("20.000 đồng", "30.000 đồng")
    assert first.fields["fee"]["from"] is None


@pytest.fixture
def changed_national(app, national):
    """Gives the national procedures to change; afterwards the base is as it was shipped."""
    shipped = [
        ProcedureFacts.from_json(body) for body in db.session.scalars(db.select(NationalProcedure.facts))
    ]
    yield {facts.code: facts for facts in shipped}
    db.session.rollback()
    db.session.execute(db.text("DELETE FROM national_procedure_version WHERE number > 1"))
    db.session.execute(db.text("UPDATE national_procedure_version SET valid_to = NULL"))
    db.session.commit()
    keep_national(shipped)
    db.session.execute(db.text("DELETE FROM national_procedure_version WHERE number > 1"))
    db.session.execute(db.text("UPDATE national_procedure_version SET valid_to = NULL"))
    db.session.commit()


def test_a_changed_national_procedure_opens_a_version_and_the_old_one_stays_readable(changed_national):
    given = changed_national | {MARRIAGE: replace(changed_national[MARRIAGE], name="Đăng ký kết hôn (mới)")}
    with time_machine.travel("2026-12-01T03:00:00Z", tick=False):
        loaded = keep_national(given.values())
        again = keep_national(given.values())

    assert (loaded.changed, loaded.withdrawn) == (1, 0)
    assert (again.changed, again.withdrawn) == (0, 0)
    assert lookup.version_at(MARRIAGE, date(2024, 1, 1)).name == "Thủ tục đăng ký kết hôn"
    assert lookup.version_at(MARRIAGE, date(2026, 11, 30)).name == "Thủ tục đăng ký kết hôn"
    assert lookup.version_at(MARRIAGE, date(2026, 12, 1)).name == "Đăng ký kết hôn (mới)"


def test_a_second_change_on_the_same_day_replaces_the_first(changed_national):
    with time_machine.travel("2026-12-01T03:00:00Z", tick=False):
        for name in ("Một", "Hai"):
            keep_national(
                (changed_national | {MARRIAGE: replace(changed_national[MARRIAGE], name=name)}).values()
            )

    assert lookup.version_at(MARRIAGE, date(2026, 12, 1)).name == "Hai"
    assert lookup.version_at(MARRIAGE, date(2026, 11, 30)).name == "Thủ tục đăng ký kết hôn"


def test_what_left_the_base_is_withdrawn_for_every_province_and_may_come_back(
    changed_national, two_provinces
):
    rest = [facts for code, facts in changed_national.items() if code != MARRIAGE]
    before = lookup.catalogue_version("da-nang")

    loaded = keep_national(rest)
    db.session.commit()

    assert loaded.withdrawn == 1
    assert lookup.catalogue_version("da-nang") != before
    with tenant_scope("da-nang"):
        assert lookup.find_procedure(MARRIAGE) is None
    assert lookup.version_at(MARRIAGE, date(2024, 1, 1)) is not None
    keep_national(changed_national.values())
    db.session.commit()
    with tenant_scope("da-nang"):
        assert lookup.find_procedure(MARRIAGE).name == "Thủ tục đăng ký kết hôn"
