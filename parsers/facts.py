"""What the parsers found out, as frozen values.

Nothing here decides anything: a fact says what the bytes hold. All text is
valid Unicode without lone surrogates; all instants are timezone-aware.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Literal


class MessageKind(StrEnum):
    """What an incoming mail is, before any rule reads its content."""

    DRAFT = "draft"  # may hold drafts: goes to the rules
    COMMAND = "command"  # an office command (subject or first line has the command form)
    BOUNCE = "bounce"  # 退信: a delivery status report
    AUTO_REPLY = "auto_reply"  # 自动回复: vacation replies and other robots (RFC 3834)
    OTHER = "other"  # lists, bulk mail, our own mail coming back


@dataclass(frozen=True, slots=True)
class Address:
    """One mailbox of an address header."""

    name: str  # display name, decoded; "" where there is none
    address: str  # addr-spec in lower case; "" where none could be read


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A file or part we could not read: a fact to report, not an exception.

    Attributes:
        name: Display name of the file (sanitised).
        reason: Why, in Chinese, for the office.
        remedy: One Chinese sentence addressed to the sender.
        sha256: Digest of the bytes, "" where they never arrived.
        suspicious: True for bombs and files made to attack; the office is told.
    """

    name: str
    reason: str
    remedy: str
    sha256: str = ""
    suspicious: bool = False


BlockKind = Literal["paragraph", "heading", "title", "cell", "note", "text_box", "caption"]


@dataclass(frozen=True, slots=True)
class Block:
    """One paragraph of a document in reading order.

    Attributes:
        text: Without the paragraph end; tabs and line breaks kept.
        kind: What the format says of it.
        level: Outline level of a heading (1 = top), else 0.
        east_asian: Spans [start, end) of `text` whose run carries Word's
            eastAsia hint; None where the format has no such hint.
        centred: True where the paragraph is centred.
        bold: True where all its text is bold.
        counted: False where the document leaves it out of its 字数.
    """

    text: str
    kind: BlockKind = "paragraph"
    level: int = 0
    east_asian: tuple[tuple[int, int], ...] | None = None
    centred: bool = False
    bold: bool = False
    counted: bool = True


@dataclass(frozen=True, slots=True)
class ImageFact:
    """A picture, by its bytes' digest.

    Attributes:
        name: Display name; "" for pictures inside a document.
        width: Pixels, 0 when unknown.
        height: Pixels, 0 when unknown.
        phash: 16 hex digits of a perceptual hash, "" when not computed.
    """

    sha256: str
    size: int
    format: str
    name: str = ""
    width: int = 0
    height: int = 0
    phash: str = ""


@dataclass(frozen=True, slots=True)
class DocumentText:
    """What one readable file says.

    Attributes:
        format: Sniffed format, such as "docx", "doc", "rtf", "pdf", "txt".
        blocks: Paragraphs in reading order.
        images: Pictures inside the document.
        properties: Author, title, pages and the like, as found.
        warnings: Chinese sentences for the office (macros, tracked changes…).
        approximate: True where 字数 can only be 约 (PDF, OCR).
        around: Lines of headers and footers: no part of the text, but marks may stand there.
    """

    format: str
    blocks: tuple[Block, ...]
    images: tuple[ImageFact, ...] = ()
    properties: Mapping[str, str] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()
    approximate: bool = False
    around: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """All blocks, one line each."""
        return "\n".join(block.text for block in self.blocks)


@dataclass(frozen=True, slots=True)
class ReadFile:
    """One leaf file of a mail after reading (an archive yields one for each member).

    Attributes:
        name: Display name, sanitised: no path, control or direction characters.
        sha256: Digest of the file's own bytes.
        container: Archives and folders around it, outermost first, joined by "/";
            "" if attached itself.
        content: The document, a picture, or why it could not be read.
    """

    name: str
    sha256: str
    size: int
    content: DocumentText | ImageFact | Unreadable
    container: str = ""


@dataclass(frozen=True, slots=True)
class CloudLink:
    """A "big attachment" that came as a link (超大附件): the file itself was not received."""

    provider: str  # "163", "dashi", "qiye163", "qq"
    name: str
    url: str
    size: str = ""  # as printed, such as "80.96M"
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Attachment:
    """A non-text leaf of the mail, bytes included; lives only inside the worker.

    Attributes:
        name: Sanitised display name, "" where the sender gave none.
        declared_type: Content-Type as declared, lower case.
        inline: Disposition inline with a Content-ID (logos, pasted pictures).
    """

    name: str
    declared_type: str
    data: bytes
    sha256: str
    inline: bool = False
    content_id: str = ""


@dataclass(frozen=True, slots=True)
class DeliveryStatus:
    """What a bounce says (RFC 3464), as far as it can be read."""

    recipients: tuple[str, ...]
    status: str  # "5.1.1"; "" when absent
    diagnostic: str
    original_message_id: str  # with angle brackets; "" when absent
    permanent: bool


