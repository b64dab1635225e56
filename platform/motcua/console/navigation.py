"""What stands in the console's menu: each page once, with the permission that opens it."""

from dataclasses import dataclass

from flask import request

from motcua.accounts import gate

# Of `motcua.assets.files.ICONS`, by endpoint; a page that has none here gets a plain one.
ICONS = {
    "console.home": "home",
    "desk.index": "files",
    "desk.new": "clipboard-plus",
    "desk.warnings": "bell-ringing",
    "requests.listed": "checklist",
    "forms.registers": "notebook",
    "visit_desk.today": "calendar-time",
    "conversations.listed": "headset",
    "questions.listed": "help-circle",
    "complaints.listed": "message-report",
    "feedback_desk.listed": "flag",
    "broadcasts.listed": "speakerphone",
    "dashboards.overview": "report-analytics",
    "leader.show": "chart-bar",
    "catalogue.index": "book-2",
    "calendar.show": "calendar-event",
    "services.listed": "search",
    "message_texts.listed": "device-mobile-message",
    "deliveries.listed": "mail-exclamation",
    "statuses.listed": "list-details",
    "official_accounts.show": "plug-connected",
    "console.people": "users",
    "console.support_visits": "shield-lock",
    "console.own_account": "user",
    "data_requests.listed": "shield-check",
    "readiness.show": "circle-check",
    "province.show": "building-bank",
    "pauses.show": "dots",
    "trial.show": "phone",
    "agencies.listed": "building",
    "api_keys.listed": "key",
    "export.listed": "database-export",
    "audit.listed": "history",
    "vendor_tenants.listed": "building-bank",
    "vendor_tenants.new": "plus",
    "vendor_features.listed": "adjustments",
    "vendor_notices.listed": "speakerphone",
    "vendor_usage.show": "chart-bar",
    "vendor_apps.listed": "api",
    "vendor_support.listed": "shield-lock",
    "vendor_door.people": "users",
    "vendor_door.own_account": "user",
}

# Pages that belong to one of the menu's without sharing its blueprint.
INSIDE = {
    "console.dossier": "desk.index",
    "console.person": "console.people",
    "console.invite_person": "console.people",
    "vendor_door.person": "vendor_door.people",
    "vendor_door.invite_person": "vendor_door.people",
    "desk.find": "desk.index",
    "desk.act": "desk.index",
    "desk.save": "desk.new",
}

# Where the cause of an alert is mended, by the alert's kind; a kind that no page mends has none.
ALERT_PAGES = {
    "oa_needs_consent": "official_accounts.show",
    "oa_blocked": "official_accounts.show",
    "messages_uncertain": "deliveries.listed",
    "spend_near": "message_channels.costs_page",
    "spend_cap": "message_channels.costs_page",
    "zbs_template": "message_channels.templates",
    "data_request_late": "data_requests.listed",
}


@dataclass(frozen=True, slots=True)
class Entry:
    """`endpoint` opens for whoever holds `permission`; `blueprints` names others that count as inside it."""

    endpoint: str
    label: str
    permission: str
    blueprints: tuple[str, ...] = ()

    @property
    def icon(self) -> str:
        return ICONS.get(self.endpoint, "chevron-right")

    @property
    def is_current(self) -> bool:
        here = request.endpoint or ""
        return self.endpoint in (here, INSIDE.get(here)) or here.partition(".")[0] in self.blueprints


@dataclass(frozen=True, slots=True)
class Group:
    label: str
    entries: tuple[Entry, ...]


