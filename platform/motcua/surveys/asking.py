"""Who is asked, when and how: each proven follower or phone once a dossier, reminded once, in the hours for surveys.

The sweep calls `sweep` for every tenant. Two at once do no harm: each step is one statement whose rows only
one of them gets, and the messages stand in the same transaction.
"""

from datetime import timedelta

from sqlalchemy import text

from motcua.citizens.models import Citizen, phone_index
from motcua.citizens.persons import persons
from motcua.citizens.registry import with_proven_phone
from motcua.core import queue, scope
from motcua.core.clock import now
from motcua.core.database import db
from motcua.dossiers import news
from motcua.dossiers.models import Dossier, Follow
from motcua.dossiers.wording import moment
from motcua.messaging.outbox import Zbs, owe
from motcua.messaging.wording import texts
from motcua.tenancy import current
from motcua.zalo.messages import QueryHide, TextMessage

from . import hours, rules
from .models import Survey, SurveyInvitation
from .wording import LEVELS, said

BATCH = 200
EVERY_S = 60
ERASE_EVERY_S = 3600
PROVEN = ("digits", "phone")
RATING_TEMPLATE = "survey"
RATING_PARAMETERS = ("ma_ho_so", "thu_tuc", "co_quan")

# One survey a dossier for ever: a dossier whose status changes again, or is asked about on the page, has its row.
OPEN = text("""
    INSERT INTO survey (tenant_id, dossier_id, outcome, opened_at, closes_at, invited_at)
    SELECT dossier.tenant_id, dossier.id, dossier.status, :now, :closes, :now
    FROM dossier LEFT JOIN survey ON survey.tenant_id = dossier.tenant_id AND survey.dossier_id = dossier.id
    WHERE dossier.tenant_id = :tenant AND dossier.status IN (3, 8, 10) AND dossier.status_at >= :since
      AND survey.invited_at IS NULL
    ORDER BY dossier.status_at LIMIT :batch
    ON CONFLICT (tenant_id, dossier_id) DO UPDATE SET invited_at = :now WHERE survey.invited_at IS NULL
    RETURNING id, dossier_id
""")
REMIND = text("""
    UPDATE survey_invitation SET reminded_at = :now
    WHERE tenant_id = :tenant AND id IN (
        SELECT invitation.id FROM survey_invitation AS invitation
        JOIN survey ON survey.tenant_id = invitation.tenant_id AND survey.id = invitation.survey_id
        WHERE invitation.tenant_id = :tenant AND invitation.asked_at <= :before
          AND invitation.reminded_at IS NULL AND invitation.declined_at IS NULL AND invitation.answered_at IS NULL
          AND survey.closes_at > :now
        ORDER BY invitation.asked_at LIMIT :batch FOR UPDATE OF invitation SKIP LOCKED)
    RETURNING id
""")
# Whoever took back an earlier agreement to surveys is not asked again until they agree anew by answering one.
UNWILLING = text("""
    SELECT citizen_id FROM consent WHERE tenant_id = :tenant AND purpose = 'survey' AND citizen_id = ANY(:ids)
    GROUP BY citizen_id HAVING bool_and(withdrawn_at IS NOT NULL)
""")
ANSWERED_ON_THE_PAGE = text("""
    SELECT survey_id FROM survey_answer WHERE tenant_id = :tenant AND channel = 'page' AND survey_id = ANY(:ids)
""")
CUT_LOOSE = text("""
    UPDATE survey_answer SET invitation_id = NULL
    WHERE tenant_id = :tenant AND invitation_id IS NOT NULL AND answered_at <= :settled
""")
ERASE = text("""
    UPDATE survey_answer SET comment_encrypted = NULL
    WHERE tenant_id = :tenant AND comment_encrypted IS NOT NULL AND answered_at <= :old
""")


def sweep() -> int:
    """Ask and remind a batch for the tenant in scope, at most once a minute; commits; returns how many are written to.

    After a full batch the next sweep goes on at once: a night's thousand dossiers never hold up other provinces.
    """
    written = 0
    if _is_turn("ask", EVERY_S) and hours.may_ask_at(now()):
        given = rules.of_tenant()
        if given.is_on:
            (ended, asked), (silent, reminded) = ask(given), remind(given)
            written = asked + reminded
            if max(ended, silent) == BATCH:
                queue.connection().delete(_turn("ask"))
    if _is_turn("erase", ERASE_EVERY_S):
        erase_old(rules.of_tenant())
    return written


