"""The rows that taking in a change reads and adds: one by one, or read ahead for many changes at once.

`rows()` is what the verbs of this room ask. By default each question is a statement. Inside `reading_ahead`
the answers for a whole chunk of changes were fetched in a handful of statements and are kept up to date in
memory, and what is added waits in the session for one flush; a question that was not foreseen is asked as ever.
"""

from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from typing import NamedTuple

from sqlalchemy import text

from motcua.catalogue import lookup
from motcua.catalogue.models import Agency
from motcua.citizens.models import Citizen
from motcua.citizens.registry import with_proven_phone
from motcua.core import scope
from motcua.core.database import Base, db
from motcua.messaging import texts
from motcua.tenancy import current

from .models import Dossier, DossierEvent, DossierPhone, Follow

LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended(:key, 0))")
# Always in one order: two chunks that share dossiers wait for each other and never in a ring.
LOCK_MANY = text(
    "SELECT pg_advisory_xact_lock(one.number) FROM (SELECT DISTINCT hashtextextended(key, 0) AS number"
    " FROM unnest(CAST(:keys AS text[])) AS key ORDER BY number) AS one"
)
NEXT_IDS = text("SELECT nextval(pg_get_serial_sequence(:table, 'id')) FROM generate_series(1, :count)")
IDS_AT_ONCE = 200
MOST_PROCEDURES_KEPT = 20_000


class Step(NamedTuple):
    """What of an event decides about the next one."""

    status: int
    is_late: bool
    is_unexpected: bool


class Rows:
    """Each question one statement, each addition flushed at once."""

    def lock(self, code: str) -> None:
        """One writer a dossier at a time, also for one that is not there yet."""
        db.session.execute(LOCK, {"key": _lock_key(code)})

    def dossier(self, code: str) -> Dossier | None:
        return db.session.scalar(db.select(Dossier).where(Dossier.code == code))

    def refresh(self, dossier: Dossier) -> None:
        """After the lock: what another writer changed meanwhile."""
        db.session.refresh(dossier)

    def add(self, row: Base) -> None:
        """Add a dossier or an event; its id is known afterwards."""
        db.session.add(row)
        db.session.flush()

    def event(self, dossier: Dossier, fingerprint: str) -> DossierEvent | Step | None:
        return db.session.scalar(
            db.select(DossierEvent).where(
                DossierEvent.dossier_id == dossier.id, DossierEvent.fingerprint == fingerprint
            )
        )

    def status_before(self, dossier: Dossier) -> int | None:
        """The status before the present one, to which a refused withdrawal returns."""
        return db.session.scalar(
            db.select(DossierEvent.status)
            .where(DossierEvent.dossier_id == dossier.id, DossierEvent.status != dossier.status)
            .order_by(DossierEvent.occurred_at.desc(), DossierEvent.id.desc())
            .limit(1)
        )

    def phones(self, dossier: Dossier) -> set[str]:
        """Blind indexes."""
        return set(
            db.session.scalars(
                db.select(DossierPhone.phone_index).where(DossierPhone.dossier_id == dossier.id)
            )
        )

    def keep_phones(self, dossier: Dossier, wanted: set[str]) -> None:
        held = self.phones(dossier)
        db.session.add_all(
            DossierPhone(dossier_id=dossier.id, phone_index=one) for one in sorted(wanted - held)
        )
        if held - wanted:
            db.session.execute(
                db.delete(DossierPhone).where(
                    DossierPhone.dossier_id == dossier.id, DossierPhone.phone_index.in_(held - wanted)
                )
            )

    def citizens(self, phone_indexes: set[str]) -> list[Citizen]:
        """Citizens whose proven phone is one of these."""
        return with_proven_phone(phone_indexes)

    def follow_of(self, dossier: Dossier, citizen: Citizen) -> Follow | None:
        return db.session.scalar(
            db.select(Follow).where(Follow.dossier_id == dossier.id, Follow.citizen_id == citizen.id)
        )

    def add_follow(self, dossier: Dossier, citizen: Citizen, follow: Follow) -> None:
        db.session.add(follow)

    def followers(self, dossier: Dossier) -> list[tuple[Citizen, Follow]]:
        """Citizens to be told: following, and not silenced."""
        found = db.session.execute(
            db.select(Citizen, Follow)
            .join(Follow, (Follow.tenant_id == Citizen.tenant_id) & (Follow.citizen_id == Citizen.id))
            .where(Follow.dossier_id == dossier.id, Follow.ended_at.is_(None), Citizen.muted_at.is_(None))
            .order_by(Citizen.id)
        )
        return [(citizen, follow) for citizen, follow in found]

    def procedure(self, code: str) -> lookup.Procedure | None:
        return lookup.find_procedure(code)

    def agency(self, code: str) -> Agency | None:
        return lookup.find_agency(code)

    def bodies(self, kind: str) -> dict[str, str]:
        return texts.bodies_of(kind)


