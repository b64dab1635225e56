"""The province's dashboards: which cards, charts and tables each page has."""

from collections.abc import Callable

from motcua.core.language import t
from motcua.surveys.wording import LEVELS

from . import figures, numerals, parts
from .boards import Behind, Board, Card, Chart, Column, Counting, Row, Table, said_count
from .spans import Span

OVERVIEW = (
    "gained", "lookups", "unanswered", "accepted", "timed", "timely", "cost_vnd", "received", "finished", "on_time",
    "late", "answers", "satisfied", "complaints", "reports",
)  # fmt: skip


def overview(span: Span, agency: str | None) -> Board:
    seen = Counting(span, agency, OVERVIEW)
    cards = (
        *_people(seen),
        seen.count("lookups", "lookups", good="up", behind=Behind("board", {"board": "citizens"})),
        seen.count("accepted", "accepted", behind=Behind("board", {"board": "messages"})),
        seen.share("timely", "timely", ("timed",), good="up", behind=Behind("board", {"board": "messages"})),
        seen.count("cost_vnd", "cost_vnd", kind="vnd", behind=Behind("board", {"board": "messages"})),
        *_dossiers(seen),
        seen.share(
            "satisfied",
            "satisfied",
            ("answers",),
            good="up",
            behind=Behind("board", {"board": "satisfaction"}),
        ),
        _voices(seen),
        seen.share(
            "unanswered",
            "unanswered",
            ("lookups",),
            good="down",
            behind=Behind("board", {"board": "questions"}),
        ),
    )
    return Board(
        "overview",
        "Số liệu tổng quan",
        cards,
        (
            parts.received(seen),
            seen.chart("lookups", "Lượt tra cứu", "bar", (("lookups", "Lượt tra cứu", "main"),)),
        ),
    )


def messages(span: Span, agency: str | None) -> Board:
    seen = Counting(
        span,
        None,
        ("messages", "accepted", "delivered", "waiting", "uncertain", "not_sent", "paid", "cost_vnd", "timed", "timely",
         "arrived", "arrived_timely"),
    )  # fmt: skip
    cards = (
        seen.count("messages", "messages", behind=Behind("messages")),
        seen.count("accepted", "accepted", behind=Behind("messages", {"state": "accepted"})),
        seen.share(
            "delivered", "delivered", ("accepted",), good="up", behind=Behind("messages", {"state": "delivered"})
        ),
        seen.count("not_sent", "not_sent", good="down", behind=Behind("messages", {"state": "failed"})),
        seen.count("uncertain", "uncertain", good="down", behind=Behind("messages", {"state": "uncertain"})),
        seen.share("timely", "timely", ("timed",), good="up"),
        seen.share("arrived_timely", "arrived_timely", ("arrived",), good="up"),
        seen.count("cost_vnd", "cost_vnd", kind="vnd", behind=Behind("messages", {"paid": "yes"}),
                   note=t("{count} tin mất phí", count=said_count(seen.now["paid"]))),
    )  # fmt: skip
    return Board(
        "messages",
        "Tin gửi người dân",
        cards,
        (
            parts.outcomes(seen),
            parts.by_channel(span),
            seen.chart("cost", "Chi phí tin", "bar", (("cost_vnd", "Chi phí", "main"),), unit="vnd"),
            parts.pace(span),
            parts.hours(span),
            parts.backlog(span),
            parts.by_event(span),
        ),
        "Chưa có tin nào trong kỳ này. Tin hiện ở đây khi hồ sơ có diễn biến hoặc người dân hỏi qua Zalo.",
    )


