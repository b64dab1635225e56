"""A province with something on every public page: for the tests of all of them at once, and for `make lighthouse`."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from motcua.broadcasts import content, workflow
from motcua.broadcasts.models import Broadcast
from motcua.broadcasts.workflow import By
from motcua.catalogue.models import Agency, TenantProcedure
from motcua.core.database import db
from motcua.dossiers import intake, promising, result_links
from motcua.dossiers.models import Dossier
from motcua.dossiers.schemas import EventIn
from motcua.feedback import drafts, handling, publishing
from motcua.feedback.pictures import remade
from motcua.reports import periods, public
from motcua.services import switching
from motcua.surveys import asking
from motcua.tenancy import current
from tests.factories import event_body, make_communes, make_desk, make_dossier, make_staff, make_visit
from tests.feedback.photographs import jpeg

SOURCE = "kq.binhthuan.example"
PROCEDURES = (
    "1.001193", "1.004873", "1.000656", "1.014063", "1.014064", "1.013831", "1.013225", "1.001612", "1.013076",
    "2.000815", "2.001019", "1.001456", "2.000986",
)  # fmt: skip
DIGITS = "5678"  # of the phone number on every dossier here


@dataclass(frozen=True)
class Site:
    """`paths`: by name, each public page; those of `proven` only after the digits were entered at `proofs`."""

    paths: dict[str, str]
    proven: dict[str, str]
    proofs: tuple[str, ...]


def build() -> Site:
    """In the scope of a province that `tests.factories` made."""
    _offices()
    for code in PROCEDURES:
        db.session.add(TenantProcedure(code=code, is_enabled=True, overrides={}, agency="commune"))
    current.tenant().settings = current.tenant().settings | {
        "contact": {"hotline": "0252 1022", "portal_url": "https://dichvucong.gov.vn", "address": None},
        "news": {"file_hosts": [SOURCE]},
        "services": ["directory", "traffic_fine"],
    }
    db.session.commit()
    announced = _announcement()
    missing, ready, done = _dossier(5), _dossier(9), _dossier(10)
    _figures()
    survey = asking.open_for(done)
    survey.invited_at = datetime.now(UTC)
    desk = make_desk()
    db.session.flush()
    visit = make_visit(desk, _next_slot())
    report, token = _report()
    ((_, link),) = result_links.make(ready, None)
    db.session.commit()
    service = switching.all_on()[0].code
    paths = {
        "home": "/",
        "search": "/tim?q=dang+ky+ket+hon",
        "search-choices": "/tim?q=can+cuoc",
        "search-nothing": "/tim?q=zzz+qqq",
        "fields": "/thu-tuc/",
        "field": "/thu-tuc/?linh-vuc=H%E1%BB%99+t%E1%BB%8Bch",
        "procedure": "/thu-tuc/1.000894",
        "no-procedure": "/thu-tuc/9.999999",
        "offices": "/co-quan?cap=commune",
        "office": "/co-quan/ubnd-mui-ne",
        "how-to-follow": "/theo-doi",
        "official-channel": "/kenh-chinh-thuc",
        "announcements": "/thong-bao",
        "announcement": f"/thong-bao/{announced.code}",
        "figures": "/satisfaction",
        "lookups": "/tra-cuu/",
        "lookup": f"/tra-cuu/{service}",
        "lookup-answer": "/tra-cuu/directory?office=mui+ne",
        "reports": "/phan-anh/",
        "report": f"/phan-anh/{report}",
        "report-form": "/phan-anh/gui",
        "my-report": f"/phan-anh/theo-doi/{token}",
        "tracking": f"/t/{missing.token}",
        "visit": f"/visits/{visit.token}",
        "result": "/r/" + link.rpartition("/r/")[2],
        "not-found": "/khong-co",
    }
    proven = {
        "tracking-missing": f"/t/{missing.token}",
        "tracking-ready": f"/t/{ready.token}",
        "tracking-done": f"/t/{done.token}",
        "survey": f"/t/{done.token}/survey",
        "visit-offer": f"/visits/dossier/{ready.token}",
    }
    proofs = tuple(one.token for one in (missing, ready, done))
    db.session.rollback()
    return Site(paths, proven, proofs)


def _offices() -> None:
    make_communes()
    for code, name, kind in (
        ("trung-tam", "Trung tâm Phục vụ hành chính công tỉnh", "centre"),
        ("so-tu-phap", "Sở Tư pháp", "department"),
    ):
        db.session.add(Agency(code=code, name=name, kind=kind, level="province", old_units=[]))


def _announcement() -> Broadcast:
    writer = By.staff(make_staff("binh-thuan", role="communications"))
    approver = By.staff(make_staff("binh-thuan", role="leader"))
    form = {
        "kind": "policy",
        "channel": "chat",
        "title": "Hỗ trợ học phí năm học 2026–2027",
        "body": "Học sinh tiểu học được hỗ trợ học phí.\nHồ sơ nộp tại xã, phường.",
        "title_en": "Support for school fees",
        "body_en": "Pupils of primary schools get support for their fees.",
        "document_number": "12/2026/NQ-HĐND",
        "document_date": "2026-11-20",
        "document_issuer": "Hội đồng nhân dân tỉnh",
    }
    one = workflow.write(content.read(form), writer, None)
    workflow.submit(one.id, writer)
    workflow.approve(one.id, one.revision, approver, sure=True)
    one.started_at = datetime.now(UTC)  # it has begun to leave
    db.session.commit()
    return one


def _dossier(status: int) -> Dossier:
    made = make_dossier(
        department="Phòng Tư pháp",
        officer={"name": "Võ Minh Khang", "title": "Chuyên viên"},
        due_at="2099-12-01T10:00:00+07:00",
    )
    more = {
        5: {"supplement": {
            "items": [{"name": "Giấy xác nhận tình trạng hôn nhân", "originals": 1, "copies": 2}],
            "reason": "Giấy xác nhận đã quá 6 tháng.", "respond_by": "2099-12-10T17:00:00+07:00",
            "contact_phone": "0252 3822 333",
        }},
        9: {"result": {
            "items": [{"name": "Giấy chứng nhận kết hôn", "file_url": f"https://{SOURCE}/a.pdf"}],
            "ways": ["desk", "electronic"],
        }},
    }.get(status, {})  # fmt: skip
    if status == 10:
        at = (datetime.now(UTC) - timedelta(hours=1)).isoformat()
        intake.add_event(made.code, EventIn().load({"status": 10, "occurred_at": at}))
    else:
        intake.add_event(made.code, EventIn().load(event_body(status, **more)))
    db.session.commit()
    return made


def _figures() -> None:
    """Twelve dossiers of the newest settled quarter, half of them on time."""
    begin = periods.quarter(public.quarters()[0]).begins_at
    for number in range(12):
        at = begin + timedelta(days=10 + number)
        made = make_dossier(
            received_at=at.isoformat(),
            due_at=(at + timedelta(days=1 if number % 2 else 6)).isoformat(),
        )
        ready = {"status": 9, "occurred_at": (at + timedelta(days=3)).isoformat()}
        intake.add_event(made.code, EventIn().load(ready))
    db.session.commit()


def _report() -> tuple[int, str]:
    draft = drafts.begin("road", "web")
    drafts.put(draft, place="đối diện chợ Mũi Né", commune_code="ubnd-mui-ne")
    drafts.write(draft, "Ổ gà rất sâu trước chợ, xe máy ngã liên tục từ tuần trước")
    drafts.attach(draft, remade(jpeg((600, 400))))
    one = drafts.send(draft)
    one.may_publish = True
    db.session.commit()
    staff = make_staff("binh-thuan", role="province_admin")
    handling.act(one.id, "answer", "Đã vá ổ gà trước chợ chiều nay.", staff)
    publishing.publish(one.id, "Ổ gà trước chợ Mũi Né.", "Đã vá ổ gà trước chợ chiều nay.", {1}, staff)
    db.session.commit()
    return one.id, one.token


def _next_slot() -> str:
    """Half past eight of a working day at least two days ahead."""
    day = promising.offices().province.next_working_day(current.today() + timedelta(days=1))
    return f"{day.isoformat()}T08:30"