def ask(given: rules.Rules) -> tuple[int, int]:
    """Open the survey of each dossier of a batch that ended lately, and ask its people; commits.

    Returns how many dossiers there were, and how many people were written to.
    """
    at = now()
    words = {
        "tenant": scope.required(),
        "now": at,
        "closes": at + given.open_for,
        "since": hours.oldest_end(at, given.ask_within),
        "batch": BATCH,
    }
    opened = {row.id: row.dossier_id for row in db.session.execute(OPEN, words)}
    written = _invite(opened, hours.left_at(at))
    db.session.commit()
    return len(opened), written


def remind(given: rules.Rules) -> tuple[int, int]:
    """One reminder to each of a batch who kept silent; commits. Returns how many those were, and were written to."""
    at = now()
    words = {"tenant": scope.required(), "now": at, "before": at - given.reminder_after, "batch": BATCH}
    numbers = db.session.scalars(REMIND, words).all()
    if not numbers:
        db.session.commit()
        return 0, 0
    rows = db.session.execute(
        db.select(SurveyInvitation, Survey, Dossier, Citizen)
        .join(
            Survey,
            (Survey.tenant_id == SurveyInvitation.tenant_id) & (Survey.id == SurveyInvitation.survey_id),
        )
        .join(Dossier, (Dossier.tenant_id == Survey.tenant_id) & (Dossier.id == Survey.dossier_id))
        .outerjoin(
            Citizen,
            (Citizen.tenant_id == SurveyInvitation.tenant_id) & (Citizen.id == SurveyInvitation.citizen_id),
        )
        .where(SurveyInvitation.id.in_(numbers))
    ).all()
    bodies, lifetime, written = texts.bodies_of("survey_reminder"), hours.left_at(at), 0
    for invitation, survey, dossier, citizen in rows:
        recipient = news.phone_of(dossier) if citizen is None else citizen
        if recipient and (citizen is None or citizen.muted_at is None):
            written += _write(recipient, invitation, survey, dossier, "survey_reminder", bodies, lifetime)
    db.session.commit()
    return len(numbers), written


def erase_old(given: rules.Rules) -> None:
    """Cut answers loose from people when they can no longer be changed, erase old free text; commits."""
    tenant = scope.required()
    db.session.execute(CUT_LOOSE, {"tenant": tenant, "settled": now() - rules.CHANGEABLE})
    db.session.execute(ERASE, {"tenant": tenant, "old": now() - given.text_kept})
    db.session.commit()


def open_for(dossier: Dossier) -> Survey | None:
    """The dossier's survey, opened now where the sweep has not come yet; None when it is not over, or long ago."""
    if dossier.status in (3, 8, 10):
        given, at = rules.of_tenant(), now()
        if given.is_on and dossier.status_at >= at - given.ask_within:
            db.session.execute(
                text(
                    "INSERT INTO survey (tenant_id, dossier_id, outcome, opened_at, closes_at)"
                    " VALUES (:tenant, :dossier, :outcome, :now, :closes) ON CONFLICT DO NOTHING"
                ),
                {
                    "tenant": scope.required(),
                    "dossier": dossier.id,
                    "outcome": dossier.status,
                    "now": at,
                    "closes": at + given.open_for,
                },
            )
    return db.session.scalar(db.select(Survey).where(Survey.dossier_id == dossier.id))


def _invite(opened: dict[int, int], lifetime: timedelta | None) -> int:
    """Ask the people of these surveys (survey id -> dossier id); returns how many were written to."""
    if not opened:
        return 0
    words = {"tenant": scope.required(), "ids": list(opened)}
    settled = set(db.session.scalars(ANSWERED_ON_THE_PAGE, words))
    surveys = {one.id: one for one in _by_id(Survey, opened)}
    dossiers = {one.id: one for one in _by_id(Dossier, opened.values())}
    followers = _followers(opened.values())
    phones = {
        dossier_id: phone
        for dossier_id, dossier in dossiers.items()
        if dossier_id not in followers and (phone := news.phone_of(dossier))
    }
    ours = {one.phone_index for one in with_proven_phone({phone_index(phone) for phone in phones.values()})}
    bodies, written = texts.bodies_of("survey_ask"), 0
    for survey_id, dossier_id in opened.items():
        if survey_id in settled:
            continue
        found = persons(followers.get(dossier_id, ()), current.connected_oas)
        people: list[Citizen | str] = [person.citizen for person in found]
        if dossier_id in phones and phone_index(phones[dossier_id]) not in ours:
            people.append(phones[dossier_id])
        for one in people:
            written += _ask_one(one, surveys[survey_id], dossiers[dossier_id], bodies, lifetime)
    return written


