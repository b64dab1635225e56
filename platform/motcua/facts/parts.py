"""The charts and tables that the dashboards are put together from."""

from motcua.core.queue import LANES
from motcua.messaging.events import title_of

from . import figures, names, numerals
from .boards import POINT_TITLES, Behind, Chart, Column, Counting, Row, Table, day_words
from .figures import Wanted, of_measures
from .spans import Span

OUTCOMES = (
    ("delivered", "Đã đến máy", "good"), ("on_the_way", "Zalo đã nhận, chưa báo đến", "main"),
    ("waiting", "Đang chờ gửi", "quiet"), ("uncertain", "Chưa rõ", "warn"), ("not_sent", "Không gửi được", "bad"),
)  # fmt: skip
SPANS = (
    "≤ 1 giây",
    "≤ 2 giây",
    "≤ 5 giây",
    "≤ 10 giây",
    "≤ 30 giây",
    "≤ 1 phút",
    "≤ 5 phút",
    "≤ 1 giờ",
    "lâu hơn",
)


def behind(measure: str, agency: str | None) -> Behind:
    return Behind("dossiers", {"measure": measure} | ({"agency": agency} if agency else {}))


def received(seen: Counting) -> Chart:
    shown = (("received", "Tiếp nhận", "main"), ("finished", "Giải quyết xong", "good"))
    return seen.chart("received", "Hồ sơ tiếp nhận và giải quyết xong", "line", shown)


def endings(seen: Counting) -> Chart:
    """Of those that ended: early, just in time, late, without a promise."""
    just = tuple(one.numbers["on_time"] - one.numbers["early"] for one in seen.points)
    values = (
        ("Trước hạn", "good", seen.line("early")), ("Đúng hạn", "main", just), ("Trễ hạn", "bad", seen.line("late")),
        ("Không có hẹn trả", "quiet", seen.line("without_due")),
    )  # fmt: skip
    columns = (Column("Mốc", "day"), *(Column(name) for name, _, _ in values))
    rows = [Row((day, *(line[at] for _, _, line in values))) for at, day in enumerate(seen.days)]
    rows.append(Row(("Cộng", *(sum(line) for _, _, line in values))))
    return Chart(
        "endings", "stacked", seen.days, values, Table("Hồ sơ xong theo thời hạn", columns, tuple(rows))
    )


def outcomes(seen: Counting) -> Chart:
    lines = {name: seen.line(name) for name in ("delivered", "waiting", "uncertain", "not_sent")}
    lines["on_the_way"] = tuple(one.numbers["accepted"] - one.numbers["delivered"] for one in seen.points)
    values = tuple((title, tone, lines[name]) for name, title, tone in OUTCOMES)
    columns = (Column("Mốc", "day"), *(Column(title) for title, _, _ in values))
    by_day = seen.span.grain == "day"
    rows = [
        Row(
            (day, *(line[at] for _, _, line in values)),
            {4: messages_of(one, "uncertain"), 5: messages_of(one, "failed")} if by_day else {},
        )
        for at, (day, one) in enumerate(zip(seen.days, seen.points, strict=True))
    ]
    rows.append(Row(("Cộng", *(sum(line) for _, _, line in values))))
    return Chart("outcomes", "stacked", seen.days, values, Table("Kết quả gửi tin", columns, tuple(rows)))


def messages_of(point: figures.Point, state: str) -> Behind:
    return Behind(
        "messages", {"state": state, "from": f"{point.begins}", "to": f"{point.begins}", "period": "free"}
    )


def by_channel(span: Span) -> Chart:
    groups = figures.by(
        Wanted(span.period), "fact_message", "channel", "max(channel)",
        of_measures("messages", "accepted", "delivered", "cost_vnd"), "messages",
    )  # fmt: skip
    columns = (Column("Kênh", "text"), Column("Tin đã viết"), Column("Zalo đã nhận"), Column("Đã đến máy"),
               Column("Chi phí", "vnd"))  # fmt: skip
    rows = tuple(
        Row((names.CHANNELS.get(one.key, one.key), *one.numbers.values()),
            {1: Behind("messages", {"channel": one.key or "none"})})
        for one in groups
    )  # fmt: skip
    titles = tuple(names.CHANNELS.get(one.key, one.key) for one in groups)
    accepted = tuple(one.numbers["accepted"] for one in groups)
    table = Table("Tin theo kênh và chi phí", columns, rows)
    return Chart("channels", "bar", titles, (("Zalo đã nhận", "main", accepted),), table)


