"""`/console/dossiers/`: the one box, the tabs, the warnings."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from motcua.catalogue.models import Agency
from motcua.core.database import db, tenant_scope
from motcua.dossiers import flags, intake, listing
from motcua.dossiers.schemas import EventIn
from tests.console.conftest import Browser
from tests.factories import event_body, make_dossier, make_staff
from tests.signing_in import sign_in

from .conftest import text

LIST, FIND = "/console/dossiers/", "/console/dossiers/find"
THURSDAY = datetime(2026, 11, 26, 3, 0, tzinfo=UTC)  # 10:00 in Vietnam


@pytest.fixture(autouse=True)
def thursday():
    with time_machine.travel(THURSDAY, tick=True):
        yield


def made(
    number: int, *statuses: int, due: timedelta | None = timedelta(days=30), ago_days: int = 0, **given
) -> str:
    """A dossier whose last event was `ago_days` ago."""
    code = f"000.00.01.H11-261101-{number:04d}"
    at = THURSDAY - timedelta(days=ago_days)
    due_at = None if due is None else (THURSDAY + due).isoformat()
    with tenant_scope("binh-thuan"):
        make_dossier(
            code, **({"received_at": (at - timedelta(hours=9)).isoformat(), "due_at": due_at} | given)
        )
        for step, status in enumerate(statuses):
            body = event_body(status, occurred_at=(at - timedelta(hours=8 - step)).isoformat())
            intake.add_event(code, EventIn().load(body))
        db.session.commit()
    return code


def shown(page: str) -> list[str]:
    return [
        part.split("<")[0]
        for part in page.split('class="code"><a href="')[1:]
        for part in [part.split(">")[1]]
    ]


@pytest.fixture
def many(two_provinces) -> dict[str, str]:
    return {
        "late": made(1, 4, due=timedelta(hours=-2)),
        "today": made(2, 4, due=timedelta(hours=3)),
        "soon": made(3, 4, due=timedelta(days=1)),
        "waiting": made(4, 5, due=None),
        "silent": made(5, 4, ago_days=10),
        "ready": made(6, 4, 9, due=timedelta(days=2)),
        "flagged": made(7, 10),
        "refused": made(8, 3),
    }


@pytest.mark.parametrize("tab", ["late", "today", "soon", "waiting", "silent", "ready"])
def test_each_tab_holds_its_dossier_and_counts_it(officer, many, tab):
    page = text(officer.get(f"{LIST}?tab={tab}"))

    assert shown(page) == [many[tab]]
    assert f'aria-current="page">{listing.TABS[tab]} <span class="count">1<' in page


def test_the_open_ones_come_by_due_date_then_those_without(officer, many):
    found = shown(text(officer.get(LIST)))

    assert found == [many[one] for one in ("late", "today", "soon", "silent", "waiting")]
    assert len(shown(text(officer.get(LIST + "?tab=all")))) == len(many)


def test_paging_by_key_shows_every_dossier_once(two_provinces, monkeypatch):
    monkeypatch.setattr(listing, "PAGE", 3)
    codes = {
        made(number, 4, due=None if number % 4 == 0 else timedelta(days=number % 3)) for number in range(11)
    }
    with tenant_scope("binh-thuan"):
        for sort in ("due", "recent"):
            seen, after = [], ""
            while True:
                from motcua.dossiers import promising

                moments = listing.Moments.of(promising.offices().of(None))
                page = listing.page(listing.Wanted(sort=sort, after=after), moments)
                seen += [one.code for one in page.dossiers]
                if page.next is None:
                    break
                after = page.next
            assert len(seen) == len(set(seen)) and set(seen) == codes


@pytest.mark.parametrize(
    "after", ["x", "~", "2026-11-26~1", "~99999999999999999999", "2026-11-26T00:00:00+00:00~x"]
)
def test_a_broken_cursor_goes_back_to_the_first_page(officer, two_provinces, after):
    assert officer.get(f"{LIST}?after={after}").status_code == 303


def test_filters_narrow_the_list(officer, many):
    made(20, 4, officer={"name": "Lê Văn An"})

    assert len(shown(text(officer.get(LIST + "?officer=Lê Văn An&tab=all")))) == 1
    assert shown(text(officer.get(LIST + "?status=3&tab=all"))) == [many["refused"]]


def test_an_officer_sees_their_agencys_dossiers_and_an_admin_the_provinces(app, officer, admin, many):
    with tenant_scope("binh-thuan"):
        db.session.add(
            Agency(code="so-tu-phap", name="Sở Tư pháp", kind="department", level="province", old_units=[])
        )
        db.session.commit()
    theirs = made(30, 4, agency_code="so-tu-phap")
    person = make_staff("binh-thuan", agency_code="so-tu-phap")
    mine = Browser(sign_in(app.test_client(), person))

    page = text(mine.get(LIST + "?tab=all&agency="))

    assert shown(page) == [theirs] and "Cả tỉnh" not in page
    assert shown(text(admin.get(LIST + "?tab=all&agency=so-tu-phap"))) == [theirs]
    assert len(shown(text(admin.get(LIST + "?tab=all")))) == len(many) + 1


@pytest.mark.parametrize(
    "said",
    [
        "000.00.01.h11-261101-0001",
        "261101-0001",
        "0912345678",
        "060190012345",
        "nguyen thi lan",
        "2345",
        "OOO1",
    ],
)
def test_the_box_finds(officer, two_provinces, said):
    code = made(1, 4)

    answer = officer.post(FIND, data={"q": said})

    assert code in (answer.headers.get("Location") or text(answer))


def test_the_box_finds_by_the_token_on_the_paper(officer, two_provinces):
    code = made(1, 4)
    with tenant_scope("binh-thuan"):
        token = intake.find(code).token

    answer = officer.post(FIND, data={"q": f"http://binh-thuan.localhost/t/{token}"})

    assert answer.headers["Location"].endswith(code)


def test_a_part_of_a_name_is_said_to_be_beyond_us(officer, two_provinces):
    made(1, 4)

    assert "tên được mã hóa nên không tìm được một phần" in text(officer.post(FIND, data={"q": "Lan"}))


def test_another_provinces_dossier_is_not_found(officer, two_provinces):
    with tenant_scope("da-nang"):
        make_dossier("000.00.01.H17-241126-0002", owner={"name": "Trần Đà Nẵng", "phone": "0987654321"})

    for said in ("000.00.01.H17-241126-0002", "0987654321", "Trần Đà Nẵng", "241126-0002"):
        answer = officer.post(FIND, data={"q": said})
        assert answer.status_code == 200 and "Không có hồ sơ nào" in text(answer)


def test_changed_people_are_found_by_their_new_names_only(officer, two_provinces):
    code = made(1)
    with tenant_scope("binh-thuan"):
        make_dossier(code, owner={"name": "Võ Thị Sáu"})

    assert "Không có hồ sơ nào" in text(officer.post(FIND, data={"q": "Nguyễn Thị Lan"}))
    assert code in text(officer.post(FIND, data={"q": "vo thi sau"}))


def test_the_warnings_name_what_the_desk_must_look_at(officer, many):
    made(40, 4, due=timedelta(hours=-1), ago_days=1)
    with tenant_scope("binh-thuan"):
        code = "000.00.01.H11-261101-0040"
        apology = {"reason": "Chờ xác minh", "new_due_at": (THURSDAY - timedelta(minutes=5)).isoformat()}
        body = event_body(4, occurred_at=(THURSDAY - timedelta(hours=3)).isoformat(), apology=apology)
        intake.add_event(code, EventIn().load(body))
        body = {"local_code": "BƯỚC-17", "occurred_at": (THURSDAY - timedelta(minutes=1)).isoformat()}
        intake.add_event(many["soon"], EventIn().load(body))
        db.session.commit()

    page = text(officer.get("/console/dossiers/warnings"))

    for title in (
        "chưa xin lỗi",
        "đã xin lỗi",
        "Đến hạn hôm nay",
        "Còn 1 ngày",
        "Không có diễn biến",
        "chưa ghép",
    ):
        assert title in page
    assert "Còn 2 ngày làm việc" not in page


def flagged(code: str, kind: str = "recalled", detail: str = "Cần bổ sung chữ ký") -> int:
    with tenant_scope("binh-thuan"):
        flags.raise_flag(intake.find(code), kind, detail)
        db.session.commit()
        return flags.listed(kind)[0][0].id


def test_what_happened_is_warned_of_beside_what_is_due_and_leaves_when_seen(officer, many):
    number = flagged(many["late"])

    page = text(officer.get("/console/dossiers/warnings"))
    done = officer.follow(
        f"/console/dossiers/warnings/{number}", data={"note": "Đã hỏi người ký", "kind": "recalled"}
    )

    assert "Quá hạn mà chưa xin lỗi" in page and "Cần bổ sung chữ ký" in page
    assert "Đã ghi là đã xem: Thu hồi để xử lý lại." in text(done)
    assert "Cần bổ sung chữ ký" not in text(done)
    with tenant_scope("binh-thuan"):
        flag = db.session.get(flags.DossierFlag, ("binh-thuan", number))
        assert flag.note == "Đã hỏi người ký" and flag.closed_by is not None


def test_one_kind_of_what_happened_can_be_looked_at_alone(officer, many):
    flagged(many["late"])
    flagged(many["soon"], "sync_conflict", "Hệ thống nguồn ghi khác")

    page = text(officer.get("/console/dossiers/warnings?kind=sync_conflict"))

    assert "Hệ thống nguồn ghi khác" in page and "Cần bổ sung chữ ký" not in page
    assert "Cần bổ sung chữ ký" in text(officer.get("/console/dossiers/warnings?kind=%27"))


def test_what_the_clock_says_is_not_warned_of_twice(officer, many):
    flagged(many["late"], "overdue_without_apology", "Đã quá hẹn từ hôm qua")

    assert "Đã quá hẹn từ hôm qua" not in text(officer.get("/console/dossiers/warnings"))


def test_the_former_page_of_warnings_leads_to_the_one_there_is(officer):
    answer = officer.get("/console/warnings?kind=recalled")

    assert (answer.status_code, answer.location) == (301, "/console/dossiers/warnings?kind=recalled#xem-lai")
