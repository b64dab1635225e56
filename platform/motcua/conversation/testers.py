"""“NỐI K7Q2M9XD”: a member of staff links their own Zalo, to have texts sent there for a look."""

from motcua.citizens.models import Citizen
from motcua.core.errors import TooManyAttempts
from motcua.messaging import testers

from .intents import Intent
from .saying import say


def link(citizen: Citizen, key: str, intent: Intent) -> None:
    try:
        linked = testers.link(citizen, intent.words)
    except TooManyAttempts as error:
        say(citizen, key, "cooled_down", {"minutes": -(-error.details["retry_after_s"] // 60)})
        return
    say(citizen, key, "tester_linked" if linked else "tester_refused")