def pace(span: Span) -> Chart:
    quick = figures.spread(span.period, ("urgent", "emergency"))
    every = figures.spread(span.period, LANES)
    rows = tuple(
        Row((name, accepted, numerals.share(accepted, sum(quick.accepted)), delivered, other - accepted))
        for name, accepted, delivered, other in zip(
            SPANS, quick.accepted, quick.delivered, every.accepted, strict=True
        )
    )
    columns = (Column("Từ sự kiện", "text"), Column("Zalo nhận (làn khẩn)"), Column("Tỷ lệ", "percent"),
               Column("Đến máy (làn khẩn)"), Column("Zalo nhận (làn khác)"))  # fmt: skip
    values = (("Zalo đã nhận", "main", quick.accepted), ("Đã đến máy", "good", quick.delivered))
    return Chart("pace", "bar", SPANS, values, Table("Thời gian gửi tin làn khẩn", columns, rows))


def hours(span: Span) -> Chart:
    found = figures.by_hour(span.period)
    hours = tuple(f"{hour:02d}:00" for hour, _, _ in found)
    shares = tuple(round(numerals.share(timely, timed) or 0, 1) for _, timed, timely in found)
    rows = tuple(
        Row((name, timed, timely, numerals.share(timely, timed)))
        for name, (_, timed, timely) in zip(hours, found, strict=True)
    )
    columns = (
        Column("Giờ viết tin", "text"),
        Column("Zalo đã nhận"),
        Column("Trong 10 giây"),
        Column("Tỷ lệ", "percent"),
    )
    table = Table("Trong 10 giây, theo giờ trong ngày", columns, rows)
    return Chart("hours", "bar", hours, (("Trong 10 giây", "main", shares),), table, "percent")


def backlog(span: Span) -> Chart:
    found = figures.backlog(span.period, span.grain)
    days = tuple(day_words(day, span.grain) for day, *_ in found)
    columns = (
        Column(POINT_TITLES[span.grain], "day"),
        Column("Trung bình"),
        Column("Nhiều nhất"),
        Column("Chờ lâu nhất", "duration"),
    )
    table = Table(
        "Tin chờ gửi", columns, tuple(Row((day, *one[1:])) for day, one in zip(days, found, strict=True))
    )
    values = tuple(one[2] for one in found)
    return Chart("backlog", "line", days, (("Nhiều nhất", "warn", values),), table)


def by_event(span: Span) -> Table:
    groups = figures.by(
        Wanted(span.period), "fact_message", "event", "max(event)",
        of_measures("messages", "accepted", "delivered", "not_sent", "cost_vnd"), "messages", 60,
    )  # fmt: skip
    columns = (Column("Loại tin", "text"), Column("Tin đã viết"), Column("Zalo đã nhận"), Column("Đã đến máy"),
               Column("Không gửi được"), Column("Chi phí", "vnd"))  # fmt: skip
    rows = (
        Row((title_of(one.key), *one.numbers.values()), {1: Behind("messages", {"event": one.key})})
        for one in groups
    )
    return Table("Tin theo loại", columns, tuple(rows))


def by_agency(span: Span, agency: str | None) -> Table:
    wanted = Wanted(span.period, agency)
    ended = of_measures("received", "finished", "on_time", "early", "late", "late_apologised")
    groups = figures.by(wanted, "fact_dossier", "agency_key", "max(agency_name)", ended, "received")
    standing = figures.standing_by_agency(span.period.last, agency)
    rows = []
    for one in groups:
        now, of = standing[one.key], one.numbers
        cells = (one.name, of["received"], of["finished"], of["early"], of["on_time"],
                 numerals.share(of["on_time"], of["on_time"] + of["late"]), of["late"], of["late_apologised"],
                 now.within, now.overdue)  # fmt: skip
        rows_of = {at: behind(measure, one.key) for at, measure in
                  ((1, "received"), (2, "finished"), (3, "early"), (4, "on_time"), (6, "late"))}  # fmt: skip
        rows_of[9] = Behind("desk", {"tab": "late", "agency": one.key})
        rows.append(Row(cells, rows_of))
    columns = ("Tiếp nhận", "Xong", "Trước hạn", "Đúng hạn", "Đúng hạn (%)", "Trễ hạn", "Trễ có xin lỗi",
               "Đang trong hạn", "Đang quá hạn")  # fmt: skip
    shown = tuple(Column(title, "percent" if "%" in title else "count") for title in columns)
    note = "Cột “Đúng hạn” gồm cả trước hạn. Hai cột cuối là lúc cuối kỳ."
    return Table("Theo cơ quan", (Column("Cơ quan", "text"), *shown), tuple(rows), note)


