"""What people at a console open, and how often: of a hundred pages of a role, about so many are this one."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Page:
    """`path` may hold `{agency}`, `{word}` and `{day}`; "" is reached from another page: see `load`."""

    name: str
    often: int
    path: str = ""


LIST, DOSSIER, ACT, FIND, TAKE_IN = (
    "a list of dossiers",
    "a dossier",
    "act on a dossier",
    "find",
    "take a dossier in",
)
DESK = (
    Page("home", 8, "/console/"),
    Page(LIST, 16, "/console/dossiers/?tab={tab}"),
    Page(DOSSIER, 22),
    Page(ACT, 8),
    Page(FIND, 10),
    Page("choose a procedure", 6, "/console/dossiers/new?q={word}"),
    Page("take-in form", 6, "/console/dossiers/new?procedure={procedure}"),
    Page(TAKE_IN, 4),
    Page("desk warnings", 3, "/console/dossiers/warnings"),
)
PEOPLE = (
    Page("conversations", 2, "/console/conversations/"),
    Page("unanswered questions", 1, "/console/questions/"),
    Page("complaints", 1, "/console/complaints/"),
    Page("reports from the street", 1, "/console/feedback/"),
    Page("requests about dossiers", 1, "/console/requests"),
    Page("dossiers to look at", 1, "/console/warnings"),
    Page("visits", 2, "/console/visits/"),
    Page("registers", 1, "/console/registers"),
    Page("catalogue", 2, "/console/catalogue/?q={word}"),
    Page("deliveries", 2, "/console/deliveries/?state=failed"),
    Page("messages", 1, "/console/messages/"),
    Page("look-up services", 1, "/console/services/"),
    Page("calendar", 1, "/console/calendar/"),
    Page("own account", 1, "/console/account"),
)
SETTINGS = (
    Page("dashboard", 8, "/console/dashboards/?period={period}"),
    Page("dashboard of messages", 3, "/console/dashboards/messages?period={period}"),
    Page("dashboard of dossiers", 3, "/console/dashboards/dossiers?period={period}"),
    Page("dashboard of citizens", 2, "/console/dashboards/citizens?period={period}"),
    Page("dashboard of questions", 2, "/console/dashboards/questions?period={period}"),
    Page("dashboard of satisfaction", 2, "/console/dashboards/satisfaction?period={period}"),
    Page("rows behind a figure", 2, "/console/dashboards/dossiers/rows?measure=late&period={period}"),
    Page("punctuality and satisfaction", 4, "/console/satisfaction/"),
    Page("the same by procedure", 2, "/console/satisfaction/?by=procedure"),
    Page("audit", 4, "/console/audit/"),
    Page("staff", 4, "/console/staff"),
    Page("broadcasts", 3, "/console/broadcasts/"),
    Page("readiness", 2, "/console/readiness/"),
    Page("official accounts", 2, "/console/official-accounts/"),
    Page("agencies", 2, "/console/agencies/"),
    Page("costs", 2, "/console/message-channels/costs"),
    Page("templates", 1, "/console/message-channels/templates"),
    Page("switches", 1, "/console/message-switches/"),
    Page("statuses", 1, "/console/statuses/"),
    Page("personal data requests", 1, "/console/data-requests/"),
    Page("api keys", 1, "/console/api-keys/"),
    Page("support visits", 1, "/console/support"),
    Page("imports", 1, "/console/catalogue/imports/"),
    Page("visit desks", 1, "/console/visits/desks/"),
    Page("pauses", 1, "/console/pauses/"),
    Page("privacy", 1, "/console/privacy/"),
    Page("export", 1, "/console/export/"),
)
WALKS = {
    "officer": (*DESK, *PEOPLE),
    "province_admin": (*DESK[:5], *PEOPLE, *SETTINGS),
}
TABS = ("open", "open", "open", "late", "today", "soon", "ready", "all")
PERIODS = ("7", "30", "30", "90", "month", "quarter", "year")
WORDS = ("khai sinh", "kết hôn", "giấy phép xây dựng", "đăng ký đất đai", "hộ kinh doanh", "cap the can cuoc")
