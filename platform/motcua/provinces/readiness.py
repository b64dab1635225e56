"""What a province still needs before citizens may be served: computed from facts, the same for all who look."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import text

from motcua.core.clock import VIETNAM, now
from motcua.core.database import db, tenant_scope
from motcua.core.errors import NotFound
from motcua.tenancy.models import Tenant
from motcua.tenancy.office import hours_in_words

ADMINS_NEEDED = 2
BACKUP_GOOD_FOR = timedelta(days=7)

# Every fact of every tenant that `:only` names (NULL: of all, for the role that sees all), in one question.
FACTS = text("""
    SELECT tenant.id, tenant.settings->'office_hours' AS office_hours,
        oa.accounts, oa.connected, oa.unknown_apps, oa.named, oa.templates, oa.approved,
        webhook.received_at AS webhook_at,
        (SELECT count(*) FROM (SELECT 1 FROM tenant_procedure WHERE tenant_id = tenant.id AND is_enabled
            LIMIT 10000) AS counted) AS procedures,
        (SELECT count(*) FROM (SELECT 1 FROM agency WHERE tenant_id = tenant.id LIMIT 10000) AS counted)
            AS agencies,
        (SELECT count(*) FROM staff WHERE tenant_id = tenant.id AND role = 'province_admin' AND is_enabled
            AND second_factor_since IS NOT NULL) AS admins,
        EXISTS (SELECT FROM message WHERE tenant_id = tenant.id AND state IN ('delivered', 'seen')) AS arrived,
        hours.hours AS hours_confirmed, hours.confirmed_by, hours.confirmed_at,
        notice.published_at AS notice_at,
        backup.taken_at AS backup_at, backup.place AS backup_place
    FROM tenant
    LEFT JOIN LATERAL (
        SELECT count(*) AS accounts,
            count(*) FILTER (WHERE account.state = 'connected') AS connected,
            count(*) FILTER (WHERE zalo_app.app_id IS NULL) AS unknown_apps,
            json_agg(json_build_array(account.name, account.state = 'connected') ORDER BY account.id) AS named,
            coalesce(sum(uses.templates), 0) AS templates, coalesce(sum(uses.approved), 0) AS approved
        FROM official_account AS account
        LEFT JOIN zalo_app ON zalo_app.app_id = account.app_id
        LEFT JOIN LATERAL (
            SELECT count(DISTINCT used.value) AS templates,
                count(DISTINCT used.value) FILTER (WHERE template.status = 'ENABLE' AND template.gone_at IS NULL)
                    AS approved
            FROM jsonb_each_text(account.templates) AS used
            LEFT JOIN zbs_template AS template ON template.tenant_id = tenant.id
                AND template.account_id = account.id AND template.template_id = used.value) AS uses ON TRUE
        WHERE account.tenant_id = tenant.id) AS oa ON TRUE
    LEFT JOIN LATERAL (SELECT received_at FROM webhook_event WHERE tenant_id = tenant.id
        ORDER BY id DESC LIMIT 1) AS webhook ON TRUE
    LEFT JOIN LATERAL (SELECT hours, confirmed_by, confirmed_at FROM hours_confirmed WHERE tenant_id = tenant.id
        ORDER BY id DESC LIMIT 1) AS hours ON TRUE
    LEFT JOIN LATERAL (SELECT published_at FROM privacy_notice WHERE tenant_id = tenant.id
        ORDER BY id DESC LIMIT 1) AS notice ON TRUE
    LEFT JOIN LATERAL (SELECT taken_at, place FROM backup_note
        WHERE tenant_id = tenant.id OR tenant_id IS NULL ORDER BY taken_at DESC LIMIT 1) AS backup ON TRUE
    WHERE CAST(:only AS text) IS NULL OR tenant.id = :only
    ORDER BY tenant.id
""")


@dataclass(frozen=True)
class Item:
    """`found` is what was seen, `how` the sentence that mends it, `page` the console's endpoint where (None: the
    vendor's work)."""

    key: str
    name: str
    done: bool
    found: str
    how: str
    page: str | None = None


@dataclass(frozen=True)
class Checklist:
    items: tuple[Item, ...]

    @property
    def done(self) -> int:
        return sum(one.done for one in self.items)

    @property
    def missing(self) -> tuple[Item, ...]:
        return tuple(one for one in self.items if not one.done)

    @property
    def is_complete(self) -> bool:
        return not self.missing


def checklist_of(slug: str) -> Checklist:
    """Raises NotFound for an unknown tenant."""
    if db.session.get(Tenant, slug) is None:
        raise NotFound(
            f"Chưa có tỉnh {slug}. Xin chạy `motcua tenant create` hoặc `motcua tenant apply tenants/{slug}` trước."
        )
    db.session.rollback()
    with tenant_scope(slug):
        return here(slug)


def here(slug: str) -> Checklist:
    """Of the tenant in scope."""
    return checklist(db.session.execute(FACTS, {"only": slug}).one())


