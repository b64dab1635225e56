"""Which agencies a citizen means: by the words of their names, communes also by the names they had before."""

import re
from dataclasses import dataclass

from motcua.catalogue import communes
from motcua.catalogue.models import Agency
from motcua.catalogue.names import plain_name
from motcua.core.database import db

MOST = 10
ASKED = re.compile(
    r"\b(?:so dien thoai|dien thoai|sdt|dia chi|gio lam viec|gio mo cua|lam viec|mo cua|dong cua|may gio|duong day nong"
    r"|duong di|danh ba|lien he|hotline)\b"
)
NOISE = frozenset({
    "cho", "hoi", "xin", "toi", "em", "minh", "o", "dau", "den", "nao", "vay", "a", "nhe", "la", "co", "khong", "hom",
    "nay", "bay", "gio", "quan", "tinh", "thanh", "pho", "luc", "khi", "mai", "gi", "muon", "biet", "tim", "voi", "cac",
    "nhung", "tai", "thi", "phai", "cua",
})  # fmt: skip
SPELLED = (
    (re.compile(r"\b(?:trung tam )?hanh chinh cong\b"), "trung tam phuc vu hanh chinh cong"),
    (re.compile(r"\b(?:tt )?(?:pvhcc|ttpvhcc|vphc)\b"), "trung tam phuc vu hanh chinh cong"),
    (re.compile(r"\b(?:bo phan |trung tam )?mot cua\b"), "trung tam phuc vu hanh chinh cong"),
    (re.compile(r"\b(?:ubnd|uy ban nhan dan|uy ban)\b"), "ubnd"),
    (re.compile(r"\b(?:tnmt|tn mt|nnmt|tai nguyen moi truong|nong nghiep)\b"), "nong nghiep moi truong"),
    (re.compile(r"\bsxd\b"), "so xay dung"),
    (re.compile(r"\b(?:stp|tu phap)\b"), "so tu phap"),
    (re.compile(r"\b(?:syt)\b"), "so y te"),
)


@dataclass(frozen=True)
class Found:
    agencies: list[Agency]
    is_sure: bool  # one is meant; else they are on offer


def agencies_on(today) -> list[Agency]:
    """Those that exist on the day, of the tenant in scope."""
    return list(
        db.session.scalars(
            db.select(Agency)
            .where(
                (Agency.valid_from.is_(None)) | (Agency.valid_from <= today),
                (Agency.valid_to.is_(None)) | (Agency.valid_to >= today),
            )
            .order_by(Agency.level.desc(), Agency.name)
        )
    )


def find(text: str, agencies: list[Agency]) -> Found:
    """Best first. Nothing said: the province's own centres."""
    line = plain_name(text)
    for pattern, instead in SPELLED:
        line = pattern.sub(instead, line)
    line = ASKED.sub(" ", line)
    by_code = {one.code: one for one in agencies}
    named = [by_code[one.code] for one in communes.mentioned(text) if one.code in by_code]
    said = [word for word in line.split() if word not in NOISE]
    if not said and not named:
        return Found([one for one in agencies if one.kind == "centre"][:MOST], False)
    if named and not set(said) & {"so", "trung", "tam", "cong", "an"}:
        return Found(named[:MOST], len(named) == 1)
    scored = sorted(((_share(said, one), one) for one in agencies), key=lambda pair: -pair[0])
    best = scored[0][0] if scored else 0.0
    alike = [one for share, one in scored if share >= max(best - 0.1, 0.5)]
    found = [*dict.fromkeys((*named, *alike))] if best >= 0.5 else named or _bare_commune(text, by_code)
    return Found(found[:MOST], len(found) == 1)


def _bare_commune(text: str, by_code: dict[str, Agency]) -> list[Agency]:
    return [by_code[one.code] for one in communes.named(text) if one.code in by_code]


def _share(said: list[str], agency: Agency) -> float:
    """How much of what was said stands in the agency's name."""
    names = [agency.name, *([agency.desk_name] if agency.desk_name else [])]
    words = set(plain_name(" ".join(names)).split())
    return sum(word in words for word in said) / len(said) if said else 0.0
