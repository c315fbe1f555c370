"""Tokens of orders by mail.

Why: an order is proved by a one-time token that was mailed to a registered address.
"""

import sqlalchemy as sa
from alembic import op
from store.tables import Utc

revision = '0002'
down_revision = '0001'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('tokens',
    sa.Column('id', sa.Integer(), autoincrement=True, nullable=False),
    sa.Column('mac', sa.String(length=64), nullable=False),
    sa.Column('address', sa.Text(), nullable=False),
    sa.Column('action', sa.String(length=16), nullable=False),
    sa.Column('object', sa.Text(), nullable=False),
    sa.Column('expires', Utc(), nullable=False),
    sa.Column('used_at', Utc(), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_tokens'))
    )


def downgrade() -> None:
    op.drop_table('tokens')
