"""What a citizen's line means: a command, a dossier's code, digits that were asked for, or a question."""

import re
from dataclasses import dataclass

from motcua.catalogue.facts import CODE_PATTERN
from motcua.dossiers import codes

from .keywords import command_of, plain

LINK = re.compile(r"/t/([0-9A-Za-z-]{12,14})\b")
# As the paper prints it, K7Q2-M9XD-4F3A, or in one piece; “dang ky ket hon” has twelve letters too.
TOKEN = re.compile(r"[0-9A-Za-z]{4}([ -]?)[0-9A-Za-z]{4}\1[0-9A-Za-z]{4}", re.ASCII)
# “đặt lịch 8 giờ mai”: what follows says when, or what for.
VISIT_PREFIXES = tuple(
    (kind, f"{verb} {what}")
    for kind, verbs in (("book", ("dat",)), ("rebook", ("doi", "doi lai")), ("cancel_visit", ("huy",)))
    for verb in verbs
    for what in ("lich hen", "lich")
)
CODE_AND_DIGITS = re.compile(r"(\S+)\s+(\d{4})", re.ASCII)  # a dossier's code and its proof in one line
TESTER = re.compile(r"noi ma ([0-9a-z]{8})", re.ASCII)  # “nối mã K7Q2M9XD”: a member of staff, see `testers`
PRESSED = re.compile(r"#([a-z_-]{2,20})(?::([^\s]{1,60}))?", re.ASCII)


@dataclass(frozen=True)
class Intent:
    """`kind` names the handler; `dossier` is a code, `token` the code of the paper's QR, `words` what a
    button carries behind its command ("1.000894:papers:2")."""

    kind: str
    dossier: str | None = None
    token: str | None = None
    digits: str | None = None
    words: str = ""


def understand(text: str, keywords: dict[str, list[str]]) -> Intent:
    """The intent of one line; kind "ask" when it is a question in the citizen's own words."""
    words = plain(text)
    pressed = PRESSED.fullmatch(text.strip())
    if pressed:
        return Intent(pressed[1].replace("-", "_"), words=pressed[2] or "")
    command = command_of(words, keywords)
    if command:
        return Intent(command)
    if tester := TESTER.fullmatch(words):
        return Intent("link_tester", words=tester[1])
    for kind, prefix in VISIT_PREFIXES:
        if words.startswith(prefix + " "):
            return Intent(kind, words=" ".join(text.split()[len(prefix.split()) :]))
    wants = "look_up"
    rest = text.strip()
    for kind, prefix in (("unfollow", "bo theo doi"), ("follow", "theo doi"), ("look_up", "tra cuu")):
        if words.startswith(prefix):
            wants, rest = kind, " ".join(text.split()[len(prefix.split()) :])
            break
    rest = rest.lstrip(":# ").strip()
    link = LINK.search(rest)
    token = codes.read_token(link[1]) if link else _token(rest, is_asked_for=wants != "look_up")
    if token:
        # Whoever types the paper's code wants to hear of it, as the page says.
        return Intent("unfollow" if wants == "unfollow" else "follow", token=token)
    proven = CODE_AND_DIGITS.fullmatch(rest)
    if wants != "unfollow" and proven and codes.looks_like_code(proven[1]):
        return Intent("proof", dossier=proven[1], digits=proven[2])
    if codes.looks_like_code(rest):
        return Intent(wants, dossier=rest)
    if re.fullmatch(r"\d{4}", rest, re.ASCII):
        return Intent("proof", digits=rest)
    if re.fullmatch(CODE_PATTERN, rest):
        return Intent("procedure", words=rest)
    return Intent("ask")


def _token(text: str, *, is_asked_for: bool) -> str | None:
    """A follow code; a bare word of twelve small letters is more likely a question."""
    if not TOKEN.fullmatch(text):
        return None
    is_plain_word = text.islower() and not any(letter.isdigit() for letter in text)
    return None if is_plain_word and not is_asked_for else codes.read_token(text)


def names_a_dossier(text: str) -> bool:
    """Whether a QR code's text is one of ours or of the one-stop system: nothing else is acted on."""
    return understand(text, {}).kind in ("follow", "look_up")
