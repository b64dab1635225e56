"""A visit as an iCalendar file (RFC 5545, RFC 5546): one event whose UID stays, SEQUENCE grows with each change."""

from datetime import timedelta

from icalendar import Alarm, Calendar, Event

from motcua.core.clock import VIETNAM, now
from motcua.tenancy import current

from . import telling
from .models import Desk, Visit

CALLED_OFF = ("cancelled", "no_show")


def of(visit: Visit, desk: Desk) -> bytes:
    """No name, phone or dossier code: calendars are shared and synchronised."""
    cancelled = visit.state in CALLED_OFF
    event = Event()
    event.add("uid", f"visit-{visit.id}@{visit.tenant_id}.motcua")
    event.add("sequence", visit.sequence)
    event.add("dtstamp", now())
    event.add("dtstart", visit.starts_at.astimezone(VIETNAM))
    event.add("dtend", visit.ends_at.astimezone(VIETNAM))
    event.add("summary", f"{telling.purpose(visit.purpose)} tại {desk.name}, số {visit.number}")
    event.add("location", desk.place)
    event.add("description", f"Số thứ tự {visit.number}. Xem, đổi hoặc hủy lịch: {telling.page_url(visit)}")
    event.add("url", telling.page_url(visit))
    event.add("status", "CANCELLED" if cancelled else "CONFIRMED")
    if not cancelled:
        alarm = Alarm()
        alarm.add("action", "DISPLAY")
        alarm.add("description", f"Lịch hẹn tại {desk.name}")
        alarm.add("trigger", timedelta(hours=-1))
        event.add_component(alarm)
    calendar = Calendar()
    calendar.add("prodid", f"-//Một Cửa//{current.province_name()}//VI")
    calendar.add("version", "2.0")
    calendar.add("method", "CANCEL" if cancelled else "PUBLISH")
    calendar.add_component(event)
    calendar.add_missing_timezones()
    return calendar.to_ical()
