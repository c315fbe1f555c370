"""Which of many waiting mails is filed first.

Why: an emergency behind ten thousand mails must not wait for all of them.
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("messages", sa.Column("rank", sa.Integer(), nullable=False, server_default="1"))


def downgrade() -> None:
    op.drop_column("messages", "rank")
