"""What an officer may do with a dossier as it stands: each act leads to one status of the national table."""

from collections.abc import Callable
from dataclasses import dataclass

from motcua.core.language import current, t
from motcua.dossiers import wording, workflow
from motcua.dossiers.models import Dossier, DossierEvent
from motcua.dossiers.statuses import Status, why_unexpected

WAY_BACK = {"reception": Status.ACCEPTED, "appraisal": Status.PROCESSING, None: Status.PROCESSING}


@dataclass(frozen=True)
class Standing:
    """A dossier with what its acts depend on beside the status."""

    dossier: Dossier
    before_withdrawal: int | None  # where it goes back to when a withdrawal is refused
    stage: str | None  # of the supplement that is waited for
    apologies: int
    supplements: int
    version: str  # what an officer saw: see `version_of`


@dataclass(frozen=True)
class Act:
    """`effect`: what comes of it, what the citizen sees, how it is undone. `to`: the status it leads to; `form`: the
    official form that goes with it.
    """

    key: str
    title: str
    effect: str
    to: Callable[[Standing], int | None]
    froms: frozenset[int]
    form: str | None = None


@dataclass(frozen=True)
class Offer:
    """One act for one dossier. `why_not`: a sentence where it is not possible now."""

    act: Act
    to: int | None
    why_not: str | None = None


def _always(status: int) -> Callable[[Standing], int | None]:
    return lambda standing: status


def _after_supplement(standing: Standing) -> int:
    back = WAY_BACK[standing.stage]
    if back == Status.ACCEPTED and standing.dossier.received_at is None:
        return Status.FILED
    return back


def _fs(*statuses: int) -> frozenset[int]:
    return frozenset(statuses)


ACTS = (
    Act(
        "accept",
        "Tiếp nhận hồ sơ",
        "Người dân nhận giấy tiếp nhận và ngày hẹn trả trong Zalo. Nhận nhầm thì dùng “Dừng giải quyết”.",
        _always(2),
        _fs(1),
        "01",
    ),
    Act(
        "move",
        "Chuyển bước, giao người xử lý",
        "Người dân thấy bước mới và nơi đang giữ hồ sơ. Chuyển nhầm thì chuyển lại.",
        _always(4),
        _fs(2, 4),
    ),
    Act(
        "supplemented",
        "Ghi nhận đã bổ sung đủ",
        "Hồ sơ được xử lý tiếp, thời hạn chạy lại; người dân được báo là đã nhận đủ giấy tờ.",
        _after_supplement,
        _fs(5),
    ),
    Act(
        "supplement",
        "Yêu cầu bổ sung",
        "Thời hạn dừng lại; người dân nhận danh sách giấy tờ, lý do và hạn bổ sung. "
        "Yêu cầu nhầm thì dùng “Ghi nhận đã bổ sung đủ”.",
        _always(5),
        _fs(1, 2, 4),
        "02",
    ),
    Act(
        "fee",
        "Yêu cầu nộp phí, lệ phí",
        "Người dân nhận số tiền, hạn nộp và đường dẫn thanh toán. "
        "Yêu cầu nhầm thì báo người dân, rồi dùng “Ghi nhận đã nộp phí” để xử lý tiếp.",
        _always(6),
        _fs(2, 4),
    ),
    Act(
        "fee_paid",
        "Ghi nhận đã nộp phí",
        "Hồ sơ được xử lý tiếp; người dân được báo là đã nhận tiền.",
        _always(4),
        _fs(6),
    ),
    Act(
        "ready",
        "Có kết quả, mời người dân nhận",
        "Người dân được mời đến nhận kết quả, kèm nơi và giờ. Báo nhầm thì dùng “Thu hồi để xử lý lại”.",
        _always(9),
        _fs(2, 4),
    ),
    Act(
        "hand_over",
        "Trả kết quả",
        "Hồ sơ kết thúc; người dân được hỏi mức hài lòng. Ghi nhầm thì dùng “Đính chính: chưa trả kết quả”.",
        _always(10),
        _fs(9),
    ),
    Act(
        "apologise",
        "Xin lỗi và hẹn lại",
        "Người dân nhận lời xin lỗi, lý do và ngày hẹn mới. Ngày hẹn đã báo không rút lại được, chỉ hẹn lại lần nữa.",
        _always(4),
        _fs(2, 4),
        "04",
    ),
    Act(
        "refuse",
        "Từ chối tiếp nhận",
        "Hồ sơ kết thúc và không mở lại được; người dân nhận lý do và phải nộp hồ sơ mới. "
        "Trang sau hỏi lại một lần trước khi ghi.",
        _always(3),
        _fs(1),
        "03",
    ),
    Act(
        "withdraw",
        "Ghi nhận người dân xin rút",
        "Việc xử lý dừng lại để xem xét. Ghi nhầm thì dùng “Không đồng ý cho rút, xử lý tiếp”.",
        _always(7),
        _fs(1, 2, 4, 5, 6),
    ),
    Act(
        "keep",
        "Không đồng ý cho rút, xử lý tiếp",
        "Hồ sơ trở lại bước trước khi xin rút; người dân được báo kèm lý do.",
        lambda standing: standing.before_withdrawal,
        _fs(7),
    ),
    Act(
        "stop",
        "Dừng giải quyết",
        "Hồ sơ kết thúc; người dân nhận lý do dừng. Dừng nhầm thì dùng “Thu hồi để xử lý lại”.",
        _always(8),
        _fs(2, 4, 5, 6, 7),
        "05",
    ),
    Act(
        "recall",
        "Thu hồi để xử lý lại",
        "Hồ sơ được xử lý lại; lời báo trước đó được rút và người dân được báo. Việc thu hồi hiện ở mục cần xem lại.",
        _always(4),
        _fs(8, 9),
    ),
    Act(
        "correct",
        "Đính chính: chưa trả kết quả",
        "Hồ sơ trở lại trạng thái chờ trả kết quả; người dân được báo đính chính. "
        "Việc đính chính hiện ở mục cần xem lại.",
        _always(9),
        _fs(10),
    ),
)
BY_KEY = {act.key: act for act in ACTS}


