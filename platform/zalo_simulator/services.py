from dataclasses import dataclass

from .faults import Faults
from .journal import Journal
from .phone.hub import PhoneHub
from .rates import RateLimits
from .webhooks.sender import WebhookSender
from .world.world import World


@dataclass(slots=True)
class Services:
    """The running parts around the world, handed to every endpoint."""

    world: World
    hub: PhoneHub
    webhooks: WebhookSender
    faults: Faults
    journal: Journal
    rates: RateLimits

    @classmethod
    def for_world(cls, world: World) -> "Services":
        return cls(world, PhoneHub(), WebhookSender(world), Faults(), Journal(), RateLimits(world))

    def reset(self) -> None:
        self.world.clear()
        self.webhooks.reset()
        self.faults.clear()
        self.journal.clear()
        self.rates.clear()
        self.hub.reset()
