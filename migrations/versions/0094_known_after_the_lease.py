"""What is known of a claim counts after its lease has run out, too: that the message never left, or was refused.

A worker that stood still for half a minute, or could not reach the database for as long, came back with it and was not
heard: the sweep had called the message uncertain meanwhile, and it stayed so. `claimed_at` names one claim alone.
"""

from alembic import op

revision = "0094"
down_revision = "0093"
branch_labels = None
depends_on = None

ONLY_WHILE_SENDING = "AND message.id = outcome.id AND message.state = 'sending'\n"
UNTIL_SETTLED = "AND message.id = outcome.id AND message.state IN ('sending', 'uncertain')\n"


def _before() -> str:
    return op.get_context().script.get_revision("0086").module.RECORD


def upgrade() -> None:
    op.execute(_before().replace(ONLY_WHILE_SENDING, UNTIL_SETTLED))


def downgrade() -> None:
    op.execute(_before())
