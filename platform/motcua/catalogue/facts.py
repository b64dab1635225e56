"""What a procedure is, as the national portal describes it. Facts only: no database, no province.

In JSON a procedure is one object with the names of the fields below; so it stands in a line of
`_national/procedures/*.jsonl` and in the database.
"""

from dataclasses import asdict, dataclass
from typing import Any

from .codes import CODE_PATTERN, normalise_code
from .durations import Duration, parse_duration
from .fees import describe_fee_text

__all__ = [
    "CHANNELS",
    "CODE_PATTERN",
    "LEVELS",
    "Channel",
    "Duration",
    "Paper",
    "ProcedureFacts",
    "describe_fee",
    "describe_time",
    "normalise_code",
    "parse_duration",
]

LEVELS = {"ministry": "Cấp bộ", "province": "Cấp tỉnh", "commune": "Cấp xã", "other": "Cơ quan khác"}
CHANNELS = {"counter": "Trực tiếp", "online": "Trực tuyến", "post": "Bưu chính công ích"}


@dataclass(frozen=True)
class Channel:
    """One way to file, for one case of the procedure: a channel may appear several times.

    `fee_note` limits or corrects `fee` and is to be shown with it. `note` is what the source says beside: mostly
    how the time runs, or where to file.
    """

    channel: str  # a key of CHANNELS
    time: Duration
    fee: str
    fee_note: str
    note: str

    def to_json(self) -> dict[str, Any]:
        return {
            "channel": self.channel,
            "time": self.time.to_json(),
            "fee": self.fee,
            "fee_note": self.fee_note,
            "note": self.note,
        }

    @classmethod
    def from_json(cls, body: dict[str, Any]) -> "Channel":
        return cls(
            body["channel"], Duration.from_json(body["time"]), body["fee"], body["fee_note"], body["note"]
        )


@dataclass(frozen=True)
class Paper:
    """A paper to hand in; or, where `kind` is `note`, a sentence that the source lists among the papers."""

    name: str
    originals: int
    copies: int
    has_form: bool
    kind: str  # "paper" | "note"


@dataclass(frozen=True)
class ProcedureFacts:
    """A procedure. `has_details` is False where the source gave no more than name, field and agency.

    `papers` are the union of all cases of the procedure, in the source's order.
    """

    code: str
    name: str
    field: str
    levels: tuple[str, ...]  # keys of LEVELS; empty where unknown
    issuing_agency: str
    implementing_agency: str
    competent_agency: str
    subjects: tuple[str, ...]
    decision_no: str
    procedure_type: str
    online: bool
    channels: tuple[Channel, ...]
    papers: tuple[Paper, ...]
    results: tuple[str, ...]
    legal_basis: tuple[str, ...]
    url: str
    source: str
    has_details: bool

    def papers_required(self) -> tuple[Paper, ...]:
        """The papers themselves, without the sentences of guidance between them."""
        return tuple(paper for paper in self.papers if paper.kind == "paper")

    def guidance(self) -> tuple[str, ...]:
        """The sentences that the source lists among the papers."""
        return tuple(paper.name for paper in self.papers if paper.kind == "note")

    def describe_time_for(self, channel: str) -> str | None:
        """The time when filing by `channel` (a key of CHANNELS); None when it cannot be filed so.

        Cases with different times are joined: which of them is the citizen's, the source does not say.
        """
        return _joined(describe_time(one) for one in self.channels if one.channel == channel)

    def time_limit(self, channel: str) -> tuple[float | None, str] | None:
        """What a due date of a dossier filed by `channel` can be reckoned from, as Duration.limit says it.

        None where the source says none, or where its cases differ: which of them is the citizen's, nobody said.
        """
        limits = {one.time.limit() for one in self.channels if one.channel == channel}
        return limits.pop() if len(limits) == 1 else None

    def describe_fee_for(self, channel: str) -> str | None:
        """The fee when filing by `channel`, with its note; None when it cannot be filed so."""
        return _joined(describe_fee(one) for one in self.channels if one.channel == channel)

    def to_json(self) -> dict[str, Any]:
        body = {name: getattr(self, name) for name in self.__dataclass_fields__}
        for name in ("levels", "subjects", "results", "legal_basis"):
            body[name] = list(body[name])
        body["channels"] = [channel.to_json() for channel in self.channels]
        body["papers"] = [asdict(paper) for paper in self.papers]
        return body

    @classmethod
    def from_json(cls, body: dict[str, Any]) -> "ProcedureFacts":
        """`body` as `to_json` gives it; `national.read_national` checks what comes from a file."""
        values = dict(body)
        for name in ("levels", "subjects", "results", "legal_basis"):
            values[name] = tuple(values[name])
        values["channels"] = tuple(map(Channel.from_json, values["channels"]))
        values["papers"] = tuple(Paper(**paper) for paper in values["papers"])
        return cls(**values)


def describe_time(channel: Channel) -> str:
    """“5 ngày làm việc”, “1 (nguồn không nêu đơn vị: giờ, ngày hay tháng)”, “Không quy định”."""
    return channel.time.describe()


def describe_fee(channel: Channel) -> str:
    """“50.000 đồng (…)”, “Miễn phí. Ghi chú: …”."""
    return describe_fee_text(channel.fee, channel.fee_note)


def _joined(texts) -> str | None:
    return "; hoặc ".join(dict.fromkeys(texts)) or None
