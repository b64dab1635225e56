"""The papers' pages in a real browser, and a PDF that the browser's own viewer accepts from us."""

import pytest

from motcua.core.database import tenant_scope
from tests.browser.test_catalogue import page
from tests.browsing import looked_at
from tests.factories import make_dossier

__all__ = ["page"]  # fixtures, used by name

pytestmark = pytest.mark.browser
CODE = "000.00.01.H36-260105-0007"


def fetched(page, link) -> str:
    """What the link leads to, asked for by the browser itself: its type and its bytes."""
    return page.evaluate(
        """async (href) => {
            const answer = await fetch(href);
            return answer.headers.get("content-type") + " " + new Uint8Array(await answer.arrayBuffer());
        }""",
        link.get_attribute("href"),
    )


def test_an_officer_prints_a_receipt_finds_it_again_and_takes_out_the_register(page):
    with tenant_scope("binh-thuan"):
        make_dossier(CODE, received_at="2026-01-05T08:00:00+07:00", due_at="2026-01-12T08:00:00+07:00")
    page.goto(f"/console/dossiers/{CODE}")
    paper = fetched(page, page.get_by_role("link", name="Mẫu 01"))
    assert paper.startswith("application/pdf 37,80,68,70,")  # %PDF

    page.reload()
    looked_at(page, "forms-of-dossier")
    row = page.get_by_role("row").filter(has_text="Phạm Thu Hà")
    assert fetched(page, row.get_by_role("link")) == paper

    page.goto("/console/registers")
    page.get_by_label("Nhận từ ngày").fill("2026-01-01")
    page.get_by_label("Đến hết ngày").fill("2026-01-31")
    page.get_by_role("button", name="Xem").click()
    page.get_by_text("1 hồ sơ được tiếp nhận").wait_for()
    looked_at(page, "registers")
    with page.expect_download() as waiting:
        page.get_by_role("link", name="Tải Excel").click()
    assert waiting.value.suggested_filename == "so-theo-doi-20260101-20260131.xlsx"
