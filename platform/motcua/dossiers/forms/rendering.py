"""From a form's words to a PDF/A file, by Typst, in memory.

The words are handed over as JSON and placed as text: nothing in them is ever read as markup. Only the fonts that
come with Typst are used, so a paper looks the same on every machine.
"""

import json
from dataclasses import asdict
from datetime import datetime

from flask import current_app

from motcua.core import qr
from motcua.tenancy import current

from .emblem import emblem
from .printable import printable_all
from .sets import Form, FormSet
from .typesetting import Sheet, typeset, typeset_apart


def to_pdf(form: Form, form_set: FormSet, facts, *, number: int | None, at: datetime) -> bytes:
    """The paper. `facts`: the form's dataclass, or that as a dict when it is printed again.

    `at` is the file's date; the same arguments give the same bytes.
    """
    words = facts if isinstance(facts, dict) else asdict(facts)
    branding = current.tenant().settings["branding"]
    paper = printable_all(
        {
            "title": form.title,
            "form": f"Mẫu số {form.number} – {form_set.circular}",
            "form_set": form_set.key,
            "number": number_in_words(form, number),
            "order": number,
            "monogram": branding["monogram"],
            "colour": branding["primary_color"],
            "facts": words,
        }
    )
    subject = words.get("subject") or {}
    pictures = {
        "emblem": emblem(),
        "qr": subject and qr.for_paper(subject["tracking_url"]),
        "zalo_qr": words.get("zalo_url") and qr.for_paper(words["zalo_url"]),
    }
    folder = current_app.config["SETTINGS"].home / "templates" / "forms"
    is_long = form.kind == "register"
    sheet = Sheet(
        folder=str(folder),
        template=f"{form.kind}.typ",
        words=json.dumps(paper | pictures, ensure_ascii=False),
        made_at=int(at.timestamp()),
        tagged=not is_long,
    )
    return typeset_apart(sheet) if is_long else typeset(sheet)


def number_in_words(form: Form, number: int | None) -> str | None:
    """`05/TNHS`: numbers below 10 with a zero (Nghị định 30/2020)."""
    return f"{number:02d}/{form.symbol}" if number is not None and form.symbol else None
