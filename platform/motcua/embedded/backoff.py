"""How long to wait before something that died is started again."""

from dataclasses import dataclass, field


@dataclass
class Backoff:
    """First restart at once, then `first_s`, doubling up to `most_s`.

    A life shorter than `quick_s` is a quick death; after `give_up_after` of them in a row there is no
    further start (None: never give up).
    """

    first_s: float = 0.2
    most_s: float = 30.0
    quick_s: float = 10.0
    give_up_after: int | None = None
    quick_deaths: int = field(default=0, init=False)

    def after_death(self, lived_s: float) -> float | None:
        """Seconds until the next start, or None to give up."""
        if lived_s >= self.quick_s:
            self.quick_deaths = 0
            return 0.0
        self.quick_deaths += 1
        if self.give_up_after is not None and self.quick_deaths >= self.give_up_after:
            return None
        if self.quick_deaths == 1:
            return 0.0
        return min(self.most_s, self.first_s * 2 ** (self.quick_deaths - 2))

    def forgive(self) -> None:
        """Forget earlier deaths: someone asks anew, perhaps after a repair."""
        self.quick_deaths = 0
