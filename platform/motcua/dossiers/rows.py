"""The rows that taking in a change reads and adds: one by one, or read ahead for many changes at once.

`rows()` is what the verbs of this room ask. By default each question is a statement. Inside `reading_ahead`
the answers for a whole chunk of changes were fetched in a handful of statements and are kept up to date in
memory, and what is added waits in the session for one flush; a question that was not foreseen is asked as ever.
"""

from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from typing import Any

from sqlalchemy import text
from sqlalchemy.dialects.postgresql import insert

from motcua.catalogue import lookup
from motcua.catalogue.models import Agency
from motcua.citizens.models import Citizen
from motcua.citizens.registry import with_proven_phone
from motcua.core import scope
from motcua.core.database import Base, db
from motcua.messaging.wording import texts
from motcua.tenancy import current

from . import finding
from .models import Dossier, DossierAlias, DossierEvent, DossierPhone, Follow

LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended(:key, 0))")
# Always in one order: two chunks that share dossiers wait for each other and never in a ring.
LOCK_MANY = text(
    "SELECT pg_advisory_xact_lock(one.number) FROM (SELECT DISTINCT hashtextextended(key, 0) AS number"
    " FROM unnest(CAST(:keys AS text[])) AS key ORDER BY number) AS one"
)
NEXT_IDS = text("SELECT nextval(pg_get_serial_sequence(:table, 'id')) FROM generate_series(1, :count)")
EVENTS = DossierEvent.__table__
KEPT = [column.name for column in EVENTS.columns if column.name not in ("id", "position")]
STORE = (
    insert(EVENTS)
    .on_conflict_do_nothing(index_elements=["tenant_id", "dossier_id", "fingerprint"])
    .returning(EVENTS.c.id)
)
IDS_AT_ONCE = 200
MOST_PROCEDURES_KEPT = 20_000


class Rows:
    """Each question one statement, each addition flushed at once."""

    def lock(self, code: str) -> None:
        """One writer a dossier at a time, also for one that is not there yet."""
        db.session.execute(LOCK, {"key": _lock_key(code)})

    def dossier(self, code: str) -> Dossier | None:
        """By its own or another code, as it is now: what another writer changed is seen after the lock."""
        return finding.look_up(code)

    def refresh(self, dossier: Dossier) -> None:
        """After another lock: what another writer changed meanwhile."""
        db.session.refresh(dossier)

    def add(self, dossier: Dossier) -> None:
        """Add a new dossier; its id is known afterwards."""
        db.session.add(dossier)
        db.session.flush()

    def store(self, event: DossierEvent) -> int | None:
        """The new event's id; None when we have it already. One statement, and no object in the session."""
        return db.session.execute(STORE, {name: getattr(event, name) for name in KEPT}).scalar()

    def event(self, dossier: Dossier, fingerprint: str) -> DossierEvent:
        """One that `store` said we have."""
        return db.session.scalars(
            db.select(DossierEvent).where(
                DossierEvent.dossier_id == dossier.id, DossierEvent.fingerprint == fingerprint
            )
        ).one()

    def events(self, dossier: Dossier) -> list[DossierEvent]:
        """Everything that happened, in no order."""
        query = db.select(DossierEvent).where(DossierEvent.dossier_id == dossier.id)
        return list(db.session.scalars(query.execution_options(populate_existing=True)))

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
        return followers_of([dossier.id]).get(dossier.id, [])

    def procedure(self, code: str) -> lookup.Procedure | None:
        return lookup.find_procedure(code)

    def agency(self, code: str) -> Agency | None:
        return lookup.find_agency(code)

    def bodies(self, kind: str) -> dict[str, str]:
        return texts.bodies_of(kind)

    def same(self, name: str, ask: Callable[[], Any]) -> Any:
        """What is the same for every dossier of the province now, by any `name`; `ask` finds it out."""
        return ask()


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
        ids += self._read_aliased(self._codes - self._dossiers.keys())
        self._read_events(ids)
        self._read_phones(ids)
        self._read_follows(ids)
        self._read_citizens(phone_indexes)
        held = db.session.scalars(db.select(Agency).where(Agency.code.in_(agencies))) if agencies else ()
        self._agencies = dict.fromkeys(agencies) | {one.code: one for one in held}
        self._procedures = _known_procedures()
        self._bodies: dict[str, dict[str, str]] = {}
        self._same: dict[str, Any] = {}
        self._ids: dict[str, Iterator[int]] = {}
        self._held = (current.tenant(), current.official_account())  # the identity map is weak
        self.added = 0

    def _read_aliased(self, codes: set[str]) -> list[int]:
        """Dossiers known by another of their codes, which take a second lock; their ids."""
        if not codes:
            return []
        query = (
            db.select(DossierAlias.code, Dossier)
            .join(
                Dossier,
                (Dossier.tenant_id == DossierAlias.tenant_id) & (Dossier.id == DossierAlias.dossier_id),
            )
            .where(DossierAlias.code.in_(codes))
        )
        found = dict(db.session.execute(query).all())
        for dossier in found.values():
            super().lock(dossier.code)
            super().refresh(dossier)
        self._dossiers |= found | {one.code: one for one in found.values()}
        self._codes.update(one.code for one in found.values())
        return [one.id for one in found.values()]

    def _read_events(self, ids: list[int]) -> None:
        self._events: dict[int, dict[str, DossierEvent]] = {one: {} for one in ids}
        if ids:
            for one in db.session.scalars(db.select(DossierEvent).where(DossierEvent.dossier_id.in_(ids))):
                self._events[one.dossier_id][one.fingerprint] = one

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

    def add(self, dossier: Dossier) -> None:
        self._add(dossier)
        self._dossiers[dossier.code] = dossier
        self._codes.add(dossier.code)
        self._events[dossier.id] = {}
        self._phones[dossier.id], self._follows[dossier.id] = set(), {}

    def _add(self, row: Base) -> None:
        row.id = self._next_id(row.__tablename__)
        for name, value in _defaults(type(row)):
            if getattr(row, name) is None:
                setattr(row, name, value(None))
        self.added += 1
        db.session.add(row)

    def store(self, event: DossierEvent) -> int | None:
        known = self._events.get(event.dossier_id)
        if known is None:
            return super().store(event)
        if event.fingerprint in known:
            return None
        self._add(event)
        known[event.fingerprint] = event
        return event.id

    def event(self, dossier: Dossier, fingerprint: str) -> DossierEvent:
        known = self._events.get(dossier.id)
        return super().event(dossier, fingerprint) if known is None else known[fingerprint]

    def events(self, dossier: Dossier) -> list[DossierEvent]:
        known = self._events.get(dossier.id)
        return super().events(dossier) if known is None else list(known.values())

    def same(self, name: str, ask: Callable[[], Any]) -> Any:
        if name not in self._same:
            self._same[name] = ask()
        return self._same[name]

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


def followers_of(dossier_ids: list[int]) -> dict[int, list[tuple[Citizen, Follow]]]:
    """Of each dossier the citizens to be told, in one query."""
    query = (
        db.select(Citizen, Follow)
        .join(Follow, (Follow.tenant_id == Citizen.tenant_id) & (Follow.citizen_id == Citizen.id))
        .where(Follow.dossier_id.in_(dossier_ids), Follow.ended_at.is_(None), Citizen.muted_at.is_(None))
        .order_by(Citizen.id)
    )
    found: dict[int, list[tuple[Citizen, Follow]]] = {}
    for citizen, one in db.session.execute(query):
        found.setdefault(one.dossier_id, []).append((citizen, one))
    return found


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
