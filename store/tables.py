"""The tables. Alembic's revisions bring a database here; a test compares the two."""

from datetime import UTC, datetime

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Date,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)
from sqlalchemy.types import TypeDecorator

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class Utc(TypeDecorator[datetime]):
    """An instant as UTC text that sorts in time order; naive values are refused.

    The library's own DateTime hands back naive values from SQLite.
    """

    impl = String(32)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> str | None:
        """Aware datetime to fixed-width text with microseconds."""
        del dialect
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("naive datetime refused")
        return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")

    def process_result_value(self, value: str | None, dialect: Dialect) -> datetime | None:
        """Text back to an aware datetime."""
        del dialect
        return None if value is None else datetime.fromisoformat(value)


Uid = BigInteger().with_variant(Integer, "sqlite")
"""RFC 3501's numbers are unsigned 32-bit; SQLite's INTEGER is wide enough for them."""


def _id() -> Column[int]:
    return Column("id", Integer, primary_key=True, autoincrement=True)


def _message_id() -> Column[int]:
    return Column("message_id", ForeignKey("messages.id"), nullable=False, index=True)


def _text(name: str) -> Column[str]:
    return Column(name, Text, nullable=False, default="")


def _json(name: str) -> Column[object]:
    return Column(name, JSON, nullable=False, default=list)


def _utc(name: str, *, null: bool = True, index: bool = False) -> Column[datetime]:
    return Column(name, Utc, nullable=null, index=index)


messages = Table(
    "messages",
    metadata,
    _id(),
    Column("sha256", String(64), nullable=False, unique=True),
    Column("size", Integer, nullable=False),
    _utc("received_at", null=False, index=True),
    _utc("fetched_at", null=False),
    Column("state", String(12), nullable=False, index=True),
    Column("kind", String(12), nullable=False, default="", index=True),
    _text("reason"),
    Column("origin", String(8), nullable=False, default="imap"),
    Column("message_id", Text, nullable=False, default="", index=True),
    Column("sender", Text, nullable=False, default="", index=True),
    _text("sender_name"),
    _text("subject"),
    _utc("sent_at"),
    Column("attempts", Integer, nullable=False, default=0),
    Column("rank", Integer, nullable=False, default=1),
    Column("summary", JSON, nullable=False, default=dict),
    _utc("purged_at"),
)

sightings = Table(
    "sightings",
    metadata,
    _id(),
    _message_id(),
    Column("folder", Text, nullable=False),
    Column("uid_validity", Uid, nullable=False),
    Column("uid", Uid, nullable=False),
    UniqueConstraint("folder", "uid_validity", "uid"),
)

cursors = Table(
    "cursors",
    metadata,
    _id(),
    Column("folder", Text, nullable=False),
    Column("uid_validity", Uid, nullable=False),
    Column("last_uid", Uid, nullable=False),
    _utc("polled_at"),
    Column("server_count", Integer, nullable=False, default=0),
    UniqueConstraint("folder", "uid_validity"),
)

drafts = Table(
    "drafts",
    metadata,
    _id(),
    _message_id(),
    Column("ordinal", Integer, nullable=False),
    _utc("received_at", null=False, index=True),
    Column("unit", Text, nullable=False, default=""),
    _text("title"),
    Column("kind", String(16), nullable=False),
    Column("column", Integer),
    Column("words", Integer, nullable=False),
    Column("words_total", Integer, nullable=False),
    Column("words_cjk", Integer, nullable=False),
    Column("state", String(12), nullable=False, default="counted"),
    _json("joint"),
    Column("unit_confidence", String(8), nullable=False, default="unsure"),
    Column("approximate", Boolean, nullable=False, default=False),
    Column("emergency", String(8), nullable=False, default="none"),
    Column("stage", String(8), nullable=False, default=""),
    _text("hazard"),
    _utc("event_earliest"),
    _utc("event_latest"),
    Column("minutes_to_report", Integer),
    Column("punctuality", String(8), nullable=False, default="不适用"),
    Column("late", Boolean),
    Column("task", Integer),
    Column("same_item_as", ForeignKey("drafts.id")),
    Column("relation", String(16), nullable=False, default=""),
    _text("fingerprint"),
    Column("text_sha256", String(64), nullable=False, default="", index=True),
    _text("source"),
    _text("text"),
    _json("needs_review"),
    _json("reasons"),
    _json("warnings"),
    _json("missing"),
    _json("elements_missing"),
    _json("distinct_images"),
    _text("rules_version"),
    _utc("reported_at"),
    UniqueConstraint("message_id", "ordinal"),
    *(Index(None, column, "received_at") for column in ("kind", "state", "unit")),
)

