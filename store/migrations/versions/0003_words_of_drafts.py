"""Words of drafts, for searching.

Why: two-character Chinese words are to be found among 100,000 drafts at once.
"""

import sqlalchemy as sa
from alembic import op
from store import search

revision = '0003'
down_revision = '0002'
branch_labels = None
depends_on = None

_BATCH = 500


def upgrade() -> None:
    connection = op.get_bind()
    search.create(connection)
    drafts = sa.table('drafts', sa.column('id'), sa.column('title'), sa.column('text'))
    last = 0
    while True:
        following = sa.select(drafts).where(drafts.c.id > last).order_by(drafts.c.id)
        rows = connection.execute(following.limit(_BATCH)).all()
        if not rows:
            return
        for row in rows:
            search.enter(connection, row.id, row.title, row.text)
        last = rows[-1].id


def downgrade() -> None:
    op.drop_table(search.INDEX)
