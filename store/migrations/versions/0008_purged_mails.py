"""Mails whose raw file and personal fields were deleted on purpose.

Why: personal data is kept no longer than needed; verify, backup and rebuild must not take
such a mail for a lost one.
"""

import sqlalchemy as sa
from alembic import op
from store.tables import Utc

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("messages", sa.Column("purged_at", Utc(), nullable=True))


def downgrade() -> None:
    op.drop_column("messages", "purged_at")