class RowsAhead(Rows):
    """Answers from memory for the dossiers of `codes`, which it locks until the transaction ends.

    `lock` False: nothing is locked, because nothing will be kept.
    """

    def __init__(self, codes: Collection[str], phone_indexes: set[str], agencies: set[str], *, lock: bool):
        self._codes = set(codes)
        if lock and codes:
            db.session.execute(LOCK_MANY, {"keys": [_lock_key(code) for code in sorted(self._codes)]})
        found = db.session.scalars(db.select(Dossier).where(Dossier.code.in_(self._codes))).all()
        self._dossiers = {one.code: one for one in found}
        ids = [one.id for one in found]
        self._read_events(ids)
        self._read_phones(ids)
        self._read_follows(ids)
        self._read_citizens(phone_indexes)
        held = db.session.scalars(db.select(Agency).where(Agency.code.in_(agencies))) if agencies else ()
        self._agencies = dict.fromkeys(agencies) | {one.code: one for one in held}
        self._procedures = _known_procedures()
        self._bodies: dict[str, dict[str, str]] = {}
        self._ids: dict[str, Iterator[int]] = {}
        self._held = (current.tenant(), current.official_account())  # the identity map is weak
        self.added = 0

    def _read_events(self, ids: list[int]) -> None:
        self._steps: dict[int, dict[str, Step]] = {one: {} for one in ids}
        self._line: dict[int, list[tuple]] = {one: [] for one in ids}
        if ids:
            columns = (DossierEvent.dossier_id, DossierEvent.fingerprint, DossierEvent.status)
            flags = (DossierEvent.is_late, DossierEvent.is_unexpected, DossierEvent.occurred_at)
            query = db.select(*columns, *flags, DossierEvent.id).where(DossierEvent.dossier_id.in_(ids))
            for dossier_id, fingerprint, status, late, unexpected, at, event_id in db.session.execute(query):
                self._steps[dossier_id][fingerprint] = Step(status, late, unexpected)
                self._line[dossier_id].append((at, event_id, status))

    def _read_phones(self, ids: list[int]) -> None:
        self._phones: dict[int, set[str]] = {one: set() for one in ids}
        if ids:
            query = db.select(DossierPhone.dossier_id, DossierPhone.phone_index)
            for dossier_id, index in db.session.execute(query.where(DossierPhone.dossier_id.in_(ids))):
                self._phones[dossier_id].add(index)

    def _read_follows(self, ids: list[int]) -> None:
        self._follows: dict[int, dict[int, tuple[Citizen, Follow]]] = {one: {} for one in ids}
        if ids:
            query = (
                db.select(Citizen, Follow)
                .join(Follow, (Follow.tenant_id == Citizen.tenant_id) & (Follow.citizen_id == Citizen.id))
                .where(Follow.dossier_id.in_(ids))
            )
            for citizen, follow in db.session.execute(query):
                self._follows[follow.dossier_id][citizen.id] = (citizen, follow)

    def _read_citizens(self, phone_indexes: set[str]) -> None:
        wanted = set(phone_indexes).union(*self._phones.values())
        self._citizens: dict[str, list[Citizen]] = {one: [] for one in wanted}
        for citizen in with_proven_phone(wanted):
            self._citizens[citizen.phone_index].append(citizen)

    def lock(self, code: str) -> None:
        if code not in self._codes:
            super().lock(code)

    def dossier(self, code: str) -> Dossier | None:
        return self._dossiers.get(code) if code in self._codes else super().dossier(code)

    def refresh(self, dossier: Dossier) -> None:
        if dossier.code not in self._codes:
            super().refresh(dossier)

    def add(self, row: Base) -> None:
        row.id = self._next_id(row.__tablename__)
        for name, value in _defaults(type(row)):
            if getattr(row, name) is None:
                setattr(row, name, value(None))
        self.added += 1
        db.session.add(row)
        if isinstance(row, Dossier):
            self._dossiers[row.code] = row
            self._codes.add(row.code)
            self._steps[row.id], self._line[row.id] = {}, []
            self._phones[row.id], self._follows[row.id] = set(), {}
        elif isinstance(row, DossierEvent):
            # The row itself: whether it is late or unexpected is found out after it was added.
            self._steps[row.dossier_id][row.fingerprint] = row
            self._line[row.dossier_id].append((row.occurred_at, row.id, row.status))

    def event(self, dossier: Dossier, fingerprint: str) -> DossierEvent | Step | None:
        known = self._steps.get(dossier.id)
        return super().event(dossier, fingerprint) if known is None else known.get(fingerprint)

    def status_before(self, dossier: Dossier) -> int | None:
        line = self._line.get(dossier.id)
        if line is None:
            return super().status_before(dossier)
        return max((one for one in line if one[2] != dossier.status), default=(None,) * 3)[2]

    def phones(self, dossier: Dossier) -> set[str]:
        held = self._phones.get(dossier.id)
        return super().phones(dossier) if held is None else set(held)

    def keep_phones(self, dossier: Dossier, wanted: set[str]) -> None:
        super().keep_phones(dossier, wanted)
        if dossier.id in self._phones:
            self._phones[dossier.id] = set(wanted)

    def citizens(self, phone_indexes: set[str]) -> list[Citizen]:
        if not phone_indexes <= self._citizens.keys():
            return super().citizens(phone_indexes)
        found = {one.id: one for index in phone_indexes for one in self._citizens[index]}
        return [found[one] for one in sorted(found)]

    def follow_of(self, dossier: Dossier, citizen: Citizen) -> Follow | None:
        known = self._follows.get(dossier.id)
        if known is None:
            return super().follow_of(dossier, citizen)
        return known[citizen.id][1] if citizen.id in known else None

    def add_follow(self, dossier: Dossier, citizen: Citizen, follow: Follow) -> None:
        super().add_follow(dossier, citizen, follow)
        if dossier.id in self._follows:
            self._follows[dossier.id][citizen.id] = (citizen, follow)

    def followers(self, dossier: Dossier) -> list[tuple[Citizen, Follow]]:
        known = self._follows.get(dossier.id)
        if known is None:
            return super().followers(dossier)
        hearing = [one for one in known.values() if one[1].ended_at is None and one[0].muted_at is None]
        return sorted(hearing, key=lambda one: one[0].id)

    def procedure(self, code: str) -> lookup.Procedure | None:
        if code not in self._procedures:
            self._procedures[code] = super().procedure(code)
        return self._procedures[code]

    def agency(self, code: str) -> Agency | None:
        return self._agencies[code] if code in self._agencies else super().agency(code)

    def bodies(self, kind: str) -> dict[str, str]:
        if kind not in self._bodies:
            self._bodies[kind] = super().bodies(kind)
        return self._bodies[kind]

    def _next_id(self, table: str) -> int:
        number = next(self._ids.get(table, iter(())), None)
        if number is None:
            with db.session.no_autoflush:
                fresh = db.session.scalars(NEXT_IDS, {"table": table, "count": IDS_AT_ONCE}).all()
            self._ids[table] = iter(fresh)
            number = next(self._ids[table])
        return number


