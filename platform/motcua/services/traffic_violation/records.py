"""What a source says of one vehicle, whichever way it says it."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol

from marshmallow import EXCLUDE, Schema, fields, validate

from motcua.core import crypto, scope
from motcua.core.clock import VIETNAM

from .plates import Plate

SETTLED, OPEN = "Đã xử phạt", "Chưa xử phạt"
PROOF_LENGTH = 5  # last characters of the frame's or the engine's number


@dataclass(frozen=True)
class Violation:
    """One violation; `settle_at` are lines of unit, address and telephone."""

    occurred_at: datetime | None
    occurred: str  # as the source writes it, where that is no moment
    place: str
    behaviour: str
    is_settled: bool
    detected_by: str
    settle_at: tuple[str, ...]
    plate_colour: str


@dataclass(frozen=True)
class Vehicle:
    """`proofs`: fingerprints (`proof_of`) of what an owner can prove it with; `as_of` is the data's day."""

    violations: tuple[Violation, ...]
    proofs: tuple[str, ...]
    as_of: date | None

    @property
    def open_count(self) -> int:
        return sum(not one.is_settled for one in self.violations)


class ViolationSource(Protocol):
    def vehicle(self, plate: Plate, kind: str) -> Vehicle | None:
        """None where the source knows nothing of it. Raises ServiceUnavailable."""


def proof_of(plate: str, kind: str, last: str) -> str:
    """The fingerprint of the last characters of a frame's or engine's number, of this vehicle only."""
    said = "".join(letter for letter in last.upper() if letter.isalnum())[-PROOF_LENGTH:]
    return crypto.keyring().blind_index(scope.required(), "vehicle_proof", f"{kind}|{plate}|{said}")


def proofs_of(plate: str, kind: str, numbers: tuple[str | None, ...]) -> tuple[str, ...]:
    """Of the frame's and the engine's number, as far as they are long enough to prove anything."""
    return tuple(
        proof_of(plate, kind, number)
        for number in numbers
        if number and sum(letter.isalnum() for letter in number) >= PROOF_LENGTH
    )


class _ViolationSchema(Schema):
    class Meta:
        unknown = EXCLUDE

    occurred_at = fields.Str(required=True, validate=validate.Length(1, 60))
    place = fields.Str(required=True, validate=validate.Length(0, 500))
    behaviour = fields.Str(required=True, validate=validate.Length(1, 1000))
    status = fields.Str(required=True, validate=validate.OneOf((SETTLED, OPEN)))
    detected_by = fields.Str(load_default="", validate=validate.Length(0, 300))
    settle_at = fields.List(
        fields.Str(validate=validate.Length(0, 300)), load_default=list, validate=validate.Length(0, 20)
    )
    plate_colour = fields.Str(load_default="", validate=validate.Length(0, 100))


class VehicleSchema(Schema):
    """The REST answer; unknown members are passed over."""

    class Meta:
        unknown = EXCLUDE

    as_of = fields.Date(load_default=None, allow_none=True)
    chassis_last = fields.Str(load_default=None, allow_none=True, validate=validate.Length(0, 30))
    engine_last = fields.Str(load_default=None, allow_none=True, validate=validate.Length(0, 30))
    violations = fields.List(fields.Nested(_ViolationSchema), required=True, validate=validate.Length(0, 500))


def check_violation(said: dict[str, Any]) -> dict[str, list[str]]:
    """What is wrong with one violation, by member."""
    return _ViolationSchema().validate(said)


def violation(said: dict[str, Any]) -> Violation:
    """Of a checked one."""
    return Violation(
        occurred_at=moment(said["occurred_at"]),
        occurred=said["occurred_at"],
        place=said["place"],
        behaviour=plain_behaviour(said["behaviour"]),
        is_settled=said["status"] == SETTLED,
        detected_by=said["detected_by"],
        settle_at=tuple(line for line in said["settle_at"] if line.strip()),
        plate_colour=said["plate_colour"],
    )


def plain_behaviour(text: str) -> str:
    """Without the legal code that the national look-up writes before it: "12321.5.5.a.01.Không chấp hành …"."""
    head, _, words = text.rpartition(".") if text[:1].isdigit() else ("", "", text)
    is_code = bool(head) and all(part.isalnum() and len(part) <= 6 for part in head.split("."))
    return words.strip() if is_code and words.strip() else text


def moment(text: str) -> datetime | None:
    """ "15:39, 30/12/2024" or ISO 8601, by Vietnamese clocks; None for anything else."""
    for form in ("%H:%M, %d/%m/%Y", "%H:%M %d/%m/%Y", "%d/%m/%Y %H:%M"):
        try:
            return datetime.strptime(text.strip(), form).replace(tzinfo=VIETNAM)
        except ValueError:
            continue
    try:
        told = datetime.fromisoformat(text.strip())
    except ValueError:
        return None
    return told if told.tzinfo else told.replace(tzinfo=VIETNAM)
