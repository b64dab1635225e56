"""A visit in words: what messages and pages say of it, and the buttons that go with it."""

from datetime import date, datetime

from motcua.catalogue import lookup
from motcua.core.clock import VIETNAM
from motcua.dossiers import wording
from motcua.dossiers.models import Dossier
from motcua.messaging.outbox import Zbs
from motcua.messaging.wording import texts
from motcua.tenancy import current
from motcua.zalo.messages import OpenUrl, QueryHide, TextMessage

from .models import Desk, Visit
from .people import BookingRefused
from .slots import Slot

TEMPLATE = "visit"
CALLED_OFF = "Đã hủy vì quầy nghỉ"  # at most 30 characters in a template's label
PURPOSES = {
    "file": ("Nộp hồ sơ", "File a dossier"),
    "supplement": ("Bổ sung giấy tờ", "Bring missing papers"),
    "collect": ("Nhận kết quả", "Collect a result"),
    "ask": ("Hỏi, nhờ hướng dẫn", "Ask for guidance"),
}
TITLES = {
    "calendar": ("Thêm vào lịch của máy", "Add to my calendar"),
    "confirm": ("Tôi sẽ đến", "I will come"),
    "move": ("Đổi lịch", "Choose another time"),
    "cancel": ("Hủy lịch", "Cancel the visit"),
}


def title(name: str, language: str) -> str:
    return TITLES[name][language == "en"]


def purpose(name: str, language: str = "vi") -> str:
    return PURPOSES[name][language == "en"]


def day_label(day: date, language: str = "vi") -> str:
    """`Thứ Ba 01/12`."""
    names = wording.WEEKDAYS_EN if language == "en" else wording.WEEKDAYS
    name = names[day.weekday()]
    return f"{name[0].upper()}{name[1:]} {day:%d/%m}"


def span(starts_at: datetime, ends_at: datetime) -> str:
    """`08:00–08:30`, local."""
    return f"{starts_at.astimezone(VIETNAM):%H:%M}–{ends_at.astimezone(VIETNAM):%H:%M}"


def slot_label(slot: Slot, language: str = "vi") -> str:
    return f"{span(slot.starts_at, slot.ends_at)} {day_label(slot.day, language)}"


def words(visit: Visit, desk: Desk, language: str, dossier: Dossier | None = None) -> dict:
    """The words of a text about one visit."""
    return {
        "province": current.province_name(),
        "number": visit.number,
        "desk": desk.name,
        "place": desk.place,
        "starts": wording.moment(visit.starts_at, language),
        "purpose": purpose(visit.purpose, language),
        "code": dossier.code if dossier else None,
        "procedure": _procedure_name(visit, dossier),
        "collects": visit.purpose == "collect",
        "url": page_url(visit),
    }


def page_url(visit: Visit) -> str:
    return current.public_url(f"/visits/{visit.token}")


def calendar_url(visit: Visit) -> str:
    return f"{page_url(visit)}.ics"


def buttons(visit: Visit, language: str, *names: str) -> tuple:
    """Some of TITLES, for this visit."""
    made = {
        "calendar": lambda text: OpenUrl(text, calendar_url(visit)),
        "confirm": lambda text: QueryHide(text, f"#visit-confirm:{visit.id}"),
        "move": lambda text: QueryHide(text, f"#rebook:{visit.id}"),
        "cancel": lambda text: QueryHide(text, f"#cancel-visit:{visit.id}"),
    }
    return tuple(made[name](title(name, language)) for name in names)


def move_buttons(visit: Visit, slots: list[Slot], language: str) -> tuple:
    """One press gives the visit that slot."""
    return tuple(
        QueryHide(slot_label(one, language), f"#visit-move:{visit.id}:{one.local:%Y-%m-%dT%H:%M}")
        for one in slots
    )


def message(event: str, body: str, said: dict, with_buttons: tuple) -> TextMessage:
    return TextMessage(texts.fill(event, body, said), buttons=with_buttons)


def template(visit: Visit, desk: Desk) -> Zbs:
    """The same news as a ZBS template, for whom no free message can reach."""
    return Zbs(
        TEMPLATE,
        {
            "so_thu_tu": str(visit.number),
            "thoi_gian": wording.short_moment(visit.starts_at),
            "viec": CALLED_OFF if visit.state == "cancelled" else purpose(visit.purpose),
            "noi_den": desk.place[:200],
        },
    )


def refusal(error: BookingRefused, language: str = "vi") -> str:
    """Why a slot was not given, and what to do instead."""
    said = {
        name: wording.moment(value, language) if isinstance(value, datetime) else value
        for name, value in error.words.items()
    }
    return texts.render("visit_refused", {"reason": error.reason} | said, language)


def _procedure_name(visit: Visit, dossier: Dossier | None) -> str | None:
    if dossier:
        return dossier.procedure_name
    found = lookup.find_procedure(visit.procedure_code) if visit.procedure_code else None
    return found.name if found else None
