"""Links to e-results: each opens once, for whoever proves the dossier, and only for some hours."""

import hashlib
import secrets
from datetime import datetime, timedelta

import structlog
from sqlalchemy import BigInteger, ForeignKeyConstraint, Index, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from motcua.citizens.models import Citizen
from motcua.core.clock import now
from motcua.core.database import Base, Moment, TenantOwned, db
from motcua.core.errors import MotcuaError, NotFound
from motcua.tenancy import current

from . import following, news_words, records
from .models import Dossier

MOST_FILES = 3

log = structlog.get_logger(__name__)

HOW_TO_RENEW = (
    "Xin mở lại hồ sơ trên trang theo dõi, hoặc chạm “Xem kết quả điện tử” trong Zalo để nhận đường dẫn mới."
)


class LinkUnknown(NotFound):
    code = "result_link_unknown"
    message = f"Không có đường dẫn này. {HOW_TO_RENEW}"


class LinkGone(MotcuaError):
    """Opened before, run out, or its citizen no longer follows the dossier."""

    code, status = "result_link_gone", 410
    message = f"Đường dẫn này đã được mở hoặc đã hết hạn; mỗi đường dẫn chỉ mở được một lần. {HOW_TO_RENEW}"


class ResultLink(TenantOwned, Base):
    """Only the hash of its key is kept. `citizen_id` None: made on the page, for the browser that proved it."""

    __tablename__ = "result_link"

    dossier_id: Mapped[int] = mapped_column(BigInteger)
    citizen_id: Mapped[int | None] = mapped_column(BigInteger)
    key_hash: Mapped[str] = mapped_column(Text)
    name: Mapped[str] = mapped_column(Text)
    file_url: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(Moment, default=now)
    expires_at: Mapped[datetime] = mapped_column(Moment)
    opened_at: Mapped[datetime | None] = mapped_column(Moment)

    __table_args__ = (
        ForeignKeyConstraint(
            ["tenant_id", "dossier_id"], ["dossier.tenant_id", "dossier.id"], ondelete="CASCADE"
        ),
        ForeignKeyConstraint(
            ["tenant_id", "citizen_id"], ["citizen.tenant_id", "citizen.id"], ondelete="CASCADE"
        ),
        UniqueConstraint("tenant_id", "key_hash"),
        Index("ix_result_link_dossier", "tenant_id", "dossier_id"),
    )


def make(dossier: Dossier, citizen: Citizen | None = None) -> list[tuple[str, str]]:
    """New links to the newest result's files as (name, address); none where there is nothing we may lead to.

    Those of before that this citizen has not opened end. Does not commit.
    """
    rules = current.news_rules()
    result = records.standing(dossier).result
    items = [
        one
        for one in (result.items if result else [])
        if news_words.may_link(one.get("file_url"), rules.file_hosts)
    ]
    owner = ResultLink.citizen_id == citizen.id if citizen else ResultLink.citizen_id.is_(None)
    unopened = (ResultLink.dossier_id == dossier.id, ResultLink.opened_at.is_(None), owner)
    db.session.execute(db.update(ResultLink).where(*unopened).values(expires_at=now()))
    made = []
    for item in items[:MOST_FILES]:
        key = secrets.token_urlsafe(24)
        db.session.add(
            ResultLink(
                dossier_id=dossier.id,
                citizen_id=citizen and citizen.id,
                key_hash=_hash(key),
                name=item["name"],
                file_url=item["file_url"],
                expires_at=now() + timedelta(hours=rules.link_hours),
            )
        )
        made.append((news_words.clip(item["name"], news_words.ITEM_LENGTH), current.public_url(f"/r/{key}")))
    return made


def find(key: str) -> tuple[ResultLink, Dossier]:
    """A link that may still be opened. Raises LinkUnknown, LinkGone."""
    link = db.session.scalar(db.select(ResultLink).where(ResultLink.key_hash == _hash(key)))
    if link is None:
        raise LinkUnknown
    dossier = db.session.get(Dossier, (link.tenant_id, link.dossier_id))
    if link.opened_at is not None or link.expires_at <= now() or not _is_still_theirs(link, dossier):
        raise LinkGone
    return link, dossier


def claim(link: ResultLink) -> None:
    """Open it, once: of two at the same moment one gets LinkGone. Commits."""
    claimed = db.session.execute(
        db.update(ResultLink)
        .where(ResultLink.id == link.id, ResultLink.opened_at.is_(None), ResultLink.expires_at > now())
        .values(opened_at=now())
        .returning(ResultLink.id)
    ).scalar()
    db.session.commit()
    if claimed is None:
        raise LinkGone
    log.info("result_link_opened", tenant=link.tenant_id, link=link.id, dossier=link.dossier_id)


def release(link: ResultLink, why: str) -> None:
    """Nothing was delivered: it may be tried again. Commits."""
    db.session.execute(db.update(ResultLink).where(ResultLink.id == link.id).values(opened_at=None))
    db.session.commit()
    log.warning("result_link_released", tenant=link.tenant_id, link=link.id, why=why)


def _is_still_theirs(link: ResultLink, dossier: Dossier) -> bool:
    if link.citizen_id is None:
        return True
    citizen = db.session.get(Citizen, (link.tenant_id, link.citizen_id))
    found = following.find(dossier, citizen)
    return found is not None and found.ended_at is None and found.knows_details


def _hash(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()
