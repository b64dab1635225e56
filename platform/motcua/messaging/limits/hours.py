"""When a kind of message may go: hours of the day, and whether on days off. No database."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from motcua.core.calendar import Calendar

DAYS = {
    "every": "Mọi ngày",
    "no_holidays": "Trừ ngày lễ, Tết",
    "working": "Chỉ ngày làm việc",
}
LONGEST_LOOK_DAYS = 30
MIDNIGHT = time(0)


@dataclass(frozen=True)
class Hours:
    """From `start` to before `end`, local; both midnight: the whole day. `days` one of DAYS."""

    start: time = MIDNIGHT
    end: time = MIDNIGHT
    days: str = "every"

    @property
    def is_whole_day(self) -> bool:
        return self.start == self.end

    def next_moment(self, at: datetime, calendar: Calendar | None) -> datetime:
        """`at`, where a message may go then, else the next moment at which one may.

        Without a calendar every day is alike. When no day of the next month will do, `at` itself: a rule that
        never lets a message go would be a mistake, not a wish.
        """
        if self.is_whole_day and (self.days == "every" or calendar is None):
            return at
        local = calendar.local(at) if calendar is not None else at
        for ahead in range(LONGEST_LOOK_DAYS):
            day = local.date() + timedelta(days=ahead)
            if not self._day_will_do(day, calendar):
                continue
            begin = datetime.combine(day, self.start, local.tzinfo)
            end = datetime.combine(day + timedelta(days=self.is_whole_day), self.end, local.tzinfo)
            if local < end:
                return at if begin <= local else begin
        return at

    def _day_will_do(self, day, calendar: Calendar | None) -> bool:
        if self.days == "every" or calendar is None:
            return True
        found = calendar.day(day)
        # A closed day that is not closed every week is a holiday, whoever says so.
        return found.receives or (self.days == "no_holidays" and found.source == "week")


ANY_TIME = Hours()
DAYTIME = Hours(time(8), time(21))
# Surveys and announcements are ours to time (8 to 21 h); answers and news of a dossier are owed at once.
DEFAULTS: dict[str, Hours] = {
    "news": ANY_TIME,
    "reminder": DAYTIME,
    "survey": Hours(time(8), time(21), "no_holidays"),
    "broadcast": Hours(time(8), time(21), "no_holidays"),
}
# Zalo's own rule for templates whose tag is not TRANSACTION (sources disagree on 6 or 7 h; at 7 both let it pass).
ZBS_BY_DAY = Hours(time(7), time(22))
