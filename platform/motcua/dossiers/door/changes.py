"""One line of what a source sends: a whole dossier, an event, or a sync payload, checked and ready to be taken in."""

import json
from dataclasses import dataclass, field
from typing import Any

from marshmallow import ValidationError, fields, validates_schema

from motcua.citizens.models import phone_index
from motcua.core.errors import Invalid, MotcuaError
from motcua.core.schema import InputSchema, text
from motcua.dossiers import codes, intake
from motcua.dossiers.models import PEOPLE
from motcua.dossiers.schemas import DossierIn, EventIn

from . import sync_payload
from .lines import LONGEST_LINE, RawLine

SHOWN_OF_A_CODE = 100


class LineIn(InputSchema):
    """`{"code", "dossier": {…}}`, `{"code", "event": {…}}` or `{"sync": {…}}`."""

    code = text(80, metadata={"example": "000.00.01.H11-241126-0007"})
    dossier = fields.Nested(DossierIn)
    event = fields.Nested(EventIn)
    sync = fields.Dict(keys=fields.String(), values=fields.Raw())

    @validates_schema(skip_on_field_errors=True)
    def says_one_thing(self, data, **kwargs):
        said = [name for name in ("dossier", "event", "sync") if name in data]
        if len(said) != 1:
            raise ValidationError(
                "Mỗi dòng nêu đúng một trong: dossier, event, sync. Xin tách thành nhiều dòng.", "line"
            )
        if said != ["sync"] and "code" not in data:
            raise ValidationError("Thiếu mã hồ sơ. Xin ghi code.", "code")


_schema = LineIn()
_schemas = {"dossier": DossierIn(), "event": EventIn()}


@dataclass(frozen=True)
class Act:
    """One call of `intake`: `kind` is "dossier" or "event", `data` as its schema loads it."""

    kind: str
    code: str
    data: dict[str, Any]

    def run(self) -> bool:
        """Whether there was anything new. Raises what `intake` raises."""
        if self.kind == "dossier":
            _, is_new = intake.put(self.code, self.data)
            return is_new
        return not intake.add_event(self.code, self.data).known


@dataclass(frozen=True)
class Change:
    """All that one line asks for, or why it cannot be had."""

    line: int
    code: str | None = None
    acts: tuple[Act, ...] = ()
    error: MotcuaError | None = field(default=None, compare=False)
    ignored: int = 0  # members of a sync payload that we do not know

    def run(self) -> bool:
        new = [act.run() for act in self.acts]  # all of them, not until the first that is new
        return any(new)

    @property
    def phone_indexes(self) -> set[str]:
        people = (act.data.get(role) for act in self.acts for role in PEOPLE)
        return {phone_index(person["phone"]) for person in people if person and person.get("phone")}

    @property
    def agencies(self) -> set[str]:
        return {act.data["agency_code"] for act in self.acts if act.data.get("agency_code")}


class LineInvalid(Invalid):
    code = "line_invalid"


def parse(raw: RawLine) -> Change:
    """Never raises: a fault is the line's own result. Call it in the tenant's scope."""
    code = None
    try:
        if raw.content is None:
            raise LineInvalid(
                f"Dòng dài hơn {LONGEST_LINE // 1024} KB. Xin gửi hồ sơ này riêng, bớt nội dung."
            )
        said = _decode(raw.content)
        code = said.get("code") if isinstance(said, dict) else None
        code = code[:SHOWN_OF_A_CODE] if isinstance(code, str) else None
        return from_json(raw.number, said)
    except MotcuaError as error:
        return Change(raw.number, code, error=error)


def from_json(line: int, said: Any) -> Change:
    """Raises Invalid, naming the fields."""
    try:
        data = _schema.load(said)
    except ValidationError as error:
        raise Invalid(details=error.normalized_messages()) from error
    if "sync" in data:
        return from_sync(line, sync_payload.read(data["sync"]))
    kind = "dossier" if "dossier" in data else "event"
    code = codes.normalise(data["code"])
    return Change(line, code, (Act(kind, code, data[kind]),))


def from_sync(line: int, said: sync_payload.Read) -> Change:
    """Raises Invalid."""
    acts = []
    for kind, code, body in said.acts:
        try:
            acts.append(Act(kind, codes.normalise(code), _schemas[kind].load(body)))
        except ValidationError as error:
            raise Invalid(details=error.normalized_messages()) from error
    return Change(line, acts[0].code, tuple(acts), ignored=len(said.ignored))


def _decode(content: bytes) -> Any:
    try:
        return json.loads(content)
    except (ValueError, RecursionError) as error:
        raise LineInvalid("Dòng này không phải JSON viết bằng UTF-8. Xin kiểm tra lại cách xuất.") from error
