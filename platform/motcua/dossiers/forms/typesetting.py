"""Typst itself: a template and a JSON of words in, a PDF/A out. Run as a module it does so for one paper.

Typst remembers what it laid out for its next ten papers, some 150 MB for a register of a thousand lines. A long
register is therefore set by a process of its own, whose memory goes back to the machine.
"""

import json
import subprocess
import sys
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path

import typst

STANDARD = "a-2b"
LONGEST_S = 60


class NotSet(Exception):
    """The other process gave no paper. What it said may hold personal data and is not repeated."""


@dataclass(frozen=True)
class Sheet:
    """`words` is the JSON for `sys.inputs.paper`; `made_at` Unix seconds. Untagged PDFs are a tenth in size."""

    folder: str
    template: str
    words: str
    made_at: int
    tagged: bool


@cache
def fonts() -> typst.Fonts:
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=True)


def typeset(sheet: Sheet) -> bytes:
    return typst.compile(
        str(Path(sheet.folder) / sheet.template),
        root=sheet.folder,
        font_paths=fonts(),
        ignore_system_fonts=True,
        sys_inputs={"paper": sheet.words},
        pdf_standards=[STANDARD],
        timestamp=sheet.made_at,
        pdf_tags=sheet.tagged,
    )


def typeset_apart(sheet: Sheet) -> bytes:
    """The same in a process of its own. Raises NotSet."""
    ran = subprocess.run(  # noqa: S603 - our own module under our own interpreter, no shell
        [sys.executable, "-m", __name__],
        input=json.dumps(asdict(sheet)).encode(),
        capture_output=True,
        timeout=LONGEST_S,
        check=False,
    )
    if ran.returncode or not ran.stdout.startswith(b"%PDF-"):
        raise NotSet(f"Exit code {ran.returncode}.")
    return ran.stdout


if __name__ == "__main__":
    sys.stdout.buffer.write(typeset(Sheet(**json.load(sys.stdin))))