def offers(standing: Standing) -> list[Offer]:
    """Every act, the possible ones first."""
    found = [offer(act, standing) for act in ACTS]
    return sorted(found, key=lambda one: one.why_not is not None)


def offer(act: Act, standing: Standing) -> Offer:
    dossier = standing.dossier
    if dossier.status not in act.froms:
        names = ", ".join(f"“{wording.status_name(one, current())}”" for one in sorted(act.froms))
        return Offer(act, None, t("Chỉ làm được khi hồ sơ ở trạng thái {names}.", names=names))
    to = act.to(standing)
    if to is None:
        return Offer(act, None, "Không rõ hồ sơ ở bước nào trước khi xin rút. Xin chọn dừng giải quyết.")
    if act.key == "apologise" and dossier.due_at is None:
        return Offer(act, None, "Hồ sơ chưa có ngày hẹn nên không có gì để hẹn lại.")
    unknown = why_unexpected(dossier.status, to, standing.before_withdrawal, standing.stage)
    return Offer(act, to, unknown)


def standing_of(dossier: Dossier, events: list[DossierEvent], records: dict[str, list]) -> Standing:
    """`events` in order, `records` as `records.of` gives them."""
    before = next((one.status for one in reversed(events) if one.status != Status.WITHDRAWAL), None)
    waited = next((one for one in reversed(records["supplements"]) if one.closed_at is None), None)
    return Standing(
        dossier,
        before if dossier.status == Status.WITHDRAWAL else None,
        waited.stage if waited else None,
        len(records["apologies"]),
        len(records["supplements"]),
        version_of(dossier, events),
    )


def version_of(dossier: Dossier, events: list[DossierEvent]) -> str:
    """Changes with every event and every new due date: `<newest event's id>.<due, in seconds>`."""
    newest = max((one.id for one in events), default=0)
    return f"{newest}.{int(dossier.due_at.timestamp()) if dossier.due_at else 0}"


def since(seen: str, dossier: Dossier, events: list[DossierEvent]) -> list[DossierEvent]:
    """What came after that version, newest first."""
    newest, _, _ = seen.partition(".")
    known = int(newest) if newest.isdecimal() and len(newest) < 19 else 0
    return [one for one in workflow.in_order(events)[::-1] if one.id > known]


def moved_due(seen: str, dossier: Dossier) -> bool:
    _, _, due = seen.partition(".")
    return due != version_of(dossier, []).partition(".")[2]
