"""`make lighthouse`: every public page under Lighthouse's phone on a slow network; not part of the suite.

Performance has to reach 95 and accessibility 100. ONLY=home,procedure takes some pages only.
"""

import json
import os
import subprocess
from pathlib import Path

import pytest

from tests.browser.test_public_pages import prove, site  # noqa: F401 - a fixture

pytestmark = [pytest.mark.browser, pytest.mark.timeout(3600)]
BARS = {"performance": 95, "accessibility": 100}
CLI = Path(__file__).resolve().parent / "node_modules" / "lighthouse" / "cli" / "index.js"


def judged(address: str, cookies: str, chromium: str) -> dict[str, float]:
    """Scores of 100, and the bytes that came over the wire."""
    command = [
        "node", str(CLI), address, "--quiet", "--output=json", "--only-categories=performance,accessibility",
        "--chrome-flags=--headless=new --no-sandbox --disable-gpu",
    ]  # fmt: skip
    if cookies:
        command += [f"--extra-headers={json.dumps({'Cookie': cookies})}"]
    done = subprocess.run(
        command, capture_output=True, text=True, env=os.environ | {"CHROME_PATH": chromium}, timeout=300
    )
    assert done.returncode == 0, done.stderr[-1500:]
    report = json.loads(done.stdout)
    scores = {name: round(100 * report["categories"][name]["score"]) for name in BARS}
    failed = [one["id"] for one in report["audits"].values() if one["score"] == 0]
    wire = report["audits"]["total-byte-weight"]["numericValue"]
    return scores | {"KB": round(wire / 1000, 1), "failed": failed}


def test_every_public_page_reaches_the_bar(served, site, browser, chromium_path, capsys):  # noqa: F811
    context = browser.new_context()
    page = context.new_page()
    prove(page, served, site)
    cookies = "; ".join(f"{one['name']}={one['value']}" for one in context.cookies())
    context.close()
    wanted = [one for one in os.environ.get("ONLY", "").split(",") if one]
    below = []
    for name, path in (site.paths | site.proven).items():
        if (
            wanted and name not in wanted
        ) or name == "not-found":  # Lighthouse refuses a page that answers 404
            continue
        if name.startswith(("search-nothing", "no-procedure")):
            continue
        found = judged(served + path, cookies if name in site.proven else "", chromium_path)
        with capsys.disabled():
            print(  # noqa: T201 - the table is what this is for
                f"{name:20} {found['KB']:6} KB  performance {found['performance']:3}  "
                f"accessibility {found['accessibility']:3}",
                flush=True,
            )
        if any(found[bar] < least for bar, least in BARS.items()):
            below.append((name, found))

    assert below == []
