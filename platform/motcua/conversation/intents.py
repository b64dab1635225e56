"""What a citizen's line means, as far as this slice goes: dossiers, following, stopping, help."""

import re
import unicodedata
from dataclasses import dataclass

from motcua.dossiers import codes

LINK = re.compile(r"/t/([0-9A-Za-z-]{12,14})\b")
WORD = re.compile(r"\s+")


@dataclass(frozen=True)
class Intent:
    """`kind` names the handler; `dossier` is a code, `token` the code of the paper's QR."""

    kind: str
    dossier: str | None = None
    token: str | None = None
    digits: str | None = None


KEYWORDS = {
    "stop": ("dung", "stop", "huy nhan tin", "ngung nhan tin"),
    "resume": ("tiep tuc", "nhan tin lai", "start"),
    "my_dossiers": ("ho so cua toi", "cac ho so cua toi", "my dossiers"),
    "help": ("tro giup", "help", "menu", "huong dan", "xin chao", "chao", "hello", "hi"),
}


def plain(text: str) -> str:
    """Lower case, no marks, single blanks: `Theo dõi` -> `theo doi`."""
    folded = unicodedata.normalize("NFD", text.lower().replace("đ", "d"))
    bare = "".join(letter for letter in folded if not unicodedata.combining(letter))
    return WORD.sub(" ", bare).strip(" .!?#")


def understand(text: str) -> Intent:
    """The intent of one line; kind "unknown" when nothing fits."""
    words = plain(text)
    for kind, phrases in KEYWORDS.items():
        if words in phrases:
            return Intent(kind)
    wants = "look_up"
    rest = text.strip()
    for kind, prefix in (("unfollow", "bo theo doi"), ("follow", "theo doi"), ("look_up", "tra cuu")):
        if words.startswith(prefix):
            wants, rest = kind, " ".join(text.split()[len(prefix.split()) :])
            break
    rest = rest.lstrip(":# ").strip()
    link = LINK.search(rest)
    token = codes.read_token(link[1] if link else rest)
    if token:
        # Whoever types the paper's code wants to hear of it, as the page says.
        return Intent("unfollow" if wants == "unfollow" else "follow", token=token)
    if codes.looks_like_code(rest):
        return Intent(wants, dossier=rest)
    if re.fullmatch(r"\d{4}", rest):
        return Intent("proof", digits=rest)
    return Intent("unknown")