@dataclass(frozen=True, slots=True)
class Message:
    """The outer mail: headers and its own text. Bytes of attachments are not here.

    Attributes:
        senders: Every mailbox in every From header; more than one is suspicious.
        sent_at: The sender's Date, None when missing or absurd. Never used for lateness.
        received_at: From the topmost Received header of the provider, None if absent.
            The IMAP INTERNALDATE, where known, goes before it.
        body: The sender's own words: quoted history and signature removed.
        quoted: Quoted or forwarded history that was removed from the body.
        signature: Mail signature that was removed, "" if none.
        kind_because: Chinese reason for `kind`.
        forwarded_from: Author of the forwarded original, where the body shows one.
        headers: Chosen raw header values by lower-case name, decoded tolerantly.
        defects: Chinese sentences on what is broken in the mail.
    """

    kind: MessageKind
    kind_because: str
    subject: str
    senders: tuple[Address, ...]
    reply_to: tuple[Address, ...]
    to: tuple[Address, ...]
    cc: tuple[Address, ...]
    message_id: str
    in_reply_to: str
    references: tuple[str, ...]
    sent_at: datetime | None
    received_at: datetime | None
    body: str
    quoted: str = ""
    signature: str = ""
    forwarded_from: Address | None = None
    cloud_links: tuple[CloudLink, ...] = ()
    delivery_status: DeliveryStatus | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    defects: tuple[str, ...] = ()

    @property
    def sender(self) -> Address:
        """The one From mailbox; an empty Address where there is none."""
        return self.senders[0] if self.senders else Address("", "")


@dataclass(frozen=True, slots=True)
class WordCount:
    """字数 as Word counts (documents: 中文字符 + 非中文单词)."""

    words: int  # 正文字数: the body as a clerk would select it
    words_total: int  # 全文字数
    words_cjk: int  # Chinese characters of the body alone, punctuation not counted
    approximate: bool = False


@dataclass(frozen=True, slots=True)
class Segments:
    """A draft's text taken apart as a clerk would.

    Attributes:
        title: 标题 (副题 joined with a space).
        addressee: 主送 line, "" if none.
        body: 正文: paragraphs joined with newlines.
        signature_unit: 落款 unit as written, "" if none.
        signature_date: 落款 date as written.
        credits: 供稿/撰稿/审核/签发/联系电话 … lines: label → value, in order.
        captions: 图片说明 lines.
        attachments_list: "附件：" lines.
        declared_kind: Kind the sender wrote (subject, head line or file name), "" if none.
        body_first: First words of the body, for `mailbot read`.
        body_last: Last words of the body.
    """

    title: str
    body: str
    full: str
    addressee: str = ""
    signature_unit: str = ""
    signature_date: str = ""
    credits: tuple[tuple[str, str], ...] = ()
    captions: tuple[str, ...] = ()
    attachments_list: tuple[str, ...] = ()
    declared_kind: str = ""

    @property
    def body_first(self) -> str:
        """Where the body starts, shown to the clerk."""
        return self.body[:20]

    @property
    def body_last(self) -> str:
        """Where the body ends, shown to the clerk."""
        return self.body[-20:]


@dataclass(frozen=True, slots=True)
class DraftText:
    """One text that may be a draft: a readable file, or the mail body itself.

    Attributes:
        source: File name, or "" when the text is the mail body.
        sha256: Digest of the file's bytes, or of the body's UTF-8.
        container: Archives and folders it came out of, joined by "/", "" if none.
        images: Pictures that belong to this draft, inside it or beside it.
    """

    source: str
    sha256: str
    segments: Segments
    count: WordCount
    format: str
    container: str = ""
    images: tuple[ImageFact, ...] = ()
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Reading:
    """Everything the worker learnt from one mail or one file.

    `message` is None when a document was read without a mail around it.
    """

    sha256: str
    size: int
    message: Message | None
    drafts: tuple[DraftText, ...]
    files: tuple[ReadFile, ...] = ()
    images: tuple[ImageFact, ...] = ()  # all distinct pictures of the mail
    approval_scans: tuple[str, ...] = ()  # names of files that look like a signed 审签 page
    nested: tuple["Reading", ...] = ()  # attached mails (message/rfc822, .eml, .msg)

    @property
    def unreadable(self) -> tuple[Unreadable, ...]:
        """Every file of this mail, attached mails included, that could not be read."""
        own = tuple(f.content for f in self.files if isinstance(f.content, Unreadable))
        return own + tuple(u for inner in self.nested for u in inner.unreadable)

    @property
    def all_drafts(self) -> tuple[DraftText, ...]:
        """Drafts of this mail and of the mails attached to it, outer first."""
        return self.drafts + tuple(d for inner in self.nested for d in inner.all_drafts)
