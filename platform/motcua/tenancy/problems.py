"""What is wrong with a province's folder: every fault at once, each with its place and its remedy."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

from motcua.core.errors import MotcuaError

SHOWN_VALUE_LENGTH = 60


@dataclass(frozen=True)
class Problem:
    """One fault. `line` counts from 1; None where the whole file is at fault. `value` is what stands there."""

    file: str
    line: int | None
    field: str
    value: str
    message: str
    remedy: str

    def __str__(self) -> str:
        """One Vietnamese line: file, line, field, what is wrong, what to do."""
        place = self.file
        if self.line is not None:
            place += f", dòng {self.line}"
        if self.field:
            place += f", mục {self.field}"
        return f"{place}: {self.message} {self.remedy}"


class FolderInvalid(MotcuaError):
    """A province's folder breaks rules; nothing of it was taken. `problems` holds every fault found."""

    code, status = "folder_invalid", 422
    message = "Thư mục của tỉnh có lỗi, chưa nạp gì. Xin sửa các lỗi được nêu rồi nạp lại."

    def __init__(self, problems: Iterable[Problem]):
        self.problems = tuple(problems)
        lines = "\n".join(f"- {problem}" for problem in self.problems)
        super().__init__(
            f"Có {len(self.problems)} lỗi, chưa nạp gì. Xin sửa rồi nạp lại:\n{lines}",
            details={"problems": [asdict(problem) for problem in self.problems]},
        )


def file_name(path: Path) -> str:
    """The file as people know it, with its province's folder: `binh-thuan/tenant.toml`."""
    return f"{path.parent.name}/{path.name}"


def shown(value: object) -> str:
    """A value fit for one line of a report."""
    text = " ".join("".join(filter(_is_visible, str(value))).split())
    return text if len(text) <= SHOWN_VALUE_LENGTH else text[: SHOWN_VALUE_LENGTH - 1] + "…"


def split_sentence(text: str) -> tuple[str, str]:
    """A sentence and its remedy, which our sentences open with “Xin”."""
    parts = re.split(r"\s+(?=Xin )", text, maxsplit=1)
    return (parts[0], parts[1]) if len(parts) == 2 else (text, "Xin sửa lại mục này.")


def _is_visible(letter: str) -> bool:
    return letter in "\n\t" or unicodedata.category(letter) not in ("Cc", "Cf")
