"""First tables.

Why: everything the daemon keeps from its first day.
"""

import sqlalchemy as sa
from alembic import op
from store.tables import Uid, Utc

revision = '0001'
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('acts',
    sa.Column('id', sa.Integer(), autoincrement=True, nullable=False),
    sa.Column('at', Utc(), nullable=False),
    sa.Column('by', sa.Text(), nullable=False),
    sa.Column('verb', sa.Text(), nullable=False),
    sa.Column('subject', sa.Text(), nullable=False),
    sa.Column('detail', sa.JSON(), nullable=False),
    sa.Column('undone_by', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['undone_by'], ['acts.id'], name=op.f('fk_acts_undone_by')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_acts'))
    )
    with op.batch_alter_table('acts', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_acts_subject'), ['subject'], unique=False)

    op.create_table('contacts',
    sa.Column('address', sa.String(length=320), nullable=False),
    sa.Column('unit', sa.Text(), nullable=False),
    sa.Column('confirmed_at', Utc(), nullable=True),
    sa.Column('confirmed_by', sa.Text(), nullable=False),
    sa.Column('bounces', sa.Integer(), nullable=False),
    sa.Column('last_bounce_at', Utc(), nullable=True),
    sa.Column('last_bounce', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('address', name=op.f('pk_contacts'))
    )
    op.create_table('cursors',
    sa.Column('id', sa.Integer(), autoincrement=True, nullable=False),
    sa.Column('folder', sa.Text(), nullable=False),
    sa.Column('uid_validity', Uid, nullable=False),
    sa.Column('last_uid', Uid, nullable=False),
    sa.Column('polled_at', Utc(), nullable=True),
    sa.Column('server_count', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_cursors')),
    sa.UniqueConstraint('folder', 'uid_validity', name=op.f('uq_cursors_folder_uid_validity'))
    )
    op.create_table('events',
    sa.Column('id', sa.Integer(), autoincrement=True, nullable=False),
    sa.Column('unit', sa.Text(), nullable=False),
    sa.Column('title', sa.Text(), nullable=False),
    sa.Column('hazard', sa.Text(), nullable=False),
    sa.Column('level', sa.String(length=8), nullable=False),
    sa.Column('state', sa.String(length=12), nullable=False),
    sa.Column('opened_at', Utc(), nullable=False),
    sa.Column('opened_by', sa.Text(), nullable=False),
    sa.Column('happened_earliest', Utc(), nullable=True),
    sa.Column('happened_latest', Utc(), nullable=True),
    sa.Column('phoned_at', Utc(), nullable=True),
    sa.Column('written_at', Utc(), nullable=True),
    sa.Column('last_report_at', Utc(), nullable=True),
    sa.Column('acknowledged_at', Utc(), nullable=True),
    sa.Column('acknowledged_by', sa.Text(), nullable=False),
    sa.Column('closed_at', Utc(), nullable=True),
    sa.Column('draft_ids', sa.JSON(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_events'))
    )
    with op.batch_alter_table('events', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_events_state'), ['state'], unique=False)

    op.create_table('exemptions',
    sa.Column('id', sa.Integer(), autoincrement=True, nullable=False),
    sa.Column('obligation_key', sa.Text(), nullable=False),
    sa.Column('unit', sa.Text(), nullable=False),
    sa.Column('because', sa.Text(), nullable=False),
    sa.Column('granted_at', Utc(), nullable=False),
    sa.Column('granted_by', sa.Text(), nullable=False),
    sa.Column('revoked', sa.Boolean(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_exemptions'))
    )
    with op.batch_alter_table('exemptions', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_exemptions_obligation_key'), ['obligation_key'], unique=False)

    op.create_table('facts',
    sa.Column('name', sa.String(length=80), nullable=False),
    sa.Column('value', sa.JSON(), nullable=True),
    sa.Column('at', Utc(), nullable=False),
    sa.PrimaryKeyConstraint('name', name=op.f('pk_facts'))
    )
    op.create_table('messages',
    sa.Column('id', sa.Integer(), autoincrement=True, nullable=False),
    sa.Column('sha256', sa.String(length=64), nullable=False),
    sa.Column('size', sa.Integer(), nullable=False),
    sa.Column('received_at', Utc(), nullable=False),
    sa.Column('fetched_at', Utc(), nullable=False),
    sa.Column('state', sa.String(length=12), nullable=False),
    sa.Column('kind', sa.String(length=12), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('origin', sa.String(length=8), nullable=False),
    sa.Column('message_id', sa.Text(), nullable=False),
    sa.Column('sender', sa.Text(), nullable=False),
    sa.Column('sender_name', sa.Text(), nullable=False),
    sa.Column('subject', sa.Text(), nullable=False),
    sa.Column('sent_at', Utc(), nullable=True),
    sa.Column('attempts', sa.Integer(), nullable=False),
    sa.Column('summary', sa.JSON(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_messages')),
    sa.UniqueConstraint('sha256', name=op.f('uq_messages_sha256'))
    )
    with op.batch_alter_table('messages', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_messages_kind'), ['kind'], unique=False)
        batch_op.create_index(batch_op.f('ix_messages_message_id'), ['message_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_messages_received_at'), ['received_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_messages_sender'), ['sender'], unique=False)
        batch_op.create_index(batch_op.f('ix_messages_state'), ['state'], unique=False)

    op.create_table('outbox',
    sa.Column('id', sa.Integer(), autoincrement=True, nullable=False),
    sa.Column('key', sa.Text(), nullable=False),
    sa.Column('lane', sa.String(length=8), nullable=False),
    sa.Column('to', sa.JSON(), nullable=False),
    sa.Column('subject', sa.Text(), nullable=False),
    sa.Column('state', sa.String(length=12), nullable=False),
    sa.Column('attempts', sa.Integer(), nullable=False),
    sa.Column('created_at', Utc(), nullable=False),
    sa.Column('message_id', sa.Text(), nullable=False),
    sa.Column('next_try', Utc(), nullable=True),
    sa.Column('sent_at', Utc(), nullable=True),
    sa.Column('attempted_at', Utc(), nullable=True),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('html', sa.Text(), nullable=False),
    sa.Column('headers', sa.JSON(), nullable=False),
    sa.Column('concerns', sa.JSON(), nullable=False),
    sa.Column('delivered_to', sa.JSON(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_outbox')),
    sa.UniqueConstraint('key', name=op.f('uq_outbox_key')),
    sa.UniqueConstraint('message_id', name=op.f('uq_outbox_message_id'))
    )
    with op.batch_alter_table('outbox', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_outbox_next_try'), ['next_try'], unique=False)
        batch_op.create_index(batch_op.f('ix_outbox_sent_at'), ['sent_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_outbox_state'), ['state'], unique=False)

    op.create_table('cloud_links',
    sa.Column('id', sa.Integer(), autoincrement=True, nullable=False),
    sa.Column('message_id', sa.Integer(), nullable=False),
    sa.Column('provider', sa.String(length=16), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('size', sa.Text(), nullable=False),
    sa.Column('url', sa.Text(), nullable=False),
    sa.Column('expires_at', Utc(), nullable=True),
    sa.ForeignKeyConstraint(['message_id'], ['messages.id'], name=op.f('fk_cloud_links_message_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_cloud_links'))
    )
    with op.batch_alter_table('cloud_links', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_cloud_links_message_id'), ['message_id'], unique=False)

    op.create_table('drafts',
    sa.Column('id', sa.Integer(), autoincrement=True, nullable=False),
    sa.Column('message_id', sa.Integer(), nullable=False),
    sa.Column('ordinal', sa.Integer(), nullable=False),
    sa.Column('received_at', Utc(), nullable=False),
    sa.Column('unit', sa.Text(), nullable=False),
    sa.Column('title', sa.Text(), nullable=False),
    sa.Column('kind', sa.String(length=16), nullable=False),
    sa.Column('column', sa.Integer(), nullable=True),
    sa.Column('words', sa.Integer(), nullable=False),
    sa.Column('words_total', sa.Integer(), nullable=False),
    sa.Column('words_cjk', sa.Integer(), nullable=False),
    sa.Column('state', sa.String(length=12), nullable=False),
    sa.Column('joint', sa.JSON(), nullable=False),
    sa.Column('unit_confidence', sa.String(length=8), nullable=False),
    sa.Column('approximate', sa.Boolean(), nullable=False),
    sa.Column('emergency', sa.String(length=8), nullable=False),
    sa.Column('stage', sa.String(length=8), nullable=False),
    sa.Column('hazard', sa.Text(), nullable=False),
    sa.Column('event_earliest', Utc(), nullable=True),
    sa.Column('event_latest', Utc(), nullable=True),
    sa.Column('minutes_to_report', sa.Integer(), nullable=True),
    sa.Column('punctuality', sa.String(length=8), nullable=False),
    sa.Column('late', sa.Boolean(), nullable=True),
    sa.Column('task', sa.Integer(), nullable=True),
    sa.Column('same_item_as', sa.Integer(), nullable=True),
    sa.Column('relation', sa.String(length=16), nullable=False),
    sa.Column('fingerprint', sa.Text(), nullable=False),
    sa.Column('text_sha256', sa.String(length=64), nullable=False),
    sa.Column('source', sa.Text(), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('needs_review', sa.JSON(), nullable=False),
    sa.Column('reasons', sa.JSON(), nullable=False),
    sa.Column('warnings', sa.JSON(), nullable=False),
    sa.Column('missing', sa.JSON(), nullable=False),
    sa.Column('elements_missing', sa.JSON(), nullable=False),
    sa.Column('distinct_images', sa.JSON(), nullable=False),
    sa.Column('rules_version', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['message_id'], ['messages.id'], name=op.f('fk_drafts_message_id')),
    sa.ForeignKeyConstraint(['same_item_as'], ['drafts.id'], name=op.f('fk_drafts_same_item_as')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_drafts')),
    sa.UniqueConstraint('message_id', 'ordinal', name=op.f('uq_drafts_message_id_ordinal'))
    )
    with op.batch_alter_table('drafts', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_drafts_kind'), ['kind'], unique=False)
        batch_op.create_index(batch_op.f('ix_drafts_message_id'), ['message_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_drafts_received_at'), ['received_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_drafts_state'), ['state'], unique=False)
        batch_op.create_index(batch_op.f('ix_drafts_text_sha256'), ['text_sha256'], unique=False)
        batch_op.create_index(batch_op.f('ix_drafts_unit'), ['unit'], unique=False)

    op.create_table('files',
    sa.Column('id', sa.Integer(), autoincrement=True, nullable=False),
    sa.Column('message_id', sa.Integer(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('sha256', sa.String(length=64), nullable=False),
    sa.Column('size', sa.Integer(), nullable=False),
    sa.Column('format', sa.String(length=16), nullable=False),
    sa.Column('readable', sa.Boolean(), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('remedy', sa.Text(), nullable=False),
    sa.Column('container', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['message_id'], ['messages.id'], name=op.f('fk_files_message_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_files'))
    )
    with op.batch_alter_table('files', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_files_message_id'), ['message_id'], unique=False)

    op.create_table('outbox_attachments',
    sa.Column('id', sa.Integer(), autoincrement=True, nullable=False),
    sa.Column('mail_id', sa.Integer(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('content_type', sa.Text(), nullable=False),
    sa.Column('data', sa.LargeBinary(), nullable=False),
    sa.ForeignKeyConstraint(['mail_id'], ['outbox.id'], name=op.f('fk_outbox_attachments_mail_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_outbox_attachments'))
    )
    with op.batch_alter_table('outbox_attachments', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_outbox_attachments_mail_id'), ['mail_id'], unique=False)

    op.create_table('sightings',
    sa.Column('id', sa.Integer(), autoincrement=True, nullable=False),
    sa.Column('message_id', sa.Integer(), nullable=False),
    sa.Column('folder', sa.Text(), nullable=False),
    sa.Column('uid_validity', Uid, nullable=False),
    sa.Column('uid', Uid, nullable=False),
    sa.ForeignKeyConstraint(['message_id'], ['messages.id'], name=op.f('fk_sightings_message_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_sightings')),
    sa.UniqueConstraint('folder', 'uid_validity', 'uid', name=op.f('uq_sightings_folder_uid_validity_uid'))
    )
    with op.batch_alter_table('sightings', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_sightings_message_id'), ['message_id'], unique=False)

    op.create_table('activities',
    sa.Column('id', sa.Integer(), autoincrement=True, nullable=False),
    sa.Column('unit', sa.Text(), nullable=False),
    sa.Column('topic', sa.Text(), nullable=False),
    sa.Column('held_on', sa.Date(), nullable=False),
    sa.Column('state', sa.String(length=12), nullable=False),
    sa.Column('draft_id', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['draft_id'], ['drafts.id'], name=op.f('fk_activities_draft_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_activities'))
    )
    op.create_table('commissions',
    sa.Column('id', sa.Integer(), autoincrement=True, nullable=False),
    sa.Column('unit', sa.Text(), nullable=False),
    sa.Column('topic', sa.Text(), nullable=False),
    sa.Column('asked_at', Utc(), nullable=False),
    sa.Column('due', Utc(), nullable=False),
    sa.Column('state', sa.String(length=12), nullable=False),
    sa.Column('draft_id', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['draft_id'], ['drafts.id'], name=op.f('fk_commissions_draft_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_commissions'))
    )
    op.create_table('draft_bands',
    sa.Column('draft_id', sa.Integer(), nullable=False),
    sa.Column('band', sa.String(length=24), nullable=False),
    sa.ForeignKeyConstraint(['draft_id'], ['drafts.id'], name=op.f('fk_draft_bands_draft_id')),
    sa.PrimaryKeyConstraint('draft_id', 'band', name=op.f('pk_draft_bands'))
    )
    with op.batch_alter_table('draft_bands', schema=None) as batch_op:
        batch_op.create_index('ix_draft_bands_band', ['band'], unique=False)



def downgrade() -> None:
    with op.batch_alter_table('draft_bands', schema=None) as batch_op:
        batch_op.drop_index('ix_draft_bands_band')

    op.drop_table('draft_bands')
    op.drop_table('commissions')
    op.drop_table('activities')
    with op.batch_alter_table('sightings', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_sightings_message_id'))

    op.drop_table('sightings')
    with op.batch_alter_table('outbox_attachments', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_outbox_attachments_mail_id'))

    op.drop_table('outbox_attachments')
    with op.batch_alter_table('files', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_files_message_id'))

    op.drop_table('files')
    with op.batch_alter_table('drafts', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_drafts_unit'))
        batch_op.drop_index(batch_op.f('ix_drafts_text_sha256'))
        batch_op.drop_index(batch_op.f('ix_drafts_state'))
        batch_op.drop_index(batch_op.f('ix_drafts_received_at'))
        batch_op.drop_index(batch_op.f('ix_drafts_message_id'))
        batch_op.drop_index(batch_op.f('ix_drafts_kind'))

    op.drop_table('drafts')
    with op.batch_alter_table('cloud_links', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_cloud_links_message_id'))

    op.drop_table('cloud_links')
    with op.batch_alter_table('outbox', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_outbox_state'))
        batch_op.drop_index(batch_op.f('ix_outbox_sent_at'))
        batch_op.drop_index(batch_op.f('ix_outbox_next_try'))

    op.drop_table('outbox')
    with op.batch_alter_table('messages', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_messages_state'))
        batch_op.drop_index(batch_op.f('ix_messages_sender'))
        batch_op.drop_index(batch_op.f('ix_messages_received_at'))
        batch_op.drop_index(batch_op.f('ix_messages_message_id'))
        batch_op.drop_index(batch_op.f('ix_messages_kind'))

    op.drop_table('messages')
    op.drop_table('facts')
    with op.batch_alter_table('exemptions', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_exemptions_obligation_key'))

    op.drop_table('exemptions')
    with op.batch_alter_table('events', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_events_state'))

    op.drop_table('events')
    op.drop_table('cursors')
    op.drop_table('contacts')
    with op.batch_alter_table('acts', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_acts_subject'))

    op.drop_table('acts')
