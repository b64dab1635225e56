"""Shares out of counts, never without their denominator."""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from .queries import COUNTED, Counts

NOTHING = "không có"
CENT = Decimal("0.01")


@dataclass(frozen=True)
class Share:
    """`part` of `whole`, in per cent with two decimals; no value where there is no whole."""

    part: int
    whole: int

    @property
    def percent(self) -> Decimal | None:
        return (Decimal(100 * self.part) / self.whole).quantize(CENT, ROUND_HALF_UP) if self.whole else None

    def __str__(self) -> str:
        percent = self.percent
        return NOTHING if percent is None else f"{percent} %".replace(".", ",")


@dataclass(frozen=True)
class Figures:
    """The figures of one group of dossiers; definitions in `definitions`."""

    counts: Counts

    @property
    def measurable(self) -> int:
        """Dossiers with a due date."""
        return self.counts["total"] - self.counts["without_due"]

    @property
    def on_time(self) -> Share:
        return Share(self.counts["on_time"], self.measurable)

    @property
    def early(self) -> Share:
        return Share(self.counts["early"], self.measurable)

    @property
    def late(self) -> Share:
        return Share(self.counts["late"], self.measurable)

    @property
    def late_with_apology(self) -> Share:
        return Share(self.counts["late_with_apology"], self.counts["late"])

    @property
    def answered(self) -> Share:
        return Share(self.counts["answered"], self.counts["asked"])

    @property
    def satisfied(self) -> Share:
        return Share(self.counts["satisfied"], self.counts["answered"])

    @property
    def neutral(self) -> Share:
        return Share(self.counts["neutral"], self.counts["answered"])

    @property
    def dissatisfied(self) -> Share:
        return Share(self.counts["dissatisfied"], self.counts["answered"])

    @property
    def displeased(self) -> Share:
        return Share(self.counts["displeased"], self.counts["total"])

    @property
    def index_5_4(self) -> Decimal | None:
        """Per cent, not below 0; None without a dossier that has a due date."""
        if self.late.percent is None or self.displeased.percent is None:
            return None
        return max(Decimal(0), 100 - (self.late.percent + self.displeased.percent)).quantize(CENT)

    def factor(self, question: str) -> Share:
        return Share(self.counts[f"{question}_good"], self.counts[f"{question}_answered"])


def decimal_words(value: Decimal | None, unit: str = " %") -> str:
    return NOTHING if value is None else f"{value}{unit}".replace(".", ",")


def summed(rows: list[Counts]) -> Counts:
    return Counts("", "Toàn tỉnh", {name: sum(row[name] for row in rows) for name in COUNTED})