def _ask_one(
    recipient: Citizen | str,
    survey: Survey,
    dossier: Dossier,
    bodies: dict[str, str],
    lifetime: timedelta | None,
) -> bool:
    who = (
        {"citizen_id": recipient.id}
        if isinstance(recipient, Citizen)
        else {"phone_index": phone_index(recipient)}
    )
    invitation = SurveyInvitation(survey_id=survey.id, asked_at=now(), **who)
    db.session.add(invitation)
    db.session.flush()
    return _write(recipient, invitation, survey, dossier, "survey_ask", bodies, lifetime)


def _write(
    recipient: Citizen | str,
    invitation: SurveyInvitation,
    survey: Survey,
    dossier: Dossier,
    event: str,
    bodies: dict[str, str],
    lifetime: timedelta | None,
) -> bool:
    """Chat while Zalo's free window is open, else the rating template; which one is decided when it leaves."""
    consultation = None
    if isinstance(recipient, Citizen):
        language = recipient.language
        words = texts.fill(event, bodies[language], words_of(survey, dossier, language))
        consultation = TextMessage(words, buttons=level_buttons(invitation.id, language))
    return owe(
        recipient,
        event,
        dedupe_key=key_of(invitation.id, event),
        consultation=consultation,
        zbs=Zbs(RATING_TEMPLATE, _rating_words(dossier)),
        lane="normal",
        dossier_id=dossier.id,
        lifetime=lifetime,
    )


def _rating_words(dossier: Dossier) -> dict[str, str]:
    """A rating template takes three parameters at most (ZBS, layout rules)."""
    words = news.template_words(dossier)
    return {name: words[name] for name in RATING_PARAMETERS}


def key_of(invitation_id: int, event: str) -> str:
    """What names a survey's message in the outbox; `ratings` reads it back."""
    return f"{event}:{invitation_id}"


def level_buttons(invitation_id: int, language: str) -> tuple[QueryHide, ...]:
    """Zalo takes five buttons at most: five levels; the text says how to skip in words."""
    return tuple(
        QueryHide(said(title, language), f"#survey:{invitation_id}:level:{level}")
        for level, title in LEVELS.items()
    )


def words_of(survey: Survey, dossier: Dossier, language: str) -> dict:
    return {
        "province": current.province_name(),
        "code": dossier.code,
        "procedure": dossier.procedure_name,
        "agency": dossier.agency_name,
        "closes": moment(survey.closes_at, language),
        "page_url": current.public_url(f"/t/{dossier.token}/survey"),
    }


def _followers(dossier_ids) -> dict[int, list[Citizen]]:
    """Those who proved that the dossier is theirs, follow it, and agree to be asked; one query for all dossiers."""
    rows = db.session.execute(
        db.select(Follow.dossier_id, Citizen)
        .join(Citizen, (Citizen.tenant_id == Follow.tenant_id) & (Citizen.id == Follow.citizen_id))
        .where(
            Follow.dossier_id.in_(list(dossier_ids)),
            Follow.proof.in_(PROVEN),
            Follow.ended_at.is_(None),
            Citizen.muted_at.is_(None),
        )
        .order_by(Citizen.id)
    ).all()
    ids = list({citizen.id for _, citizen in rows})
    unwilling = set(db.session.scalars(UNWILLING, {"tenant": scope.required(), "ids": ids}))
    found: dict[int, list[Citizen]] = {}
    for dossier_id, citizen in rows:
        if citizen.id not in unwilling:
            found.setdefault(dossier_id, []).append(citizen)
    return found


def _by_id(model, ids) -> list:
    return list(db.session.scalars(db.select(model).where(model.id.in_(list(ids)))))


def _is_turn(what: str, every_s: int) -> bool:
    """One of all the sweeps gets the turn; another may have it when Redis forgets, which does no harm."""
    return bool(queue.connection().set(_turn(what), "1", nx=True, ex=every_s))


def _turn(what: str) -> str:
    return f"motcua:survey:{what}:{scope.required()}"
