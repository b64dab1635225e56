"""axe-core, by npm's lock file beside this one: what it finds wrong on a page that is open."""

import json
import subprocess
from functools import cache
from pathlib import Path

HERE = Path(__file__).resolve().parent
SCRIPT = HERE / "node_modules" / "axe-core" / "axe.min.js"
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@cache
def script() -> str:
    """Installed at the first need; a failure names the remedy."""
    if not SCRIPT.exists():
        done = subprocess.run(
            ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"],
            cwd=HERE,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, (
            f"axe-core is not installed: run `npm ci` in {HERE}.\n{done.stderr[-2000:]}"
        )
    return SCRIPT.read_text()


def violations(page, rules: list[str] | None = None) -> list[str]:
    """One line for each violation: rule, where, what. `rules`: only these; else WCAG 2.2 AA and good practice."""
    page.evaluate(script())  # a script element would run into the page's own policy
    only = {"type": "rule", "values": rules} if rules else {"type": "tag", "values": WCAG}
    found = page.evaluate(
        f"axe.run(document, {{runOnly: {json.dumps(only)}, resultTypes: ['violations']}}).then(r => r.violations)"
    )
    return [
        f"{one['id']}: {node['target']} {node['failureSummary'][:300]}"
        for one in found
        for node in one["nodes"]
    ]
