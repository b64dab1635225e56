"""One agency's facts are found without reading the others' days, and a day's results without reading all dossiers.

Under row security PostgreSQL takes no index for a coalesce, which it does not trust to tell nothing: the index of
results was never used, and each day's count read the whole table.
"""

from alembic import op
from sqlalchemy import text

revision = "0078"
down_revision = "0077"
branch_labels = None
depends_on = None

OF_AN_AGENCY = {
    "ix_fact_dossier_agency": "fact_dossier",
    "ix_fact_satisfaction_agency": "fact_satisfaction",
    "ix_fact_voice_agency": "fact_voice",
}
ENDED = "status IN (9, 10)"
RESULT_AT = (
    "(CASE WHEN ready_at IS NOT NULL THEN ready_at"
    " WHEN returned_at IS NOT NULL THEN returned_at ELSE status_at END)"
)


def upgrade() -> None:
    with op.get_context().autocommit_block():
        for name, table in OF_AN_AGENCY.items():
            op.create_index(name, table, ["tenant_id", "agency_key", "day"], postgresql_concurrently=True)
        _of_results("ix_dossier_concluded", RESULT_AT)
        op.drop_index("ix_dossier_result", table_name="dossier", postgresql_concurrently=True)


def downgrade() -> None:
    with op.get_context().autocommit_block():
        _of_results("ix_dossier_result", "coalesce(ready_at, returned_at, status_at)")
        op.drop_index("ix_dossier_concluded", table_name="dossier", postgresql_concurrently=True)
        for name, table in OF_AN_AGENCY.items():
            op.drop_index(name, table_name=table, postgresql_concurrently=True)


def _of_results(name: str, moment: str) -> None:
    columns = ["tenant_id", text(moment)]
    op.create_index(name, "dossier", columns, postgresql_where=text(ENDED), postgresql_concurrently=True)
