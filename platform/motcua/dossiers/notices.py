"""What was noticed of dossiers as time passed, each thing once: found and claimed in one statement a kind.

`about` is the moment a notice is about (a due date, the last day of a window, the last event). When that moment
moves, it is another thing, which may be noticed again. Two that look at once find nothing twice.
"""

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKeyConstraint, Index, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from motcua.core import scope
from motcua.core.clock import now
from motcua.core.database import Base, Moment, TenantOwned, db

KINDS = (
    "due_in_2_days", "due_in_1_day", "overdue_without_apology", "silent", "supplement_lapsed", "supplement_in_3_days",
    "supplement_in_1_day", "fee_in_1_day",
)  # fmt: skip
AT_ONCE = 2000  # what is left over is found by the next round


class DossierNotice(TenantOwned, Base):
    """`settled_at` None: of a silence, that the citizen has not been told yet."""

    __tablename__ = "dossier_notice"

    dossier_id: Mapped[int] = mapped_column(BigInteger)
    kind: Mapped[str] = mapped_column(Text)
    about: Mapped[datetime] = mapped_column(Moment)
    created_at: Mapped[datetime] = mapped_column(Moment, default=now)
    settled_at: Mapped[datetime | None] = mapped_column(Moment)

    __table_args__ = (
        ForeignKeyConstraint(
            ["tenant_id", "dossier_id"], ["dossier.tenant_id", "dossier.id"], ondelete="CASCADE"
        ),
        CheckConstraint(f"kind IN {KINDS!r}", name="kind"),
        UniqueConstraint("tenant_id", "dossier_id", "kind", "about"),
        Index(
            "ix_dossier_notice_waiting",
            "tenant_id",
            "kind",
            "created_at",
            postgresql_where="settled_at IS NULL",
        ),
    )


_NEW = """
    NOT EXISTS (SELECT FROM dossier_notice AS n WHERE n.tenant_id = :tenant AND n.dossier_id = d.id
                AND n.kind = :kind AND n.about = {about})
    ORDER BY {about} LIMIT :at_once
"""
_CLAIM = """
    INSERT INTO dossier_notice (tenant_id, dossier_id, kind, about, created_at, settled_at)
    SELECT :tenant, d.id, :kind, {about}, :now, {settled} FROM {rows} AND """
_FLAG = """
    WITH claimed AS ({claim} ON CONFLICT DO NOTHING RETURNING dossier_id, about)
    INSERT INTO dossier_flag (tenant_id, dossier_id, kind, detail, opened_at)
    SELECT :tenant, dossier_id, :kind,
           replace(:detail, '%', to_char(about AT TIME ZONE :zone, 'HH24:MI DD/MM/YYYY')), :now FROM claimed
"""
# A dossier that waits for its citizen's papers or money does not run out of the office's time.
_WORKED_ON = "d.status NOT IN (3, 8, 9, 10) AND d.status NOT IN (5, 6)"
_DUE = (
    f"dossier AS d WHERE d.tenant_id = :tenant AND {_WORKED_ON} AND d.due_at > :after AND d.due_at <= :until"
)
# One status a statement: with a list of them the planner looks at every open dossier.
_SILENT = """
    dossier AS d WHERE d.tenant_id = :tenant AND d.status NOT IN (3, 8, 9, 10)
    AND d.status = :status AND d.status_at < :since
"""
_SUPPLEMENT = """
    dossier_supplement AS s JOIN dossier AS d ON d.tenant_id = s.tenant_id AND d.id = s.dossier_id
    WHERE s.tenant_id = :tenant AND s.closed_at IS NULL AND d.status = 5
    AND s.respond_by > :after AND s.respond_by <= :until AND s.requested_at < :asked_before
"""
_FEE = """
    dossier_fee AS s JOIN dossier AS d ON d.tenant_id = s.tenant_id AND d.id = s.dossier_id
    WHERE s.tenant_id = :tenant AND s.paid_at IS NULL AND d.payment_state = 'due'
    AND s.pay_by > :after AND s.pay_by <= :until AND s.asked_at < :asked_before
"""


def _claim(rows: str, about: str, settled: str = ":now") -> str:
    return (_CLAIM + _NEW).format(rows=rows, about=about, settled=settled)


FLAG_DUE = text(_FLAG.format(claim=_claim(_DUE, "d.due_at")))
FLAG_SILENT = text(_FLAG.format(claim=_claim(_SILENT, "d.status_at", "NULL")))
FLAG_SUPPLEMENT = text(_FLAG.format(claim=_claim(_SUPPLEMENT, "s.respond_by")))
REMIND = {
    "supplement": text(_claim(_SUPPLEMENT, "s.respond_by") + " ON CONFLICT DO NOTHING RETURNING dossier_id"),
    "fee": text(_claim(_FEE, "s.pay_by") + " ON CONFLICT DO NOTHING RETURNING dossier_id"),
}
# Each silence is told once; one that ended meanwhile is settled without a word.
SETTLE_SILENCES = text("""
    UPDATE dossier_notice AS n SET settled_at = :now
    FROM (SELECT id FROM dossier_notice WHERE tenant_id = :tenant AND kind = 'silent' AND settled_at IS NULL
          AND created_at <= :until ORDER BY created_at LIMIT :at_once FOR UPDATE SKIP LOCKED) AS ripe
    WHERE n.tenant_id = :tenant AND n.id = ripe.id RETURNING n.dossier_id, n.about
""")
CLOSE = text("""
    UPDATE dossier_flag AS f SET closed_at = :now, note = :note
    FROM dossier AS d
    WHERE f.tenant_id = :tenant AND f.closed_at IS NULL AND d.tenant_id = :tenant AND d.id = f.dossier_id
      AND CASE f.kind
        WHEN 'due_in_2_days' THEN d.due_at IS NULL OR d.due_at > :two OR d.due_at <= :one
             OR d.status IN (3, 5, 6, 8, 9, 10)
        WHEN 'due_in_1_day' THEN d.due_at IS NULL OR d.due_at > :one OR d.due_at <= :now
             OR d.status IN (3, 5, 6, 8, 9, 10)
        WHEN 'overdue_without_apology' THEN d.due_at IS NULL OR d.due_at > :now OR d.status IN (3, 5, 6, 8, 9, 10)
        WHEN 'supplement_lapsed' THEN d.status <> 5
        WHEN 'silent' THEN d.status IN (3, 8, 9, 10) OR NOT EXISTS (
             SELECT FROM dossier_notice AS n WHERE n.tenant_id = :tenant AND n.dossier_id = d.id
             AND n.kind = 'silent' AND n.about = d.status_at)
        ELSE false END
""")


def run(statement, **words):
    """The statement's result for the tenant in scope, as of now."""
    common = {"tenant": scope.required(), "now": now(), "at_once": AT_ONCE}
    return db.session.execute(statement, common | words)
