"""The pages of what citizens are told, and the figures, in English for whoever chose it."""

import ast
import io
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from motcua.broadcasts import workflow
from motcua.broadcasts.audience import Audience
from motcua.conversation import missed
from motcua.core import language
from motcua.core.database import db, tenant_scope
from motcua.dossiers import intake
from motcua.dossiers.schemas import EventIn
from motcua.facts import jobs
from motcua.surveys import answering, asking
from tests.broadcasts.conftest import FORM, clock, draft, move_on, person, scheduled  # noqa: F401
from tests.catalogue.sheets import TITLES, applied, checked, row, xlsx
from tests.factories import make_communes, make_dossier
from tests.installing import LINES
from tests.opened_page import Page, left_in_vietnamese

from .conftest import _signed_in

BUBBLE = re.compile(
    r'<div class="bubble".*?</div>', re.DOTALL
)  # what a citizen reads, names of offices and all
PLATFORM = Path(language.__file__).resolve().parents[1]
PAGES = (
    "/console/",
    "/console/catalogue/",
    "/console/catalogue/?kind=overridden",
    "/console/catalogue/?q=zzz",
    "/console/catalogue/1.000894",
    "/console/catalogue/agencies",
    "/console/catalogue/imports/",
    "/console/catalogue/imports/{faulty}",
    "/console/catalogue/imports/{faulty}?rows=all",
    "/console/catalogue/imports/{faulty}/mapping",
    "/console/catalogue/imports/{ready}",
    "/console/catalogue/imports/{applied}",
    "/console/messages/",
    "/console/messages/dossier_accepted",
    "/console/messages/dossier_accepted?version=1&size=longest",
    "/console/messages/dossier_accepted/versions/1",
    "/console/message-switches/",
    "/console/message-channels/templates",
    "/console/message-channels/costs",
    "/console/broadcasts/",
    "/console/broadcasts/new",
    "/console/broadcasts/{draft}",
    "/console/broadcasts/{draft}/edit",
    "/console/broadcasts/{draft}/audience",
    "/console/broadcasts/{draft}/cancel",
    "/console/broadcasts/{article}",
    "/console/broadcasts/{article}/audience",
    "/console/broadcasts/{submitted}",
    "/console/broadcasts/{running}",
    "/console/broadcasts/{running}/progress",
    "/console/broadcasts/{running}/cancel",
    "/console/broadcasts/{running}/not-reached",
    "/console/services/",
    "/console/services/buses",
    "/console/services/buses/data/",
    "/console/services/buses/data/{faulty_data}",
    "/console/services/buses/data/{data}",
    "/console/services/buses/data/{data}/roll-back",
    "/console/calendar/",
    "/console/calendar/?year=2025",
    "/console/calendar/preview?act=set&date=2026-12-01&kind=closed&reason=B%C3%A3o",
    "/console/dashboards/",
    "/console/dashboards/dossiers",
    "/console/dashboards/messages",
    "/console/dashboards/citizens",
    "/console/dashboards/satisfaction",
    "/console/dashboards/questions",
    "/console/dashboards/dossiers/rows?measure=received",
    "/console/dashboards/messages/rows",
    "/console/satisfaction/?from=2026-11-01&to=2026-11-30",
    "/console/satisfaction/dossiers?measure=late&from=2026-11-01&to=2026-11-30",
    "/console/satisfaction/comments?from=2026-11-01&to=2026-11-30",
    "/console/questions/",
    "/console/questions/{question}",
)


@pytest.fixture
def admin(app, two_provinces, without_tokens, clock):  # noqa: F811
    return _signed_in(app, "province_admin")


