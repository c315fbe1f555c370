"""Drafts of a unit, kind or state in the order of their receipt.

Why: lists want the newest first; sorting all drafts of a kind took most of their time.
"""

from alembic import op

revision = '0006'
down_revision = '0005'
branch_labels = None
depends_on = None

_COLUMNS = ('kind', 'state', 'unit')


def upgrade() -> None:
    with op.batch_alter_table('drafts', schema=None) as batch_op:
        for column in _COLUMNS:
            batch_op.create_index(f'ix_drafts_{column}_received_at', [column, 'received_at'])
            batch_op.drop_index(f'ix_drafts_{column}')


def downgrade() -> None:
    with op.batch_alter_table('drafts', schema=None) as batch_op:
        for column in _COLUMNS:
            batch_op.create_index(f'ix_drafts_{column}', [column])
            batch_op.drop_index(f'ix_drafts_{column}_received_at')
