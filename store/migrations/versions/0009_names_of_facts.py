"""Names of facts of any length.

Why: a name may hold the key of a letter, and with it a digest of 64 digits. PostgreSQL refused
those of more than 80 letters, after the push they were to remember had gone out.
"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("facts", schema=None) as batch_op:
        batch_op.alter_column(
            "name", existing_type=sa.String(80), type_=sa.Text(), existing_nullable=False
        )


def downgrade() -> None:
    with op.batch_alter_table("facts", schema=None) as batch_op:
        batch_op.alter_column(
            "name", existing_type=sa.Text(), type_=sa.String(80), existing_nullable=False
        )
