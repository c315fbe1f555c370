"""接报 beside 事发.

Why: the office may decide that the 30 minutes start when the unit learnt of the event.
"""

import sqlalchemy as sa
from alembic import op
from store.tables import Utc

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("drafts", sa.Column("reported_at", Utc(), nullable=True))
    op.add_column("events", sa.Column("reported_at", Utc(), nullable=True))


def downgrade() -> None:
    op.drop_column("events", "reported_at")
    op.drop_column("drafts", "reported_at")
