"""What a province has: features switched by the vendor, each with a default and, for one province, an exception.

Nothing is rewritten: the newest choice of a feature holds, for the province before for all.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Identity, Index, Text, event
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Mapped, Session, mapped_column

from motcua.core import scope
from motcua.core.clock import now
from motcua.core.database import Base, Moment, db
from motcua.core.errors import Forbidden, Invalid

_CACHE = "features_on"
LONGEST_REASON = 300


@dataclass(frozen=True)
class Feature:
    """`permissions`: the nouns of the permissions it opens, "visit"; `doors`: blueprints of its public pages;
    `commands`: what it answers to in the chat."""

    name: str
    label: str
    help: str
    permissions: tuple[str, ...] = ()
    doors: tuple[str, ...] = ()
    commands: tuple[str, ...] = ()
    is_on: bool = True


FEATURES = {
    one.name: one
    for one in (
        Feature(
            "broadcasts",
            "Thông báo gửi người dân",
            "Soạn, duyệt và gửi thông báo tới người quan tâm OA; trang công bố thông báo của tỉnh.",
            ("broadcast",),
            ("announcements",),
        ),
        Feature(
            "appointments",
            "Đặt lịch hẹn đến quầy",
            "Người dân đặt giờ đến quầy qua chat hoặc trang web; cán bộ đón theo lịch.",
            ("visit",),
            ("visits",),
            ("book", "rebook", "cancel_visit", "appointments"),
        ),
        Feature(
            "complaints",
            "Phản ánh, kiến nghị",
            "Người dân gửi phản ánh, kiến nghị về quy định và hành vi của cán bộ.",
            ("complaint",),
            (),
            ("complain",),
        ),
        Feature(
            "feedback",
            "Phản ánh hiện trường",
            "Ổ gà, rác, đèn đường kèm ảnh và vị trí; bản đồ công khai.",
            ("feedback",),
            ("feedback",),
            ("report",),
        ),
        Feature(
            "lookups",
            "Tra cứu khác",
            "Giá đất, mức phạt giao thông, danh bạ và các mục tra cứu khác của tỉnh.",
            ("service",),
            ("lookups",),
            ("services",),
        ),
        Feature(
            "one_stop_api",
            "Nối với hệ thống một cửa",
            "Nhận hồ sơ và diễn biến hồ sơ qua API, báo thay đổi cho hệ thống của tỉnh.",
            ("webhook",),
        ),
    )
}
_BY_PERMISSION = {noun: one.name for one in FEATURES.values() for noun in one.permissions}
_BY_DOOR = {door: one.name for one in FEATURES.values() for door in one.doors}
_BY_COMMAND = {command: one.name for one in FEATURES.values() for command in one.commands}


class FeatureChoice(Base):
    """One word of the vendor. Without a tenant: for all; `is_on` None: as for all again."""

    __tablename__ = "feature_choice"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    feature: Mapped[str] = mapped_column(Text)
    tenant_id: Mapped[str | None] = mapped_column(ForeignKey("tenant.id", ondelete="CASCADE"))
    is_on: Mapped[bool | None]
    reason: Mapped[str] = mapped_column(Text)
    made_by: Mapped[str] = mapped_column(Text)
    made_at: Mapped[datetime] = mapped_column(Moment, default=now)

    __table_args__ = (Index("ix_feature_choice_tenant_id_feature_id", "tenant_id", "feature", "id"),)


class FeatureOff(Forbidden):
    code = "feature_off"

    def __init__(self, feature: str):
        super().__init__(
            f"Tỉnh chưa có tính năng “{FEATURES[feature].label}”. Nhà cung cấp bật được; xin liên hệ nhà cung cấp."
        )


@dataclass(frozen=True)
class Standing:
    """One feature of one province: what holds, and the choices it follows from (None: nobody chose)."""

    feature: Feature
    is_on: bool
    default: FeatureChoice | None
    exception: FeatureChoice | None


def is_on(feature: str, tenant_id: str | None = None) -> bool:
    """Whether that tenant, or the one in scope, has it; asked once a transaction."""
    tenant_id = tenant_id or scope.required()
    session = db.session()
    session.connection()  # a transaction that begins only now forgets what the last one knew
    kept = session.info.setdefault(_CACHE, {})
    if tenant_id not in kept:
        kept[tenant_id] = {name: one.is_on for name, one in standings(tenant_id).items()}
    return kept[tenant_id][feature]


@event.listens_for(Session, "after_begin")
def _forget(session, transaction, connection) -> None:
    session.info.pop(_CACHE, None)


def standings(tenant_id: str) -> dict[str, Standing]:
    """Of every feature, by name."""
    newest = db.session.scalars(
        db.select(FeatureChoice)
        .where(db.or_(FeatureChoice.tenant_id == tenant_id, FeatureChoice.tenant_id.is_(None)))
        .ext(distinct_on(FeatureChoice.tenant_id, FeatureChoice.feature))
        .order_by(FeatureChoice.tenant_id, FeatureChoice.feature, FeatureChoice.id.desc())
    )
    said = {(one.tenant_id, one.feature): one for one in newest}
    return {
        name: _standing(one, said.get((None, name)), said.get((tenant_id, name)))
        for name, one in FEATURES.items()
    }


def _standing(feature: Feature, default: FeatureChoice | None, exception: FeatureChoice | None) -> Standing:
    held = feature.is_on if default is None or default.is_on is None else default.is_on
    if exception is not None and exception.is_on is not None:
        held = exception.is_on
    return Standing(feature, held, default, exception)


def defaults() -> dict[str, Standing]:
    """What holds where no province has an exception."""
    return standings("")


def exceptions() -> dict[str, list[FeatureChoice]]:
    """Feature -> the provinces that have it other than by default."""
    newest = db.session.scalars(
        db.select(FeatureChoice)
        .where(FeatureChoice.tenant_id.is_not(None))
        .ext(distinct_on(FeatureChoice.tenant_id, FeatureChoice.feature))
        .order_by(FeatureChoice.tenant_id, FeatureChoice.feature, FeatureChoice.id.desc())
    )
    found: dict[str, list[FeatureChoice]] = {name: [] for name in FEATURES}
    for one in newest:
        if one.is_on is not None and one.feature in found:
            found[one.feature].append(one)
    return found


def history(limit: int = 100) -> list[FeatureChoice]:
    """The newest first."""
    return list(db.session.scalars(db.select(FeatureChoice).order_by(FeatureChoice.id.desc()).limit(limit)))


def choose(feature: str, is_on: bool | None, by: str, reason: str, tenant_id: str | None = None) -> None:
    """For one province, or with `tenant_id` None for all; `is_on` None: as it is by default. Does not commit.

    Raises Invalid for a feature that is none, and without a reason.
    """
    reason = reason.strip()
    if feature not in FEATURES:
        raise Invalid(f"Không có tính năng “{feature}”. Xin chọn một trong: {', '.join(FEATURES)}.")
    if not 3 <= len(reason) <= LONGEST_REASON:
        raise Invalid(f"Xin ghi lý do, từ 3 đến {LONGEST_REASON} ký tự.")
    db.session.add(
        FeatureChoice(feature=feature, tenant_id=tenant_id, is_on=is_on, reason=reason, made_by=by)
    )
    db.session.flush()
    db.session().info.pop(_CACHE, None)


def of_permission(permission: str) -> str | None:
    """The feature that a permission belongs to; None: every province has it."""
    return _BY_PERMISSION.get(permission.partition(".")[0])


def of_endpoint(endpoint: str) -> str | None:
    """The same of a public page."""
    return _BY_DOOR.get(endpoint.partition(".")[0])


def of_command(command: str) -> str | None:
    """The same of a command of the chat."""
    return _BY_COMMAND.get(command)