def by_procedure(span: Span) -> Table:
    rules = {name: name for name in ("received", "finished", "on_time", "late")}
    groups = figures.by(
        Wanted(span.period), "fact_procedure", "procedure_code", "max(procedure_name)", rules, "received", 50
    )
    fields = names.fields_of([one.key for one in groups])
    rows = (
        Row((one.name, fields.get(one.key, names.NO_FIELD), of["received"], of["finished"], of["on_time"],
             numerals.share(of["on_time"], of["on_time"] + of["late"]), of["late"]))
        for one, of in ((one, one.numbers) for one in groups)
    )  # fmt: skip
    columns = (Column("Thủ tục", "text"), Column("Lĩnh vực", "text"), Column("Tiếp nhận"), Column("Xong"),
               Column("Đúng hạn"), Column("Đúng hạn (%)", "percent"), Column("Trễ hạn"))  # fmt: skip
    return Table("50 thủ tục có nhiều hồ sơ nhất", columns, tuple(rows))


def services(span: Span) -> Table:
    rules = of_measures("lookups", "unanswered")
    groups = figures.by(
        Wanted(span.period), "fact_lookup", "key", "key", rules, "lookups", only="kind = 'service'"
    )
    rows = (
        Row((names.service(one.key), one.numbers["lookups"], one.numbers["unanswered"])) for one in groups
    )
    columns = (Column("Mục tra cứu", "text"), Column("Lượt hỏi"), Column("Chưa trả lời được"))
    return Table("Các mục tra cứu khác", columns, tuple(rows), persons=True)


def opinions_by_agency(span: Span, agency: str | None) -> Table:
    rules = of_measures("asked", "answers", "satisfied", "neutral", "dissatisfied")
    groups = figures.by(
        Wanted(span.period, agency), "fact_satisfaction", "agency_key", "max(agency_name)", rules, "answers"
    )
    rows = (
        Row((one.name, of["asked"], of["satisfied"], of["neutral"], of["dissatisfied"],
             numerals.share(of["satisfied"], of["answers"])))
        for one, of in ((one, one.numbers) for one in groups)
    )  # fmt: skip
    columns = (Column("Cơ quan", "text"), Column("Đã hỏi"), Column("Hài lòng"), Column("Bình thường"),
               Column("Không hài lòng"), Column("Hài lòng (%)", "percent"))  # fmt: skip
    return Table("Hài lòng theo cơ quan", columns, tuple(rows), opinions=(2, 4))


def voices_by_kind(span: Span, agency: str | None) -> Table:
    rules = {"received": "received", "answered": "answered", "in_time": "in_time"}
    groups = figures.by(
        Wanted(span.period, agency),
        "fact_voice",
        "source || ':' || kind",
        "max(source || ':' || kind)",
        rules,
        "received",
    )
    rows = (
        Row((names.voice(*one.key.split(":", 1)), of["received"], of["answered"], of["in_time"],
             numerals.share(of["in_time"], of["answered"])))
        for one, of in ((one, one.numbers) for one in groups)
    )  # fmt: skip
    columns = (Column("Loại", "text"), Column("Nhận"), Column("Đã trả lời"), Column("Đúng hạn"),
               Column("Đúng hạn (%)", "percent"))  # fmt: skip
    return Table("Phản ánh, kiến nghị theo loại", columns, tuple(rows), persons=True)


def top_procedures(span: Span) -> Table:
    asked = "kind = 'procedure' AND key <> ''"
    groups = figures.by(
        Wanted(span.period), "fact_lookup", "key", "key", {"asked": "asked"}, "asked", 50, asked
    )
    titles = names.procedures([one.key for one in groups])
    rows = (Row((titles.get(one.key, one.key), one.key, one.numbers["asked"])) for one in groups)
    columns = (Column("Thủ tục", "text"), Column("Mã", "text"), Column("Lượt xem"))
    return Table("Thủ tục được hỏi nhiều nhất", columns, tuple(rows), persons=True)


def outcomes_of_questions(span: Span) -> Table:
    groups = figures.by(
        Wanted(span.period),
        "fact_lookup",
        "kind || ':' || outcome",
        "max(kind || ':' || outcome)",
        {"asked": "asked"},
        "asked",
    )
    rows = (
        Row((names.LOOKUPS[kind], names.OUTCOMES.get(outcome, outcome), one.numbers["asked"]))
        for one in groups
        for kind, _, outcome in (one.key.partition(":"),)
    )
    columns = (Column("Hỏi về", "text"), Column("Kết quả", "text"), Column("Lượt"))
    note = "Lời của người dân không được giữ trong số liệu; những câu chưa hiểu nằm ở mục “Câu hỏi chưa trả lời được”."
    return Table("Câu hỏi theo kết quả", columns, tuple(rows), note, persons=True)
