"""Stars given to a rating template, as Zalo's webhook tells them (`user_feedback`)."""

import re

from motcua.core.database import db
from motcua.core.errors import Conflict
from motcua.messaging import receipts

from . import answering
from .models import Survey, SurveyInvitation
from .wording import REASONS

KEY = re.compile(r"survey_(?:ask|reminder):(\d+)")


def rated(
    zalo_message_id: str | None, tracking_id: str | None, stars: int | None, note: str, chips: tuple
) -> bool:
    """Keep a rating of 1 to 5. False when we do not know the message (yet): the answer to our send may be behind.

    The second rating of one person after a day, or one that cannot be read, changes nothing.
    """
    message = receipts.find(zalo_message_id or "", tracking_id)
    if message is None:
        return False
    asked = KEY.fullmatch(message.dedupe_key)
    if asked is None or stars is None:
        return True  # stars on a template that asked for none of ours
    row = db.session.execute(
        db.select(SurveyInvitation, Survey)
        .join(
            Survey,
            (Survey.tenant_id == SurveyInvitation.tenant_id) & (Survey.id == SurveyInvitation.survey_id),
        )
        .where(SurveyInvitation.id == int(asked[1]))
        .with_for_update(of=SurveyInvitation)
    ).first()
    if row is None:
        return True
    invitation, survey = row
    try:
        answer = answering.give(survey, stars, channel="zbs", invitation=invitation)
        known = [name for name, titles in REASONS.items() if any(_same(chip, titles) for chip in chips)]
        others = [chip for chip in chips if not any(_same(chip, titles) for titles in REASONS.values())]
        answering.add(answer, reasons=known, comment=". ".join([*others, note]).strip(". "))
    except Conflict:
        return True
    return True


def _same(chip: str, titles: tuple[str, str]) -> bool:
    return chip.strip().casefold() in {title.casefold() for title in titles}