@pytest.fixture
def numbers(admin, buses) -> dict[str, int]:
    """Something in every list; what pages are named after."""
    found = {}
    with tenant_scope("binh-thuan"):
        make_communes()
        make_dossier(due_at="2026-12-01T10:00:00+07:00")
        late = make_dossier(received_at="2026-11-02T08:00:00+07:00", due_at="2026-11-20T10:00:00+07:00")
        for status, at in ((9, "2026-11-24T10:00:00+07:00"), (10, "2026-11-24T11:00:00+07:00")):
            intake.add_event(late.code, EventIn().load({"status": status, "occurred_at": at}))
        survey = asking.open_for(late)
        survey.invited_at = datetime.now(UTC) - timedelta(days=2)
        answer = answering.give(survey, 2, channel="page")
        answering.add(answer, reasons=["slow"], comment="Chờ lâu")
        missed.note("làm giấy xanh đỏ", "none")
        db.session.commit()
        found["question"] = 1
        found["faulty"] = checked(xlsx([TITLES, row("sai mã")]), name="danh mục sai.xlsx").id
        found["applied"] = applied(xlsx([TITLES, row("9.000001")]), name="danh mục cũ.xlsx").id
        found["ready"] = checked(xlsx([TITLES, row("9.000002")]), name="danh mục mới.xlsx").id
        for _ in range(2):
            person()
        found["draft"] = draft(Audience(topic="policy", last_contact="7d", language="vi")).id
        found["article"] = draft(channel="article").id
        found["submitted"] = workflow.submit(draft().id, workflow.By(1, "Trần Thu Thủy")).id
        db.session.commit()
        running = scheduled(draft())
        move_on(running)
        found["running"] = running.id
    for name, content in (("data", LINES), ("faulty_data", LINES.replace("05:30", "sáng"))):
        file = (io.BytesIO(content.encode()), "Giờ xe.csv")
        answer = admin.post("/console/services/buses/data/", data={"file": file, "is_official": "1"})
        found[name] = int(answer.headers["Location"].rsplit("/", 1)[1])
    admin.post(f"/console/services/buses/data/{found['data']}/publish")
    for day in ("2026-11-02", "2026-11-24", "2026-11-26"):
        jobs.roll_up("binh-thuan", day)
    admin.client.set_cookie("motcua_language", "en", domain="binh-thuan.localhost")
    return found


@pytest.mark.timeout(300)
def test_every_page_is_in_english_but_for_what_people_wrote(admin, numbers):
    left = {}
    for path in PAGES:
        answer = admin.get(path.format(**numbers))
        page = answer.get_data(as_text=True)
        assert answer.status_code == 200, (path, answer.headers.get("Location"))
        if "<!doctype" in page[:200]:
            assert (Page(page).lang, 'tabindex="-1" lang="en"' in page) == ("en", True), path
            title, main = Page(page).title, page[page.index("<main") : page.index("</main>")]
            main = BUBBLE.sub("", main)
            page = f"<title>{title}</title>{main}</main>"  # the frame is looked at elsewhere
        if found := left_in_vietnamese(f'<div lang="en">{page}</div>'):
            left[path] = found

    assert not left, "\n".join(f"{path}: {found}" for path, found in left.items())


def test_what_an_act_led_to_is_said_in_english(admin, numbers):
    discarded = admin.follow(f"/console/catalogue/imports/{numbers['ready']}/discard").get_data(as_text=True)
    refused = admin.follow(f"/console/broadcasts/{numbers['draft']}", data={"action": "approve"})

    assert '<span lang="vi">danh mục mới.xlsx</span> is discarded.' in discarded
    assert "This step is not possible now" in refused.get_data(as_text=True)


def test_every_sentence_that_the_code_says_has_its_english():
    asked = set()
    for file in PLATFORM.rglob("*.py"):
        if "node_modules" not in file.parts:
            asked |= set(_said_in(ast.parse(file.read_text())))

    assert len(asked) > 15
    assert asked - language.sentences().keys() == set()


def _said_in(tree: ast.AST):
    """The sentences given to `t` as they are."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
            name = getattr(node.func, "id", getattr(node.func, "attr", ""))
            if name == "t" and isinstance(node.args[0].value, str):
                yield node.args[0].value