def dossiers(span: Span, agency: str | None) -> Board:
    seen = Counting(
        span,
        agency,
        ("received", "received_online", "received_post", "finished", "on_time", "early", "late", "late_apologised",
         "without_due", "stopped"),
    )  # fmt: skip
    cards = (
        *_dossiers(seen),
        seen.share("early", "early", ("on_time", "late"), good="up", behind=parts.behind("early", agency)),
        seen.share(
            "online",
            "received_online",
            ("received",),
            good="up",
            behind=parts.behind("received_online", agency),
        ),
    )
    shown: list[Chart | Table] = [parts.received(seen), parts.endings(seen), parts.by_agency(span, agency)]
    if agency is None:
        shown.append(parts.by_procedure(span))
    return Board(
        "dossiers",
        "Giải quyết hồ sơ",
        cards,
        tuple(shown),
        "Chưa có hồ sơ nào trong kỳ này. Hồ sơ hiện ở đây khi hệ thống một cửa của tỉnh gửi sang qua API.",
    )


def citizens(span: Span, agency: str | None) -> Board:
    seen = Counting(
        span,
        None,
        ("gained", "lost", "linked", "lookups", "lookups_procedure", "lookups_dossier", "lookups_service"),
    )
    line = figures.follower_line(span.period, span.grain)
    values = tuple(line.get(one.begins) for one in seen.points)
    standing = Table(
        "Người quan tâm vào cuối mỗi mốc",
        (Column("Mốc", "day"), Column("Người quan tâm")),
        tuple(Row((day, value)) for day, value in zip(seen.days, values, strict=True)),
    )
    cards = (
        *_people(seen),
        seen.count("gained", "gained", good="up"),
        seen.count("lost", "lost", good="down"),
        seen.count("lookups", "lookups", good="up"),
    )
    kinds = (
        ("lookups_procedure", "Thủ tục", "main"),
        ("lookups_dossier", "Tình trạng hồ sơ", "good"),
        ("lookups_service", "Mục tra cứu khác", "warn"),
    )
    return Board(
        "citizens",
        "Người dân và tra cứu",
        cards,
        (
            Chart("followers", "line", seen.days, (("Người quan tâm", "main", values),), standing),
            seen.chart("follows", "Quan tâm và bỏ quan tâm", "bar",
                       (("gained", "Quan tâm mới", "good"), ("lost", "Bỏ quan tâm", "bad"))),
            seen.chart("lookups", "Lượt tra cứu theo loại", "stacked", kinds),
            parts.services(span),
        ),
        "Chưa có người quan tâm hay lượt tra cứu nào trong kỳ. Xin mời người dân quét mã QR của Official Account.",
    )  # fmt: skip


def satisfaction(span: Span, agency: str | None) -> Board:
    levels = tuple(f"level_{level}" for level in range(1, 6))
    seen = Counting(
        span,
        agency,
        ("asked", "answers", "satisfied", "neutral", "dissatisfied", *levels, "complaints", "complaints_answered",
         "complaints_in_time", "reports", "reports_answered", "reports_in_time"),
    )  # fmt: skip
    answered = seen.count(
        "answered", "answers", good="up", note=t("đã hỏi {count} hồ sơ", count=said_count(seen.now["asked"]))
    )
    cards = (
        seen.share("satisfied", "satisfied", ("answers",), good="up"),
        answered,
        _voices(seen),
        _in_time(seen),
    )
    tones = ("bad", "warn", "quiet", "main", "good")
    shown = tuple(
        (level, LEVELS[number][0], tone)
        for number, (level, tone) in enumerate(zip(levels, tones, strict=True), 1)
    )
    five = Table(
        "Năm mức và ba mức",
        (Column("Mức", "text"), Column("Câu trả lời"), Column("Tỷ lệ", "percent")),
        tuple(
            Row((name, seen.now[measure], numerals.share(seen.now[measure], seen.now["answers"])))
            for measure, name in (
                *((level, name) for level, name, _ in reversed(shown)),
                ("satisfied", "Gộp: hài lòng"), ("neutral", "Gộp: bình thường"),
                ("dissatisfied", "Gộp: không hài lòng"),
            )
        ),
        persons=True,
    )  # fmt: skip
    return Board(
        "satisfaction",
        "Hài lòng và phản ánh",
        cards,
        (
            seen.chart("levels", "Câu trả lời theo mức", "stacked", shown, persons=True),
            five,
            parts.opinions_by_agency(span, agency),
            parts.voices_by_kind(span, agency),
        ),
        "Chưa có câu trả lời nào trong kỳ. Khảo sát gửi cho người dân sau khi hồ sơ kết thúc.",
    )