def checklists(rows: Iterable[Any]) -> dict[str, Checklist]:
    """Of each tenant among the rows of FACTS."""
    return {row.id: checklist(row) for row in rows}


def checklist(facts: Any) -> Checklist:
    """From one row of FACTS."""
    hours = hours_in_words({"office_hours": facts.office_hours})
    return Checklist(
        (
            Item(
                "oa", "OA đã kết nối", bool(facts.connected and not facts.unknown_apps),
                _accounts_as_found(facts),
                "Mở mục Official Account, bấm “Kết nối” rồi chọn đúng OA trên trang của Zalo. Chưa có OA hoặc khóa "
                "ứng dụng thì nhà cung cấp khai trước.",
                "official_accounts.show",
            ),
            Item(
                "webhook", "Webhook đã nhận", facts.webhook_at is not None, _moment(facts.webhook_at, "chưa nhận"),
                "Đăng ký địa chỉ webhook hiện ở mục Official Account với Zalo, rồi nhắn thử một câu cho OA.",
                "official_accounts.show",
            ),
            Item(
                "templates", "Mẫu ZBS đã duyệt", facts.approved >= facts.templates,
                f"{facts.approved}/{facts.templates} mẫu đã duyệt" if facts.templates
                else "không dùng mẫu, chỉ gửi tin trong 48 giờ",
                "Mở mục Mẫu tin, kênh và chi phí, xem mẫu nào Zalo chưa duyệt và vì sao.",
                "message_channels.show",
            ),
            Item(
                "catalogue", "Danh mục thủ tục", bool(facts.procedures), f"{facts.procedures} thủ tục đang bật",
                "Mở mục Danh mục thủ tục, tải lên bảng thủ tục của tỉnh rồi bấm áp dụng.", "catalogue.index",
            ),
            Item(
                "agencies", "Cơ quan của tỉnh", bool(facts.agencies), f"{facts.agencies} cơ quan",
                "Thêm ở mục Cơ quan; thường đã có sẵn khi nhà cung cấp chọn đơn vị hành chính lúc thêm tỉnh.",
                "agencies.listed",
            ),
            Item(
                "hours", "Giờ làm việc đã xác nhận", facts.hours_confirmed == hours,
                _hours_words(facts, hours),
                "Mở mục Lịch làm việc xem giờ và ngày nghỉ, rồi bấm “Giờ này đúng” ở đó.",
                "calendar.show",
            ),
            Item(
                "admins", "Hai quản trị viên có xác thực hai lớp", facts.admins >= ADMINS_NEEDED,
                f"có {facts.admins}, cần {ADMINS_NEEDED}",
                "Mời quản trị viên thứ hai ở mục Cán bộ; mỗi người bật xác thực hai lớp khi đăng nhập lần đầu.",
                "console.people",
            ),
            Item(
                "test_message", "Tin thử đã đến máy", facts.arrived,
                "đã có tin đến máy" if facts.arrived else "chưa có tin nào đến máy",
                "Mời số điện thoại của mình ở mục Dùng thử, quan tâm OA, rồi tiếp nhận một hồ sơ thử tại quầy.",
                "trial.show",
            ),
            Item(
                "privacy", "Thông báo về dữ liệu cá nhân", facts.notice_at is not None,
                _moment(facts.notice_at, "chưa công bố"),
                "Mở mục Thông báo về dữ liệu cá nhân, đọc lại lời mẫu rồi bấm “Công bố”.", "privacy.show",
            ),
            Item(
                "backup", "Bản sao lưu", facts.backup_at is not None and now() - facts.backup_at < BACKUP_GOOD_FOR,
                f"{_moment(facts.backup_at, '')}, {facts.backup_place}" if facts.backup_at else "chưa có",
                f"Nhà cung cấp sao lưu và ghi lại, tỉnh không phải làm gì; bản cũ hơn {BACKUP_GOOD_FOR.days} "
                "ngày không tính.",
            ),
        )
    )  # fmt: skip


def account_words(facts: Any) -> str:
    """Each Official Account of a province, and whether it is connected."""
    named = [
        f"{account} (đã kết nối)" if connected else f"{account} (chưa kết nối)"
        for account, connected in facts.named or ()
    ]
    return ", ".join(named) or "chưa khai OA"


def _accounts_as_found(facts: Any) -> str:
    words = account_words(facts)
    return f"{words}; chưa có khóa ứng dụng" if facts.unknown_apps else words


def _hours_words(facts: Any, hours: str) -> str:
    if facts.hours_confirmed is None:
        return f"{hours}, chưa ai xác nhận"
    if facts.hours_confirmed != hours:
        return f"{hours}, đã đổi sau khi xác nhận {facts.hours_confirmed}"
    return f"{hours}, {facts.confirmed_by} xác nhận {facts.confirmed_at.astimezone(VIETNAM):%d/%m/%Y}"


def _moment(at: datetime | None, otherwise: str) -> str:
    return f"{at.astimezone(VIETNAM):%H:%M %d/%m/%Y}" if at else otherwise