_each = Rows()
_rows: ContextVar[Rows] = ContextVar("motcua_dossier_rows", default=_each)
_procedures: dict[tuple[str, str], dict[str, lookup.Procedure | None]] = {}


def rows() -> Rows:
    return _rows.get()


@contextmanager
def reading_ahead(
    codes: Collection[str], phone_indexes: set[str], agencies: set[str], *, lock: bool = True
) -> Iterator[RowsAhead]:
    """Answer the questions of what is done inside from one reading. Everything inside is one transaction."""
    ahead = RowsAhead(codes, phone_indexes, agencies, lock=lock)
    token = _rows.set(ahead)
    try:
        yield ahead
    finally:
        _rows.reset(token)


@cache
def _defaults(kind: type[Base]) -> tuple[tuple[str, Callable], ...]:
    """What a flush would fill in, wanted before it: (column, function of an ignored context)."""
    found = [(one.key, one.default) for one in kind.__table__.columns if one.default is not None]
    return tuple(
        (name, default.arg if default.is_callable else lambda _, value=default.arg: value)
        for name, default in found
    )


def _known_procedures() -> dict[str, lookup.Procedure | None]:
    """Kept from chunk to chunk while the province's catalogue has not changed."""
    tenant_id = scope.required()
    version = (tenant_id, lookup.catalogue_version(tenant_id))
    if version not in _procedures or len(_procedures[version]) > MOST_PROCEDURES_KEPT:
        for old in [one for one in _procedures if one[0] == tenant_id]:
            _procedures.pop(old, None)
        _procedures[version] = {}
    return _procedures[version]


def _lock_key(code: str) -> str:
    return f"{scope.required()}/{code}"