GROUPS = (
    Group(
        "Hồ sơ",
        (
            Entry("console.home", "Tổng quan", "console.open"),
            Entry("desk.index", "Hồ sơ", "dossier.view"),
            Entry("desk.new", "Tiếp nhận hồ sơ", "dossier.take_in"),
            Entry("desk.warnings", "Cảnh báo", "dossier.view"),
            Entry("requests.listed", "Yêu cầu về hồ sơ", "dossier.view"),
            Entry("forms.registers", "Sổ theo dõi hồ sơ", "dossier.print", ("forms",)),
            Entry("visit_desk.today", "Lịch hẹn đến quầy", "visit.view", ("visit_desk", "visit_desks")),
        ),
    ),
    Group(
        "Người dân",
        (
            Entry(
                "conversations.listed", "Người dân muốn gặp cán bộ", "conversation.view", ("conversations",)
            ),
            Entry("questions.listed", "Câu hỏi chưa trả lời được", "question.view", ("questions",)),
            Entry("complaints.listed", "Phản ánh, kiến nghị", "complaint.view", ("complaints",)),
            Entry("feedback_desk.listed", "Phản ánh hiện trường", "feedback.view", ("feedback_desk",)),
            Entry(
                "data_requests.listed",
                "Yêu cầu về dữ liệu cá nhân",
                "data_request.handle",
                ("data_requests",),
            ),
            Entry(
                "broadcasts.listed",
                "Thông báo gửi người dân",
                "broadcast.view",
                ("broadcasts", "broadcast_audience"),
            ),
            Entry("dashboards.overview", "Số liệu", "report.view", ("dashboards",)),
            Entry("leader.show", "Đúng hạn và hài lòng", "report.view", ("leader",)),
        ),
    ),
    Group(
        "Thiết lập",
        (
            Entry("readiness.show", "Sẵn sàng phục vụ", "readiness.view", ("privacy",)),
            Entry("province.show", "Thông tin của tỉnh", "province.edit", ("province",)),
            Entry(
                "catalogue.index", "Danh mục thủ tục", "catalogue.view", ("catalogue", "catalogue_imports")
            ),
            Entry("calendar.show", "Lịch làm việc", "calendar.view", ("calendar",)),
            Entry("services.listed", "Mục tra cứu", "service.view", ("services", "service_data")),
            Entry(
                "message_texts.listed",
                "Mẫu tin, kênh và chi phí",
                "message.view",
                ("message_texts", "message_switches", "message_channels"),
            ),
            Entry("deliveries.listed", "Tin cần xem lại", "delivery.view", ("deliveries",)),
            Entry("pauses.show", "Dừng gửi tin", "delivery.pause"),
            Entry("trial.show", "Dùng thử", "trial.manage", ("trial",)),
            Entry("console.people", "Cán bộ", "staff.view"),
            Entry("console.support_visits", "Nhà cung cấp vào hỗ trợ", "support.view"),
            Entry("statuses.listed", "Mã trạng thái", "status_map.view", ("statuses",)),
            Entry(
                "official_accounts.show", "Official Account trên Zalo", "oa.manage", ("official_accounts",)
            ),
            Entry("agencies.listed", "Các cơ quan", "agency.edit", ("agencies",)),
            Entry("api_keys.listed", "Khóa API", "api_key.manage", ("api_keys",)),
            Entry("export.listed", "Xuất dữ liệu", "export.make", ("export",)),
            Entry("audit.listed", "Nhật ký thay đổi", "audit.view", ("audit",)),
        ),
    ),
)

# A person's own pages, in the menu under their name.
PERSONAL = (Entry("console.own_account", "Tài khoản của tôi", "console.open"),)


@dataclass(frozen=True, slots=True)
class Place:
    group: Group
    entry: Entry


def menu() -> list[Group]:
    """The groups with what the signed-in member of staff may open; none that is empty."""
    shown = []
    for group in GROUPS:
        entries = tuple(one for one in group.entries if gate.may(one.permission))
        if entries:
            shown.append(Group(group.label, entries))
    return shown


def personal() -> list[Entry]:
    return [one for one in PERSONAL if gate.may(one.permission)]


def place() -> Place | None:
    """Where in the menu the page being shown belongs; None for one that is in no menu."""
    return place_in(GROUPS)


def place_in(groups: tuple[Group, ...]) -> Place | None:
    entries = [Place(group, one) for group in groups for one in group.entries]
    exact = [at for at in entries if at.entry.endpoint == request.endpoint]
    return next(iter(exact or [at for at in entries if at.entry.is_current]), None)
