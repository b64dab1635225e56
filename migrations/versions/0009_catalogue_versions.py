"""National procedures keep their past; the base has a number that grows with its changes."""

import unicodedata

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

BATCH = 500


def upgrade() -> None:
    op.add_column("national_procedure", sa.Column("name_key", sa.Text(), nullable=False, server_default=""))
    op.add_column("national_procedure", sa.Column("withdrawn_on", sa.Date(), nullable=True))
    op.create_table(
        "national_procedure_version",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("field", sa.Text(), nullable=False),
        sa.Column("facts", postgresql.JSONB(), nullable=False),
        sa.ForeignKeyConstraint(
            ["code"],
            ["national_procedure.code"],
            name=op.f("fk_national_procedure_version_national_procedure"),
        ),
        sa.PrimaryKeyConstraint("code", "number", name=op.f("pk_national_procedure_version")),
    )
    op.create_table(
        "national_catalogue",
        sa.Column("id", sa.SmallInteger(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_national_catalogue_one_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_national_catalogue")),
    )
    connection = op.get_bind()
    connection.execute(
        sa.text(
            "INSERT INTO national_procedure_version (code, number, name, field, facts)"
            " SELECT code, 1, name, field, facts FROM national_procedure"
        )
    )
    connection.execute(sa.text("INSERT INTO national_catalogue (id, version) VALUES (1, 1)"))
    names = connection.execute(sa.text("SELECT code, name FROM national_procedure")).all()
    keys = [{"code": code, "key": _plain(name)} for code, name in names]
    for start in range(0, len(keys), BATCH):
        connection.execute(
            sa.text("UPDATE national_procedure SET name_key = :key WHERE code = :code"),
            keys[start : start + BATCH],
        )


def downgrade() -> None:
    op.drop_table("national_catalogue")
    op.drop_table("national_procedure_version")
    op.drop_column("national_procedure", "withdrawn_on")
    op.drop_column("national_procedure", "name_key")


def _plain(text: str) -> str:
    """As catalogue.names.plain_name was when this was written."""
    folded = unicodedata.normalize("NFD", text.lower().replace("đ", "d"))
    kept = (letter if letter.isalnum() else " " for letter in folded if not unicodedata.combining(letter))
    return " ".join("".join(kept).split())
