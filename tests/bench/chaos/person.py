"""Whoever settles what nothing at Zalo tells: asks the citizens, and decides as the console's page of messages does."""

from collections.abc import Collection

from motcua.core.database import db, tenant_scope
from motcua.messaging import deliveries
from motcua.messaging.models import Message
from tests.installation import Installation

STAFF, REASON = 1, "Đã hỏi từng người"


def decide(home: Installation, slugs: Collection[str], arrived: set[int]) -> dict[str, int]:
    """Of all that are uncertain: those `arrived` (by their number) are written down, the others sent again.

    How many there were, how many of them go by phone, and how many had never arrived.
    """
    found = {"for_a_person": 0, "by_phone": 0, "never_taken": 0}
    with home.app.app_context():
        for slug in slugs:
            with tenant_scope(slug):
                rows = db.session.execute(
                    db.select(Message.id, Message.dedupe_key, Message.channel).where(
                        Message.state == "uncertain"
                    )
                ).all()
                missing = {key for _, key, _ in rows if int(key.removeprefix("chaos/")) not in arrived}
                found["for_a_person"] += len(rows)
                found["by_phone"] += sum(channel == "zbs_phone" for _, _, channel in rows)
                found["never_taken"] += len(missing)
                for act, ids in (
                    ("resend", [number for number, key, _ in rows if key in missing]),
                    ("received", [number for number, key, _ in rows if key not in missing]),
                ):
                    deliveries.decide(ids, act, STAFF, REASON)
    return found
