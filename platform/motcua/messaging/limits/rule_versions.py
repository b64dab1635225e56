"""What a province's console says of hours and money: a version at each change, over defaults that hold everywhere."""

from dataclasses import asdict, dataclass, field
from datetime import datetime, time
from typing import Any

from sqlalchemy import Text, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from motcua.core import scope
from motcua.core.clock import now
from motcua.core.database import Base, Moment, TenantOwned, db
from motcua.core.errors import Invalid

from .hours import DAYS, DEFAULTS, Hours

LOCK = db.text("SELECT pg_advisory_xact_lock(hashtextextended(:key, 4))")
MOST_VND = 1_000_000_000_000


class MessageRuleVersion(TenantOwned, Base):
    """`body`: {"hours": {kind: {"start", "end", "days"}}, "cap_vnd", "urgent_cap_vnd"}; the newest holds."""

    __tablename__ = "message_rule_version"

    number: Mapped[int]
    body: Mapped[dict[str, Any]] = mapped_column(JSONB)
    made_by: Mapped[str] = mapped_column(Text)
    made_at: Mapped[datetime] = mapped_column(Moment, default=now)

    __table_args__ = (UniqueConstraint("tenant_id", "number"),)


@dataclass(frozen=True)
class Settings:
    """`cap_vnd` a month for templates that are not urgent, `urgent_cap_vnd` for those that are; None: no limit."""

    hours: dict[str, Hours] = field(default_factory=lambda: dict(DEFAULTS))
    cap_vnd: int | None = None
    urgent_cap_vnd: int | None = None


class SettingsInvalid(Invalid):
    code = "message_rules_invalid"


def in_force() -> Settings:
    """Of the tenant in scope."""
    newest = latest()
    return from_body(newest.body) if newest else Settings()


def from_body(body: dict) -> Settings:
    """What an older release stored without a kind has that kind's default."""
    hours = dict(DEFAULTS)
    for kind, one in body.get("hours", {}).items():
        if kind in hours:
            hours[kind] = Hours(time.fromisoformat(one["start"]), time.fromisoformat(one["end"]), one["days"])
    return Settings(hours, body.get("cap_vnd"), body.get("urgent_cap_vnd"))


def latest() -> MessageRuleVersion | None:
    return db.session.scalar(
        db.select(MessageRuleVersion).order_by(MessageRuleVersion.number.desc()).limit(1)
    )


def history(limit: int = 20) -> list[MessageRuleVersion]:
    """The newest first."""
    return list(
        db.session.scalars(
            db.select(MessageRuleVersion).order_by(MessageRuleVersion.number.desc()).limit(limit)
        )
    )


def change(wanted: Settings, by: str) -> bool:
    """Keep new settings; False when nothing differs. Does not commit: call `rules.changed` after the commit.

    Raises SettingsInvalid, naming what to change.
    """
    faults = list(_faults_of(wanted))
    if faults:
        raise SettingsInvalid(" ".join(faults))
    db.session.execute(LOCK, {"key": f"{scope.required()}/message_rules"})
    newest = latest()
    if wanted == (from_body(newest.body) if newest else Settings()):
        return False
    hours = {
        kind: {"start": f"{one.start:%H:%M}", "end": f"{one.end:%H:%M}", "days": one.days}
        for kind, one in wanted.hours.items()
    }
    body = asdict(wanted) | {"hours": hours}
    db.session.add(MessageRuleVersion(number=newest.number + 1 if newest else 1, body=body, made_by=by))
    db.session.flush()
    return True


def _faults_of(wanted: Settings):
    for one in wanted.hours.values():
        if one.start > one.end or one.days not in DAYS:
            yield "Giờ bắt đầu phải trước giờ kết thúc trong cùng một ngày. Xin đặt lại giờ gửi."
            break
    for amount in (wanted.cap_vnd, wanted.urgent_cap_vnd):
        if amount is not None and not 0 <= amount <= MOST_VND:
            yield "Mức chi phải là số đồng từ 0 trở lên. Xin nhập lại, hoặc để trống nếu không giới hạn."
    if wanted.cap_vnd is None and wanted.urgent_cap_vnd is not None:
        yield "Xin đặt mức chi chung trước khi đặt mức cho tin khẩn."
    if None not in (wanted.cap_vnd, wanted.urgent_cap_vnd) and wanted.urgent_cap_vnd < wanted.cap_vnd:
        yield "Mức cho tin khẩn phải từ mức chung trở lên. Xin nhập lại."
