"""What happened on each of a province's days, counted: the tables dashboards read instead of the live ones."""

import sqlalchemy as sa
from alembic import op

from motcua.core.row_security import protect

revision = "0063"
down_revision = "0062"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
COUNT, MANY, TEXT = sa.Integer(), sa.BigInteger(), sa.Text()

# Table -> its columns, and what with the tenant makes a row unique.
TABLES = {
    "fact_message": (
        {
            "day": sa.Date(),
            "event": TEXT,
            "lane": TEXT,
            "channel": TEXT,
            "state": TEXT,
            "messages": COUNT,
            "paid": COUNT,
            "cost_vnd": MANY,
        },
        ("day", "event", "lane", "channel", "state"),
    ),
    "fact_pace": (
        {"day": sa.Date(), "hour": sa.SmallInteger(), "lane": TEXT}
        | {f"{step}_{span}": COUNT for step in ("accepted", "delivered") for span in range(1, 10)},
        ("day", "hour", "lane"),
    ),
    "fact_citizen": (
        {
            "day": sa.Date(),
            "met": COUNT,
            "gained": COUNT,
            "lost": COUNT,
            "followers": COUNT,
            "linked": COUNT,
            "linked_total": COUNT,
        },
        ("day",),
    ),
    "fact_lookup": (
        {"day": sa.Date(), "kind": TEXT, "key": TEXT, "channel": TEXT, "outcome": TEXT, "asked": COUNT},
        ("day", "kind", "key", "channel", "outcome"),
    ),
    "fact_dossier": (
        {
            "day": sa.Date(),
            "agency_key": TEXT,
            "agency_name": TEXT,
            "received": COUNT,
            "received_online": COUNT,
            "received_post": COUNT,
            "finished": COUNT,
            "on_time": COUNT,
            "early": COUNT,
            "late": COUNT,
            "late_apologised": COUNT,
            "without_due": COUNT,
            "stopped": COUNT,
            "fell_due": COUNT,
            "asked_more": COUNT,
        },
        ("day", "agency_key"),
    ),
    "fact_procedure": (
        {
            "day": sa.Date(),
            "procedure_code": TEXT,
            "procedure_name": TEXT,
            "received": COUNT,
            "finished": COUNT,
            "on_time": COUNT,
            "early": COUNT,
            "late": COUNT,
        },
        ("day", "procedure_code"),
    ),
    "fact_satisfaction": (
        {
            "day": sa.Date(),
            "agency_key": TEXT,
            "agency_name": TEXT,
            "asked": COUNT,
            "level_1": COUNT,
            "level_2": COUNT,
            "level_3": COUNT,
            "level_4": COUNT,
            "level_5": COUNT,
        },
        ("day", "agency_key"),
    ),
    "fact_voice": (
        {
            "day": sa.Date(),
            "source": TEXT,
            "kind": TEXT,
            "agency_key": TEXT,
            "received": COUNT,
            "answered": COUNT,
            "in_time": COUNT,
        },
        ("day", "source", "kind", "agency_key"),
    ),
    "fact_backlog": (
        {"day": sa.Date(), "samples": COUNT, "waiting_sum": MANY, "waiting_most": COUNT, "oldest_s": COUNT},
        ("day",),
    ),
    "fact_day": (
        {"day": sa.Date(), "rolled_at": MOMENT, "took_ms": COUNT},
        ("day",),
    ),
    "fact_month": (
        {"month": sa.Date(), "active_citizens": COUNT, "rolled_at": MOMENT},
        ("month",),
    ),
    "fact_dirty": (
        {"day": sa.Date()},
        (),
    ),
    "question_asked": (
        {"kind": TEXT, "key": TEXT, "channel": TEXT, "outcome": TEXT, "asked_at": MOMENT},
        (),
    ),
}


def upgrade() -> None:
    for name, (columns, key) in TABLES.items():
        op.create_table(
            name,
            sa.Column("tenant_id", sa.Text(), nullable=False),
            sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
            *(sa.Column(column, kind, nullable=False) for column, kind in columns.items()),
            sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f(f"pk_{name}")),
        )
        if key:
            op.create_unique_constraint(f"uq_{name}_tenant_id_{'_'.join(key)}", name, ["tenant_id", *key])
        protect(op, name)
    op.create_index("ix_fact_dirty_day", "fact_dirty", ["tenant_id", "day"])
    op.create_index("ix_question_asked_day", "question_asked", ["tenant_id", "asked_at"])


def downgrade() -> None:
    for name in reversed(TABLES):
        op.drop_table(name)