def questions(span: Span, agency: str | None) -> Board:
    seen = Counting(span, None, ("lookups", "lookups_procedure", "unanswered"))
    cards = (
        seen.count("lookups", "lookups", good="up"),
        seen.share("unanswered", "unanswered", ("lookups",), good="down", behind=Behind("questions")),
    )
    return Board(
        "questions",
        "Câu hỏi của người dân",
        cards,
        (
            seen.chart(
                "unanswered", "Lượt chưa trả lời được", "bar", (("unanswered", "Chưa trả lời được", "warn"),)
            ),
            parts.top_procedures(span),
            parts.outcomes_of_questions(span),
        ),
        "Chưa có câu hỏi nào trong kỳ. Câu hỏi hiện ở đây khi người dân hỏi qua Zalo.",
    )


BOARDS: dict[str, Callable[[Span, str | None], Board]] = {
    "overview": overview,
    "messages": messages,
    "dossiers": dossiers,
    "citizens": citizens,
    "satisfaction": satisfaction,
    "questions": questions,
}
OF_AN_AGENCY = ("overview", "dossiers", "satisfaction")


def _people(seen: Counting) -> tuple[Card, ...]:
    now, before = figures.followers(seen.span.period.last), figures.followers(seen.span.before.last)
    return (
        Card(
            "followers",
            now[0],
            before[0],
            good="up",
            note=t("{count} lượt quan tâm mới", count=said_count(seen.now["gained"])),
            line=seen.line("gained"),
        ),
        Card("linked_total", now[1], before[1], good="up"),
    )


def _dossiers(seen: Counting) -> tuple[Card, ...]:
    agency = seen.agency
    now = figures.standing(seen.span.period.last, agency)
    before = figures.standing(seen.span.before.last, agency)
    of = {"agency": agency} if agency else {}
    return (
        seen.count("received", "received", behind=parts.behind("received", agency)),
        seen.count("finished", "finished", behind=parts.behind("finished", agency)),
        seen.share("on_time", "on_time", ("on_time", "late"), good="up", behind=parts.behind("on_time", agency)),
        seen.share("late", "late", ("on_time", "late"), good="down", behind=parts.behind("late", agency)),
        Card("pending", now.pending, before.pending, note=t("trong hạn {count}", count=said_count(now.within)),
             behind=Behind("desk", {"tab": "open"} | of)),
        Card("overdue", now.overdue, before.overdue, good="down", behind=Behind("desk", {"tab": "late"} | of)),
    )  # fmt: skip


def _voices(seen: Counting) -> Card:
    both = ("complaints", "reports")
    line = tuple(sum(one.numbers[name] for name in both) for one in seen.points)
    now, before = (sum(numbers[name] for name in both) for numbers in (seen.now, seen.before))
    note = t("{count} từ hiện trường", count=said_count(seen.now["reports"]))
    return Card("voices", now, before, line=line, good="down", note=note, behind=Behind("voices"))


def _in_time(seen: Counting) -> Card:
    def of(numbers: dict[str, int]) -> tuple[int, int]:
        return (
            numbers["complaints_in_time"] + numbers["reports_in_time"],
            numbers["complaints_answered"] + numbers["reports_answered"],
        )

    now, before = of(seen.now), of(seen.before)
    return Card(
        "voices_in_time",
        numerals.share(*now),
        numerals.share(*before),
        kind="percent",
        good="up",
        note=t("{part} trên {whole}", part=said_count(now[0]), whole=said_count(now[1])),
    )
