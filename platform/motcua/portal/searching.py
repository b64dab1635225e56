"""A line typed into the search box: the same understanding as in the chat, on a page."""

import hashlib
from dataclasses import dataclass

from flask import request

from motcua.catalogue import asking
from motcua.catalogue.search import Result
from motcua.conversation import missed
from motcua.core import scope, throttle
from motcua.core.database import db
from motcua.core.errors import TooManyAttempts
from motcua.dossiers import codes
from motcua.facts import asked
from motcua.services import hearing
from motcua.services.contract import Service

LONGEST = 200
MOST_BESIDE_A_MATCH, MOST_CHOICES = 4, 6
PER_MINUTE = 60.0  # of an address: a family, an office or a carrier may share one


class TooManySearches(TooManyAttempts):
    message = "Ông/bà tìm nhiều lần trong một phút. Xin đợi một lát rồi tìm lại."


@dataclass(frozen=True)
class Found:
    """`sure`: the one that is meant; `others`: what else it may be, best first. `pointer`: where one is better off."""

    sure: Result | None
    others: tuple[Result, ...]
    pointer: str | None = None
    service: Service | None = None
    is_dossier: bool = False

    @property
    def is_nothing(self) -> bool:
        return self.sure is None and not self.others and not self.service and not self.is_dossier


def search(line: str) -> Found:
    """Raises TooManySearches. What nobody could answer is kept for the desk, as the chat keeps it."""
    _take()
    answer = asking.ask(line)
    heard = hearing.heard(line)
    is_dossier = codes.looks_like_code(line)
    if answer.kind == "match":
        sure, others = answer.results[0], answer.results[1 : 1 + MOST_BESIDE_A_MATCH]
    else:
        sure, others = None, answer.results[:MOST_CHOICES]
    found = Found(sure, others, answer.pointer, heard[0] if heard else None, is_dossier)
    if answer.kind == "none" and not answer.pointer and not heard and not is_dossier:
        missed.note(line, "none")
    if not heard and not is_dossier:
        asked.note("procedure", answer.kind, sure.code if sure else "", channel="page")
    db.session.commit()
    return found


def _take() -> None:
    who = hashlib.sha256(f"{scope.required()}/{request.remote_addr or ''}".encode()).hexdigest()[:20]
    grant = throttle.take([throttle.Bucket(f"public-search:{who}", PER_MINUTE)], [], 1)
    if not grant.count:
        raise TooManySearches(details={"retry_after_s": max(1, round(grant.wait_s + 0.5))})
