"""The province's ZBS templates as Zalo last told us: state, price, tag, quality, quota and parameters.

A template that Zalo has not enabled, or whose parameters are not what we fill, is shown as a problem and not sent.
"""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKeyConstraint, Text, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from motcua.core.database import Base, Moment, TenantOwned, db
from motcua.tenancy.models import OfficialAccount
from motcua.zalo.zbs import LONGEST_BY_TYPE, TemplateParam

from .purposes import PURPOSES, Purpose

ENABLED = "ENABLE"
TRANSACTION = "TRANSACTION"
STATUSES = {
    ENABLED: "Zalo đã duyệt",
    "PENDING_REVIEW": "Zalo đang duyệt",
    "REJECT": "Zalo từ chối",
    "DISABLE": "Zalo đã khóa",
    "DELETE": "Đã xóa",
    "DRAFT": "Bản nháp",
}
# Words may lose their end; a code, a date, a number or an address that is cut is a wrong one.
MAY_BE_CUT = frozenset({"1", "3", "5", "6", "7", "9", "STRING", "TEXT"})


class ZbsTemplate(TenantOwned, Base):
    """Prices in VND before tax. `params` as `TemplateParam`. `gone_at`: Zalo no longer lists it."""

    __tablename__ = "zbs_template"

    account_id: Mapped[int] = mapped_column(BigInteger)
    template_id: Mapped[str] = mapped_column(Text)
    name: Mapped[str] = mapped_column(Text)
    status: Mapped[str] = mapped_column(Text)
    reason: Mapped[str | None] = mapped_column(Text)
    tag: Mapped[str | None] = mapped_column(Text)
    quality: Mapped[str | None] = mapped_column(Text)
    price_phone_vnd: Mapped[int | None]
    price_uid_vnd: Mapped[int | None]
    params: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    daily_quota: Mapped[int | None]
    daily_quota_left: Mapped[int | None]
    preview_url: Mapped[str | None] = mapped_column(Text)
    synced_at: Mapped[datetime] = mapped_column(Moment)
    gone_at: Mapped[datetime | None] = mapped_column(Moment)

    __table_args__ = (
        UniqueConstraint("tenant_id", "account_id", "template_id"),
        ForeignKeyConstraint(
            ["tenant_id", "account_id"],
            ["official_account.tenant_id", "official_account.id"],
            ondelete="CASCADE",
        ),
    )

    @property
    def known(self) -> "KnownTemplate":
        return KnownTemplate(
            status=self.status if self.gone_at is None else "DELETE",
            reason=self.reason,
            tag=self.tag,
            price_uid_vnd=self.price_uid_vnd,
            price_phone_vnd=self.price_phone_vnd,
            params=tuple(TemplateParam(**one) for one in self.params),
        )


@dataclass(frozen=True)
class KnownTemplate:
    """What routing needs of a template; plain values, good without a database session."""

    status: str
    tag: str | None = None
    price_uid_vnd: int | None = None
    price_phone_vnd: int | None = None
    params: tuple[TemplateParam, ...] = ()
    reason: str | None = None

    @property
    def is_enabled(self) -> bool:
        return self.status == ENABLED

    def fitted(self, data: dict[str, str]) -> dict[str, str] | None:
        """The template's own parameters, words cut to what it takes; None where a value does not fit it."""
        found = {}
        for param in self.params:
            value = data.get(param.name)
            if value is not None and len(value) > (most := longest_of(param)) and may_be_cut(param):
                value = value[: most - 1].rstrip() + "…"
            if param.problem_with(value) is not None:
                return None
            if value is not None:
                found[param.name] = value
        return found or None


@dataclass(frozen=True)
class Use:
    """One purpose of one OA: its template and everything amiss. `is_sent` False: it goes by no template."""

    purpose: str
    title: str
    template_id: str
    template: ZbsTemplate | None
    problems: tuple[str, ...]
    is_sent: bool


def longest_of(param: TemplateParam) -> int:
    return param.max_length or LONGEST_BY_TYPE.get(param.type, 400)


def may_be_cut(param: TemplateParam) -> bool:
    return param.type.upper() in MAY_BE_CUT and longest_of(param) > 1


def params_from(given: Iterable[TemplateParam]) -> list[dict]:
    """As stored."""
    return [asdict(one) for one in given]


def all_of(account: OfficialAccount) -> list[ZbsTemplate]:
    return list(
        db.session.scalars(
            db.select(ZbsTemplate)
            .where(ZbsTemplate.account_id == account.id)
            .order_by(ZbsTemplate.gone_at.is_not(None), ZbsTemplate.name, ZbsTemplate.template_id)
        )
    )


def uses_of(account: OfficialAccount, templates: Iterable[ZbsTemplate]) -> list[Use]:
    """Every purpose that the OA's settings map to a template. Nothing is held against one never synchronised."""
    by_id = {one.template_id: one for one in templates}
    uses = []
    for purpose, template_id in sorted(account.templates.items()):
        found = by_id.get(template_id)
        problems, is_sent = ((), True) if not by_id else judge(purpose, template_id, found and found.known)
        title = PURPOSES[purpose].title if purpose in PURPOSES else purpose
        uses.append(Use(purpose, title, template_id, found, problems, is_sent))
    return uses


def judge(purpose: str, template_id: str, template: KnownTemplate | None) -> tuple[tuple[str, ...], bool]:
    """What is amiss, in sentences, and whether messages may go by it all the same."""
    if template is None:
        return (f"Zalo không có mẫu {template_id} trong OA này. Xin gửi nhà cung cấp mã mẫu đúng.",), False
    if not template.is_enabled:
        why = f" Zalo nêu lý do: {template.reason}." if template.reason else ""
        state = STATUSES.get(template.status, template.status)
        return (
            f"Mẫu {template_id} chưa dùng được ({state}).{why} "
            "Xin xử lý trong trang ZBS của Zalo rồi đồng bộ lại.",
        ), False
    if purpose not in PURPOSES:
        return (
            "Hệ thống không gửi tin nào cho mục đích này. Xin báo nhà cung cấp bỏ mẫu khỏi mục đích này.",
        ), True
    return _amiss(PURPOSES[purpose], template)


def _amiss(purpose: Purpose, template: KnownTemplate) -> tuple[tuple[str, ...], bool]:
    sentences, is_sent = [], True
    for param in template.params:
        fill = purpose.fills.get(param.name)
        if fill is None:
            if param.required:
                is_sent = False
                sentences.append(
                    f"Mẫu đòi mục “{param.name}” mà hệ thống không điền. Xin tạo mẫu chỉ dùng các mục: "
                    f"{', '.join(purpose.fills)}."
                )
            continue
        value = fill.example
        if len(value) > longest_of(param) and may_be_cut(param):
            value = value[: longest_of(param)]
        if problem := param.problem_with(value):
            is_sent = False
            sentences.append(f"Mục “{param.name}” không nhận giá trị như “{fill.example}”. {problem}")
        elif fill.longest > longest_of(param):
            what = "sẽ bị cắt bớt" if may_be_cut(param) else "sẽ không gửi được"
            sentences.append(
                f"Mục “{param.name}” nhận tối đa {longest_of(param)} ký tự; giá trị dài hơn {what}. "
                f"Xin cân nhắc mẫu cho tối đa {fill.longest} ký tự."
            )
    return tuple(sentences), is_sent