draft_bands = Table(
    "draft_bands",
    metadata,
    Column("draft_id", ForeignKey("drafts.id"), primary_key=True),
    Column("band", String(24), primary_key=True),
    Index("ix_draft_bands_band", "band"),
)

files = Table(
    "files",
    metadata,
    _id(),
    _message_id(),
    _text("name"),
    Column("sha256", String(64), nullable=False, default=""),
    Column("size", Integer, nullable=False, default=0),
    Column("format", String(16), nullable=False, default=""),
    Column("readable", Boolean, nullable=False, default=True),
    _text("reason"),
    _text("remedy"),
    _text("container"),
)

cloud_links = Table(
    "cloud_links",
    metadata,
    _id(),
    _message_id(),
    Column("provider", String(16), nullable=False),
    _text("name"),
    _text("size"),
    _text("url"),
    _utc("expires_at"),
)

events = Table(
    "events",
    metadata,
    _id(),
    _text("unit"),
    _text("title"),
    _text("hazard"),
    Column("level", String(8), nullable=False),
    Column("state", String(12), nullable=False, index=True),
    _utc("opened_at", null=False),
    _text("opened_by"),
    _utc("happened_earliest"),
    _utc("happened_latest"),
    _utc("phoned_at"),
    _utc("written_at"),
    _utc("last_report_at"),
    _utc("acknowledged_at"),
    _text("acknowledged_by"),
    _utc("closed_at"),
    _json("draft_ids"),
    _utc("reported_at"),
)

commissions = Table(
    "commissions",
    metadata,
    _id(),
    _text("unit"),
    _text("topic"),
    _utc("asked_at", null=False),
    _utc("due", null=False),
    Column("state", String(12), nullable=False, default="open"),
    Column("draft_id", ForeignKey("drafts.id")),
)

activities = Table(
    "activities",
    metadata,
    _id(),
    _text("unit"),
    _text("topic"),
    Column("held_on", Date, nullable=False),
    Column("state", String(12), nullable=False, default="open"),
    Column("draft_id", ForeignKey("drafts.id")),
)

exemptions = Table(
    "exemptions",
    metadata,
    _id(),
    Column("obligation_key", Text, nullable=False, index=True),
    _text("unit"),
    _text("because"),
    _utc("granted_at", null=False),
    _text("granted_by"),
    Column("revoked", Boolean, nullable=False, default=False),
)

acts = Table(
    "acts",
    metadata,
    _id(),
    _utc("at", null=False),
    _text("by"),
    _text("verb"),
    Column("subject", Text, nullable=False, index=True),
    Column("detail", JSON, nullable=False, default=dict),
    Column("undone_by", ForeignKey("acts.id")),
)

outbox = Table(
    "outbox",
    metadata,
    _id(),
    Column("key", Text, nullable=False, unique=True),
    Column("lane", String(8), nullable=False),
    _json("to"),
    _text("subject"),
    Column("state", String(12), nullable=False, index=True),
    Column("attempts", Integer, nullable=False, default=0),
    _utc("created_at", null=False, index=True),
    Column("message_id", Text, nullable=False, unique=True),
    _utc("next_try", index=True),
    _utc("sent_at", index=True),
    _utc("attempted_at"),
    _text("reason"),
    _text("text"),
    _text("html"),
    Column("headers", JSON, nullable=False, default=dict),
    _json("concerns"),
    _json("delivered_to"),
)

outbox_attachments = Table(
    "outbox_attachments",
    metadata,
    _id(),
    Column("mail_id", ForeignKey("outbox.id"), nullable=False, index=True),
    _text("name"),
    _text("content_type"),
    Column("data", LargeBinary, nullable=False),
)

contacts = Table(
    "contacts",
    metadata,
    Column("address", String(320), primary_key=True),
    _text("unit"),
    _utc("confirmed_at"),
    _text("confirmed_by"),
    Column("bounces", Integer, nullable=False, default=0),
    _utc("last_bounce_at"),
    _text("last_bounce"),
    _utc("heard_at"),
)

facts = Table(
    "facts",
    metadata,
    Column("name", Text, primary_key=True),
    Column("value", JSON),
    _utc("at", null=False),
)

tokens = Table(
    "tokens",
    metadata,
    _id(),
    Column("mac", String(64), nullable=False, default=""),
    _text("address"),
    Column("action", String(16), nullable=False),
    _text("object"),
    _utc("expires", null=False),
    _utc("used_at"),
)
