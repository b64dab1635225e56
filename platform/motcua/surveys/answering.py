"""Keeping an answer: once a person, to be changed for a day, without what tells who wrote it."""

from datetime import datetime

from sqlalchemy.dialects.postgresql import insert

from motcua.core import crypto, scope
from motcua.core.clock import now
from motcua.core.database import db
from motcua.core.errors import Conflict
from motcua.core.masking import masked

from .models import COMMENT, Survey, SurveyAnswer, SurveyInvitation
from .rules import CHANGEABLE
from .wording import QUESTIONS, REASONS

LONGEST_COMMENT = 1000


class SurveyOver(Conflict):
    code = "survey_over"
    message = "Khảo sát này đã đóng. Xin gửi ý kiến đến bộ phận một cửa hoặc đường dây nóng của tỉnh."


def give(
    survey: Survey, level: int, *, channel: str, invitation: SurveyInvitation | None = None
) -> SurveyAnswer:
    """Keep the level, or change it within a day. `invitation` must be locked; None on the page.

    A changed level forgets the reasons of the old one. Raises SurveyOver after the survey's end or that day.
    """
    answer = of_person(survey, invitation)
    if answer is None:
        if now() > survey.closes_at or (invitation is not None and invitation.answered_at is not None):
            raise SurveyOver
        return _first(survey, level, channel, invitation)
    _refuse_if_settled(answer)
    if answer.level != level:
        answer.level, answer.changed_at = level, now()
        answer.reasons, answer.comment_encrypted = [], None
    db.session.flush()
    return answer


def add(answer: SurveyAnswer, *, reasons: list[str] = (), comment: str = "", **details: int | None) -> None:
    """Add reasons, free text (masked here) and the answers to the short questions. Raises SurveyOver."""
    _refuse_if_settled(answer)
    answer.reasons = sorted({*answer.reasons, *(one for one in reasons if one in REASONS)})
    words = masked(comment.strip()[:LONGEST_COMMENT])
    if words:
        answer.comment_encrypted = crypto.keyring().encrypt(scope.required(), COMMENT, words)
    for question, value in details.items():
        if question in QUESTIONS and value in QUESTIONS[question]:
            setattr(answer, question, value)


def of_person(survey: Survey, invitation: SurveyInvitation | None) -> SurveyAnswer | None:
    """The answer of the one invited, or the page's."""
    mine = (
        SurveyAnswer.invitation_id == invitation.id
        if invitation is not None
        else SurveyAnswer.channel == "page"
    )
    return db.session.scalar(
        db.select(SurveyAnswer).where(SurveyAnswer.survey_id == survey.id, mine).with_for_update()
    )


def can_change(answer: SurveyAnswer, at: datetime | None = None) -> bool:
    return (at or now()) - answer.answered_at < CHANGEABLE


def _first(survey: Survey, level: int, channel: str, invitation: SurveyInvitation | None) -> SurveyAnswer:
    values = {
        "tenant_id": scope.required(),
        "survey_id": survey.id,
        "invitation_id": invitation and invitation.id,
        "channel": channel,
        "level": level,
        "reasons": [],
        "answered_at": now(),
    }
    db.session.execute(insert(SurveyAnswer).values(values).on_conflict_do_nothing())
    if invitation is not None:
        invitation.answered_at = values["answered_at"]
        db.session.flush()
    answer = of_person(survey, invitation)
    if answer.level != level:  # two pages at once: the later word holds
        answer.level = level
    return answer


def _refuse_if_settled(answer: SurveyAnswer) -> None:
    if not can_change(answer):
        raise SurveyOver
