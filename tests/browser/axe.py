"""axe-core, from the lock file of the pages' packages: what it finds wrong on a page that is open."""

import json

from motcua.assets.files import PACKAGES

WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def violations(page, rules: list[str] | None = None) -> list[str]:
    """One line for each violation: rule, where, what. `rules`: only these; else WCAG 2.2 AA and good practice."""
    # Evaluated, not inserted: a script element would run into the page's own policy.
    page.evaluate((PACKAGES / "axe-core" / "axe.min.js").read_text("utf-8"))
    only = {"type": "rule", "values": rules} if rules else {"type": "tag", "values": WCAG}
    found = page.evaluate(
        f"axe.run(document, {{runOnly: {json.dumps(only)}, resultTypes: ['violations']}}).then(r => r.violations)"
    )
    return [
        f"{one['id']}: {node['target']} {node['failureSummary'][:300]}"
        for one in found
        for node in one["nodes"]
    ]
