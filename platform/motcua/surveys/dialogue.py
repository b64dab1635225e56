"""A survey in the chat: five levels, a reason when low, three short questions, to be skipped at any step."""

from datetime import datetime, timedelta

from motcua.citizens import registry
from motcua.citizens.models import Citizen
from motcua.core.clock import now
from motcua.core.database import db
from motcua.core.errors import Conflict
from motcua.dossiers.models import Dossier
from motcua.messaging.replies import Reply, number_in
from motcua.tenancy import current
from motcua.zalo.messages import QueryHide

from . import answering, asking, rules
from .models import Survey, SurveyAnswer, SurveyInvitation
from .plain_words import level_of
from .wording import CHANGE, COMPLAIN, LEVELS, LOW, QUESTIONS, REASONS, SKIP, said

WRITING_LASTS = timedelta(hours=1)
WAITING_FOR = "survey_reason"
ORDER = ("attitude", "clarity", "trips")
SKIP_WORDS = ("bỏ qua", "bo qua", "skip")


def pressed(citizen: Citizen, words: str) -> list[Reply]:
    """A button of a survey: `<invitation>:<question>:<value>`. Another person's invitation is none."""
    number, _, rest = words.partition(":")
    question, _, value = rest.partition(":")
    found = _find(citizen, number_in(number))
    if found is None:
        return [_closed()]
    try:
        return _step(citizen, *found, question, value)
    except Conflict:
        return [_closed()]


def heard(citizen: Citizen, line: str) -> list[Reply] | None:
    """A line in the citizen's own words; None when it has nothing to do with a survey."""
    waiting = citizen.dialogue.get(WAITING_FOR)
    if waiting and datetime.fromisoformat(citizen.dialogue["until"]) > now():
        return _reason_written(citizen, waiting, line)
    phrases = current.tenant().settings.get("chat", {}).get("survey_words") or {}
    wants_skip = line.strip(" .!").lower() in SKIP_WORDS
    level = None if wants_skip else level_of(line, phrases)
    if level is None and not wants_skip:
        return None
    found = _latest(citizen, unanswered=not wants_skip)
    if found is None:
        return None
    return _step(citizen, *found, *(("skip", "") if wants_skip else ("level", str(level))))


def forget(citizen: Citizen) -> None:
    """The citizen asked for erasure: what was said stays, and nothing tells whose it was."""
    mine = db.select(SurveyInvitation.id).where(SurveyInvitation.citizen_id == citizen.id)
    db.session.execute(
        db.update(SurveyAnswer)
        .where(SurveyAnswer.invitation_id.in_(mine))
        .values(invitation_id=None)
        .execution_options(synchronize_session=False)
    )
    db.session.execute(db.delete(SurveyInvitation).where(SurveyInvitation.citizen_id == citizen.id))


def _step(
    citizen: Citizen,
    invitation: SurveyInvitation,
    survey: Survey,
    dossier: Dossier,
    question: str,
    value: str,
) -> list[Reply]:
    here = _Talk(citizen, invitation, survey, dossier)
    if question == "level" and (level := number_in(value)) in LEVELS:
        return here.rated(level)
    answer = answering.of_person(survey, invitation)
    if question == "skip":
        return here.skipped(answer)
    if answer is None or not answering.can_change(answer):
        return [_closed()]
    if question == "change":
        return [here.reply("survey_ask", asking.level_buttons(invitation.id, citizen.language))]
    if question == "why":
        answering.add(answer, reasons=[value])
        citizen.dialogue = {}
        return here.after_reason(answer)
    if question in ORDER:
        answering.add(answer, **{question: number_in(value)})
        return [here.next_after(question, answer)]
    return [_closed()]


def _reason_written(citizen: Citizen, invitation_id: int, line: str) -> list[Reply]:
    citizen.dialogue = {}
    found = _find(citizen, invitation_id)
    answer = found and answering.of_person(found[1], found[0])
    if not answer or not answering.can_change(answer):
        return [_closed()]
    if line.strip(" .!").lower() not in SKIP_WORDS:
        answering.add(answer, comment=line)
    return _Talk(citizen, *found).after_reason(answer)


