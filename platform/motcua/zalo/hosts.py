"""Where Zalo answers: the real hosts, or a simulator that serves all of them under one address."""

from dataclasses import dataclass
from typing import Self


@dataclass(frozen=True)
class Hosts:
    """Base addresses without a final slash."""

    oauth: str
    openapi: str
    business: str
    graph: str

    @classmethod
    def live(cls) -> Self:
        return cls(
            oauth="https://oauth.zaloapp.com",
            openapi="https://openapi.zalo.me",
            business="https://business.openapi.zalo.me",
            graph="https://graph.zalo.me",
        )

    @classmethod
    def under(cls, base_url: str) -> Self:
        """All hosts as folders of one server, as the simulator serves them."""
        base = base_url.rstrip("/")
        return cls(f"{base}/oauth", f"{base}/openapi", f"{base}/business", f"{base}/graph")
