"""Texts have versions, one of them live, and staff can have one sent to their own Zalo."""

import sqlalchemy as sa
from alembic import op

from motcua.core.row_security import each_tenant, protect

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)

FIRST_VERSIONS = sa.text("""
    INSERT INTO message_text_version
        (tenant_id, event, number, body, body_en, source, note, made_by, made_at, published_by, published_at)
    SELECT vi.tenant_id, vi.event, 1, vi.body, en.body, 'folder', '', 'Thư mục của tỉnh', now(),
           'Thư mục của tỉnh', now()
    FROM message_text AS vi
    LEFT JOIN message_text AS en ON en.tenant_id = vi.tenant_id AND en.event = vi.event || '.en'
    WHERE vi.tenant_id = :tenant AND vi.event NOT LIKE '%.en'
""")


def upgrade() -> None:
    op.create_table(
        "message_text_version",
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("event", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("body_en", sa.Text(), nullable=True),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("made_by", sa.Text(), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("published_by", sa.Text(), nullable=True),
        sa.Column("published_at", MOMENT, nullable=True),
        sa.CheckConstraint("source IN ('folder', 'console')", name=op.f("ck_message_text_version_source")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_message_text_version")),
        sa.UniqueConstraint(
            "tenant_id", "event", "number", name=op.f("uq_message_text_version_tenant_id_event_number")
        ),
    )
    protect(op, "message_text_version")
    op.create_table(
        "text_tester",
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("staff_id", sa.BigInteger(), nullable=False),
        sa.Column("citizen_id", sa.BigInteger(), nullable=False),
        sa.Column("linked_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_text_tester")),
        sa.UniqueConstraint("tenant_id", "staff_id", name=op.f("uq_text_tester_tenant_id_staff_id")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "staff_id"],
            ["staff.tenant_id", "staff.id"],
            name=op.f("fk_text_tester_staff"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "citizen_id"],
            ["citizen.tenant_id", "citizen.id"],
            name=op.f("fk_text_tester_citizen"),
            ondelete="CASCADE",
        ),
    )
    protect(op, "text_tester")
    op.add_column("message_text", sa.Column("version", sa.Integer(), nullable=True))
    for tenant_id in each_tenant(op):
        op.get_bind().execute(FIRST_VERSIONS, {"tenant": tenant_id})
        op.get_bind().execute(
            sa.text("UPDATE message_text SET version = 1 WHERE tenant_id = :tenant"), {"tenant": tenant_id}
        )


def downgrade() -> None:
    op.drop_table("text_tester")
    op.drop_column("message_text", "version")
    op.drop_table("message_text_version")
