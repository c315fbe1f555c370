"""When an address was last heard of, kept beside it.

Why: a purge empties the senders of old mails; the next one then forgot addresses that had
written since they were confirmed. For mails purged before this revision nobody knows whose they
were: the latest of them is taken for every address, so that none is forgotten too early.
"""

import sqlalchemy as sa
from alembic import op
from store.tables import Utc

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("contacts", sa.Column("heard_at", Utc(), nullable=True))
    latest = "SELECT max(received_at) FROM messages WHERE purged_at IS NOT NULL"
    op.execute(f"UPDATE contacts SET heard_at = ({latest})")  # noqa: S608  our own words


def downgrade() -> None:
    op.drop_column("contacts", "heard_at")