class _Talk:
    """One survey with one citizen: what to say next."""

    def __init__(self, citizen: Citizen, invitation: SurveyInvitation, survey: Survey, dossier: Dossier):
        self.citizen, self.invitation, self.survey, self.dossier = citizen, invitation, survey, dossier

    def rated(self, level: int) -> list[Reply]:
        answer = answering.give(self.survey, level, channel="chat", invitation=self.invitation)
        registry.agree(self.citizen, ("survey",), "chat")
        if level > LOW:
            return [self.reply("survey_attitude", self._choices("attitude"), level=level)]
        self.citizen.dialogue = {
            WAITING_FOR: self.invitation.id,
            "until": (now() + WRITING_LASTS).isoformat(),
        }
        reasons = [
            self._button(f"why:{name}", title)
            for name, title in REASONS.items()
            if name not in answer.reasons
        ]
        return [self.reply("survey_why", (*reasons[:4], self._button("why:none", SKIP)), level=level)]

    def after_reason(self, answer: SurveyAnswer) -> list[Reply]:
        complain = self._complain()
        return [
            self.reply("survey_low", (complain,), level=answer.level),
            self.reply("survey_attitude", self._choices("attitude"), level=answer.level),
        ]

    def next_after(self, question: str, answer: SurveyAnswer) -> Reply:
        following = ORDER[ORDER.index(question) + 1 :]
        if following:
            return self.reply(f"survey_{following[0]}", self._choices(following[0]), level=answer.level)
        return self.thanks(answer)

    def skipped(self, answer: SurveyAnswer | None) -> list[Reply]:
        self.citizen.dialogue = {}
        if answer is not None:
            return [self.thanks(answer)]
        self.invitation.declined_at = self.invitation.declined_at or now()
        return [self.reply("survey_skipped", ends=True)]

    def thanks(self, answer: SurveyAnswer) -> Reply:
        buttons = [self._button("change", CHANGE)] if answering.can_change(answer) else []
        if answer.level <= LOW:
            buttons.append(self._complain())
        return self.reply("survey_thanks", tuple(buttons), ends=True, level=answer.level)

    def reply(
        self, event: str, buttons: tuple = (), *, ends: bool = False, level: int | None = None
    ) -> Reply:
        words = asking.words_of(self.survey, self.dossier, self.citizen.language) | current.contact_words()
        if level:
            words["level"] = said(LEVELS[level], self.citizen.language)
        return Reply(event, words, buttons, ends)

    def _choices(self, question: str) -> tuple[QueryHide, ...]:
        choices = [self._button(f"{question}:{value}", title) for value, title in QUESTIONS[question].items()]
        return (*choices, self._button("skip", SKIP))

    def _complain(self) -> QueryHide:
        return QueryHide(said(COMPLAIN, self.citizen.language), f"#complain:about:{self.dossier.id}")

    def _button(self, words: str, title: tuple[str, str]) -> QueryHide:
        return QueryHide(said(title, self.citizen.language), f"#survey:{self.invitation.id}:{words}")


def _closed() -> Reply:
    return Reply("survey_closed", current.contact_words(), ends=True)


_ROWS = (
    db.select(SurveyInvitation, Survey, Dossier)
    .join(
        Survey, (Survey.tenant_id == SurveyInvitation.tenant_id) & (Survey.id == SurveyInvitation.survey_id)
    )
    .join(Dossier, (Dossier.tenant_id == Survey.tenant_id) & (Dossier.id == Survey.dossier_id))
    .with_for_update(of=SurveyInvitation)
)


def _find(citizen: Citizen, number: int | None) -> tuple[SurveyInvitation, Survey, Dossier] | None:
    mine = (SurveyInvitation.id == number, SurveyInvitation.citizen_id == citizen.id)
    return _one(_ROWS.where(*mine))


def _latest(citizen: Citizen, *, unanswered: bool) -> tuple[SurveyInvitation, Survey, Dossier] | None:
    """What the citizen was asked last: not answered yet, or else one whose questions may still be under way."""
    state = SurveyInvitation.answered_at.is_(None)
    if not unanswered:
        state |= SurveyInvitation.answered_at > now() - rules.CHANGEABLE
    query = _ROWS.where(SurveyInvitation.citizen_id == citizen.id, state, Survey.closes_at > now())
    return _one(query.order_by(SurveyInvitation.id.desc()).limit(1))


def _one(query) -> tuple[SurveyInvitation, Survey, Dossier] | None:
    row = db.session.execute(query).first()
    return (row[0], row[1], row[2]) if row else None
