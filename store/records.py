"""Rows of the store as frozen values; no database library is imported here.

All instants are timezone-aware UTC. `id` is 0 for a record not yet stored.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

MessageState = Literal["received", "filed", "quarantined"]
OutboxState = Literal[
    "queued", "sending", "sent", "deferred", "failed", "held", "unknown", "cancelled"
]
Lane = Literal["urgent", "answer", "receipt", "reminder", "report"]
LANES: tuple[Lane, ...] = ("urgent", "answer", "receipt", "reminder", "report")
DraftState = Literal["counted", "not_counted", "withdrawn", "returned"]


@dataclass(frozen=True, slots=True)
class Sighting:
    """Where a mail was seen on the server: identity beside its content hash."""

    folder: str
    uid_validity: int
    uid: int


@dataclass(frozen=True, slots=True)
class MessageRecord:
    """One distinct mail, by the sha256 of its raw bytes.

    Attributes:
        received_at: The provider's receipt time (INTERNALDATE, else Received, else fetch time).
        fetched_at: When we archived it.
        kind: draft, command, bounce, auto_reply, other; "" until filed.
        reason: Why it is that kind, or why it was quarantined.
        origin: "imap" or "import".
        rank: Of many waiting mails the lowest is filed first; 0 sounds urgent.
        purged_at: When its raw file and personal fields were deleted on purpose; None = kept.
    """

    id: int
    sha256: str
    size: int
    received_at: datetime
    fetched_at: datetime
    state: MessageState
    kind: str = ""
    reason: str = ""
    origin: str = "imap"
    message_id: str = ""
    sender: str = ""
    sender_name: str = ""
    subject: str = ""
    sent_at: datetime | None = None
    summary: Mapping[str, object] = field(default_factory=dict)
    rank: int = 1
    purged_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class DraftRecord:
    """One draft as filed. `state` "not_counted": a repeat, a non-draft, or withdrawn.

    Attributes:
        unit: Canonical name, "" when nobody could be named.
        joint: All units of a joint draft, () otherwise.
        kind: 动态简讯, 经验做法, 问题反映, 非稿件 or 待审.
        column: 1, 2 or 3 of annex 2; None when it counts nowhere.
        emergency: "alert", "review" or "none".
        late: True 超时, False 按时, None when not judged or unknown.
        reported_at: 接报, as far as the text tells; None when untold.
        same_item_as: Id of the draft it repeats.
        distinct_images: Digests of the pictures that came with it.
    """

    id: int
    message_id: int
    ordinal: int
    received_at: datetime
    unit: str
    title: str
    kind: str
    column: int | None
    words: int
    words_total: int
    words_cjk: int
    state: DraftState = "counted"
    joint: tuple[str, ...] = ()
    unit_confidence: str = "unsure"
    approximate: bool = False
    emergency: str = "none"
    stage: str = ""
    hazard: str = ""
    event_earliest: datetime | None = None
    event_latest: datetime | None = None
    minutes_to_report: int | None = None
    punctuality: str = "不适用"
    late: bool | None = None
    task: int | None = None
    same_item_as: int | None = None
    relation: str = ""
    fingerprint: str = ""
    text_sha256: str = ""
    source: str = ""
    text: str = ""
    needs_review: tuple[str, ...] = ()
    reasons: tuple[Mapping[str, object], ...] = ()
    warnings: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    elements_missing: tuple[str, ...] = ()
    distinct_images: tuple[str, ...] = ()
    rules_version: str = ""
    reported_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class FileRecord:
    """One file of a mail: what it was, and whether it could be read."""

    id: int
    message_id: int
    name: str
    sha256: str
    size: int
    format: str
    readable: bool
    reason: str = ""
    remedy: str = ""
    container: str = ""


@dataclass(frozen=True, slots=True)
class CloudLinkRecord:
    """A big attachment that came as a link and was not received."""

    id: int
    message_id: int
    provider: str
    name: str
    size: str
    url: str
    expires_at: datetime | None = None


EventState = Literal["open", "closed", "dismissed"]


@dataclass(frozen=True, slots=True)
class EventRecord:
    """An emergency (突发事件) with its clocks; displayed as E<id>.

    Attributes:
        opened_by: "mail" (a draft opened it) or the office address / "cli".
        phoned_at: When the unit reported by telephone.
        written_at: Receipt of the first written report, None while it is owed.
        last_report_at: Receipt of the latest report (首报 or 续报).
        acknowledged_at: Last acknowledgement of the office's duty.
        level: "alert" or "review".
        reported_at: 接报: when the unit learnt of it, None when untold.
    """

    id: int
    unit: str
    title: str
    hazard: str
    level: str
    state: EventState
    opened_at: datetime
    opened_by: str
    happened_earliest: datetime | None = None
    happened_latest: datetime | None = None
    phoned_at: datetime | None = None
    written_at: datetime | None = None
    last_report_at: datetime | None = None
    acknowledged_at: datetime | None = None
    acknowledged_by: str = ""
    closed_at: datetime | None = None
    draft_ids: tuple[int, ...] = ()
    reported_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class CommissionRecord:
    """约稿: the unit must deliver by `due` (四（一）). `draft_id` fulfils it."""

    id: int
    unit: str
    topic: str
    asked_at: datetime
    due: datetime
    state: Literal["open", "done", "cancelled"] = "open"
    draft_id: int | None = None


@dataclass(frozen=True, slots=True)
class ActivityRecord:
    """An activity (重要会议、行程、活动); its section delivers by the next day (annex 2 备注)."""

    id: int
    unit: str
    topic: str
    held_on: date
    state: Literal["open", "done", "cancelled"] = "open"
    draft_id: int | None = None


@dataclass(frozen=True, slots=True)
class ExemptionRecord:
    """免除: the office releases a unit from an obligation by its key."""

    id: int
    obligation_key: str
    unit: str
    because: str
    granted_at: datetime
    granted_by: str
    revoked: bool = False


@dataclass(frozen=True, slots=True)
class ActRecord:
    """One act of the office, append-only (corrections, adoptions, acknowledgements…)."""

    id: int
    at: datetime
    by: str
    verb: str
    subject: str  # "draft:12", "event:3", "outbox:7"…
    detail: Mapping[str, object] = field(default_factory=dict)
    undone_by: int | None = None


@dataclass(frozen=True, slots=True)
class TokenRecord:
    """A one-time token for an order by mail; kept after use.

    Attributes:
        mac: Digest of its secret; the secret itself is never stored.
        address: Registered address, or several joined by commas, it was mailed to.
        action: The order's word (采用, 确认…).
        object: What it is bound to ("#12", "mail:<digest>").
    """

    id: int
    mac: str
    address: str
    action: str
    object: str
    expires: datetime
    used_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class OutgoingMail:
    """A letter to be queued.

    Attributes:
        key: Unique, says why the letter exists ("reminder/直属一大队/2023-W17").
        headers: Extra headers (In-Reply-To, References, Auto-Submitted).
        attachments: (name, content type, bytes).
        not_before: Earliest instant to send, None = at once.
        concerns: Obligation keys or "draft:12" it speaks of; checked again when sent.
    """

    key: str
    lane: Lane
    to: tuple[str, ...]
    subject: str
    text: str
    html: str
    headers: Mapping[str, str] = field(default_factory=dict)
    attachments: tuple[tuple[str, str, bytes], ...] = ()
    not_before: datetime | None = None
    concerns: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class OutboxRecord:
    """A letter in the outbox. `message_id` is fixed when queued; `reason` explains the state."""

    id: int
    key: str
    lane: Lane
    to: tuple[str, ...]
    subject: str
    state: OutboxState
    attempts: int
    created_at: datetime
    message_id: str
    next_try: datetime | None = None
    sent_at: datetime | None = None
    attempted_at: datetime | None = None
    reason: str = ""
    text: str = ""
    html: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    concerns: tuple[str, ...] = ()
    delivered_to: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Cursor:
    """How far a folder has been read, under one UIDVALIDITY."""

    folder: str
    uid_validity: int
    last_uid: int
    polled_at: datetime | None = None
    server_count: int = 0
