"""What stands in the console's menu: each page once, with the permission that opens it."""

from dataclasses import dataclass

from flask import request

from motcua.accounts import gate


@dataclass(frozen=True, slots=True)
class Entry:
    """`endpoint` opens for whoever holds `permission`; `blueprints` names others that count as inside it."""

    endpoint: str
    label: str
    permission: str
    blueprints: tuple[str, ...] = ()

    @property
    def is_current(self) -> bool:
        here = request.endpoint or ""
        return here == self.endpoint or here.partition(".")[0] in self.blueprints


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
            Entry("requests.warnings", "Hồ sơ cần để ý", "dossier.view"),
            Entry("requests.listed", "Yêu cầu về hồ sơ", "dossier.act"),
            Entry("forms.registers", "Sổ theo dõi hồ sơ", "dossier.print", ("forms",)),
            Entry("visit_desk.today", "Lịch hẹn đến quầy", "visit.view", ("visit_desk", "visit_desks")),
        ),
    ),
    Group(
        "Người dân",
        (
            Entry(
                "conversations.listed", "Người dân muốn gặp cán bộ", "conversation.answer", ("conversations",)
            ),
            Entry("questions.listed", "Câu hỏi chưa trả lời được", "question.view", ("questions",)),
            Entry("complaints.listed", "Phản ánh, kiến nghị", "complaint.answer", ("complaints",)),
            Entry("feedback_desk.listed", "Phản ánh hiện trường", "feedback.answer", ("feedback_desk",)),
            Entry("broadcasts.listed", "Thông báo gửi người dân", "broadcast.view", ("broadcasts",)),
            Entry("dashboards.overview", "Số liệu", "report.view", ("dashboards",)),
            Entry("leader.show", "Đúng hạn và hài lòng", "report.view", ("leader",)),
        ),
    ),
    Group(
        "Thiết lập",
        (
            Entry("catalogue.index", "Danh mục thủ tục", "catalogue.view", ("catalogue",)),
            Entry("calendar.show", "Lịch làm việc", "calendar.view", ("calendar",)),
            Entry("services.listed", "Mục tra cứu", "service.view", ("services", "service_data")),
            Entry("message_texts.listed", "Mẫu tin, kênh và chi phí", "message.view", ("message_texts",)),
            Entry("deliveries.listed", "Tin cần xem lại", "delivery.view", ("deliveries",)),
            Entry("statuses.listed", "Mã trạng thái", "status_map.edit", ("statuses",)),
            Entry(
                "official_accounts.show", "Official Account trên Zalo", "oa.manage", ("official_accounts",)
            ),
        ),
    ),
)


def menu() -> list[Group]:
    """The groups with what the signed-in member of staff may open; none that is empty."""
    shown = []
    for group in GROUPS:
        entries = tuple(one for one in group.entries if gate.may(one.permission))
        if entries:
            shown.append(Group(group.label, entries))
    return shown
