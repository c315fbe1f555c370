"""One mail or one file, from bytes to everything the daemon wants to know of it.

Runs inside the sandbox. Joins the readers of mails, archives and documents, and
decides which texts may be drafts. Nothing here raises: what a stranger's bytes
break becomes an `Unreadable`, and the rest of the mail is still read.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from parsers.approvals import is_form, is_named_form, is_scan, stem, without_complaint
from parsers.bounces import is_our_letter
from parsers.documents import ocr
from parsers.documents.registry import Leaf, expand, read_leaf
from parsers.draft_texts import Candidate, candidate_of, choose, drafts_of, is_draft_document
from parsers.facts import (
    Attachment,
    DocumentText,
    DraftText,
    ImageFact,
    Message,
    MessageKind,
    ReadFile,
    Reading,
    Unreadable,
)
from parsers.filenames import display_name
from parsers.forwards import forwarded_text
from parsers.limits import Limits
from parsers.litter import without_litter
from parsers.message import ParsedMail, read_message
from parsers.mime import NestedMail
from parsers.outlook_msg import msg_to_mail

DEFAULT_LIMITS = Limits()
"""The caps of an ordinary mail."""
_DEEPEST = 5
_LOGO_PIXELS = 160
_LOGO_BYTES = 5_000
# A robot's words are no draft; a draft attached to them is still one.
_NO_WORDS_OF_PEOPLE = frozenset({MessageKind.AUTO_REPLY, MessageKind.COMMAND})
_RESEND = "请把稿件保存为 Word 文档，直接作为附件重新发送。"


@dataclass(slots=True)
class _Find:
    """What has been read of one mail so far.

    `mails_left` is shared by a mail and all mails attached to it; `outlook_body` is
    the text of a winmail.dat, which may be all the text there is.
    """

    limits: Limits
    own_addresses: frozenset[str]
    mails_left: list[int]
    depth: int = 1
    files: list[ReadFile] = field(default_factory=list)
    nested: list[Reading] = field(default_factory=list)
    logos: set[str] = field(default_factory=set)
    seen: set[str] = field(default_factory=set)
    outlook_body: str = ""
    pictures_read: int = 0

    def refuse(self, name: str, data: bytes, reason: str) -> None:
        digest = hashlib.sha256(data).hexdigest()
        why = Unreadable(display_name(name), reason, _RESEND, digest)
        self.files.append(ReadFile(why.name, digest, len(data), why))

    def attachment(self, item: Attachment) -> None:
        before = len(self.files)
        self.file(item.name, item.data)
        for file in self.files[before:]:
            if item.inline and isinstance(file.content, ImageFact) and _is_logo(file.content):
                self.logos.add(file.sha256)

    def file(self, name: str, data: bytes) -> None:
        """Read one file and all files inside it."""
        try:
            for leaf in expand(name, data, self.limits):
                self._leaf(leaf)
        except Exception as error:  # noqa: BLE001  the rest of the mail must still be read
            self.refuse(name, data, f"读取时出错（{type(error).__name__}）")

    def _leaf(self, leaf: Leaf | ReadFile) -> None:
        if isinstance(leaf, ReadFile):
            self.files.append(leaf)
            return
        if leaf.format in ("eml", "msg"):
            self._saved_mail(leaf)
        elif self._is_new(leaf.data):
            if leaf.format == "tnef":
                self._tnef(leaf)
            else:
                file = read_leaf(leaf, self.limits)
                self.files.append(self._recognised(file, leaf.data))

    def _recognised(self, file: ReadFile, data: bytes) -> ReadFile:
        """A picture of a written page becomes a document, in the slow second reading."""
        picture = file.content
        if not self.limits.recognise or not isinstance(picture, ImageFact):
            return file
        if self.pictures_read >= ocr.MAX_PAGES:
            return file
        self.pictures_read += 1
        from parsers.documents.picture_text import text_of_picture  # noqa: PLC0415  rare

        return replace(file, content=text_of_picture(data, picture) or picture)

    def _is_new(self, data: bytes) -> bool:
        digest = hashlib.sha256(data).hexdigest()
        known = digest in self.seen
        self.seen.add(digest)
        return not known

    def _saved_mail(self, leaf: Leaf) -> None:
        try:
            raw = msg_to_mail(leaf.data, self.limits) if leaf.format == "msg" else leaf.data
        except Exception as error:  # noqa: BLE001  damaged containers raise a dozen types
            reason = f"Outlook 邮件文件损坏，无法读取（{type(error).__name__}）"
            self.refuse(leaf.name, leaf.data, reason)
            return
        self.mail(NestedMail(leaf.name, raw))

    def _tnef(self, leaf: Leaf) -> None:
        from parsers.documents.tnef import read_tnef  # noqa: PLC0415  rare

        found = read_tnef(leaf.name, leaf.data, self.limits)
        if isinstance(found, Unreadable):
            self.files.append(ReadFile(found.name, found.sha256, len(leaf.data), found))
            return
        inner, body = found
        self.outlook_body = self.outlook_body or body
        for name, data in inner:
            self.file(name, data)

    def mail(self, inner: NestedMail) -> None:
        """Read an attached mail, within the limits of number and depth."""
        if not self._is_new(inner.raw):
            return
        if self.depth >= _DEEPEST or self.mails_left[0] <= 0:
            self.refuse(inner.name or "附带的邮件", inner.raw, "邮件套邮件过多，未继续读取")
            return
        self.mails_left[0] -= 1
        deeper = _Find(self.limits, self.own_addresses, self.mails_left, self.depth + 1)
        self.nested.append(_read_mail(inner.raw, deeper))


def read_mail(
    raw: bytes, *, own_addresses: frozenset[str] = frozenset(), limits: Limits = DEFAULT_LIMITS
) -> Reading:
    """Read a mail with all its attachments and the mails attached to it; never raises.

    Args:
        raw: The mail as fetched.
        own_addresses: Addresses of the office's mailbox: its own letters hold no drafts.
        limits: How much is read of one mail.
    """
    return _read_mail(raw, _Find(limits, own_addresses, [limits.nested_mails]))


def read_mail_bare(
    raw: bytes, *, own_addresses: frozenset[str] = frozenset(), limits: Limits = DEFAULT_LIMITS
) -> Reading:
    """The same without opening any attachment: for a mail whose reading killed its worker.

    Every attachment is listed as unread; the body may still be a draft.
    """
    parsed = read_message(raw, own_addresses=own_addresses, limits=limits)
    find = _Find(limits, own_addresses, [0])
    for item in parsed.attachments:
        find.refuse(item.name, item.data, "读取时程序异常退出，附件未能读取")
    for inner in parsed.nested:
        find.refuse(inner.name or "附带的邮件", inner.raw, "读取时程序异常退出，附件未能读取")
    return _reading(raw, parsed.message, find)


def read_document(name: str, data: bytes, limits: Limits = DEFAULT_LIMITS) -> Reading:
    """Read a file, or an archive of files, without a mail around it; never raises.

    A mail saved as a file (.eml, .msg) is found in `nested`.
    """
    find = _Find(limits, frozenset(), [limits.nested_mails])
    find.file(name, data)
    return _reading(data, None, find)


def _read_mail(raw: bytes, find: _Find) -> Reading:
    parsed = read_message(raw, own_addresses=find.own_addresses, limits=find.limits)
    if parsed.message.kind is not MessageKind.BOUNCE:  # it holds our own letters
        _read_attachments(parsed, find)
    return _reading(raw, parsed.message, find)


def _read_attachments(parsed: ParsedMail, find: _Find) -> None:
    for item in parsed.attachments:
        find.attachment(item)
    for inner in parsed.nested:
        find.mail(inner)
    for why in parsed.unreadable:
        find.files.append(ReadFile(why.name, why.sha256, 0, why))


def _is_logo(image: ImageFact) -> bool:
    """Small pictures inside the mail's text are stationery, not press photos."""
    small = 0 < max(image.width, image.height) <= _LOGO_PIXELS
    return small or image.size <= _LOGO_BYTES


def _reading(raw: bytes, message: Message | None, find: _Find) -> Reading:
    files = without_litter([file for file in find.files if file.sha256 not in find.logos])
    named = frozenset(
        stem(text.source)
        for file in files
        if (text := candidate_of(file)) and is_draft_document(text)
    )
    scans = {file.sha256 for file in files if is_scan(file, named)}
    forms = {file.sha256 for file in files if is_form(file)}
    candidates, drafts = _drafts(message, files, find, scans)
    chosen = {text.sha256 for text in candidates}
    approvals = [
        file.name
        for file in files
        if file.sha256 not in chosen and (file.sha256 in scans | forms or _is_read_form(file))
    ]
    return Reading(
        sha256=hashlib.sha256(raw).hexdigest(),
        size=len(raw),
        message=message,
        drafts=drafts,
        files=tuple(without_complaint(f) if drafts and f.sha256 in scans else f for f in files),
        images=_images(files, scans | (forms - chosen)),
        approval_scans=tuple(dict.fromkeys(approvals)),
        nested=tuple(find.nested),
    )


def _candidates(
    message: Message | None, files: list[ReadFile], find: _Find, scans: set[str]
) -> list[Candidate]:
    """Texts that may be drafts; none in a bounce or our own letter come back."""
    if message is None:
        return choose(files, "", other_content=False)
    if message.kind is MessageKind.BOUNCE or _is_ours(message, find.own_addresses):
        return []
    body = _forwarded(message, find.own_addresses) or message.body or find.outlook_body
    if message.kind in _NO_WORDS_OF_PEOPLE:
        body = ""
    unseen = any(isinstance(file.content, Unreadable) for file in files)
    other = unseen or bool(find.nested or message.cloud_links)
    readable = [file for file in files if file.sha256 not in scans]
    return choose(readable, body, other_content=other)


def _is_ours(message: Message, own_addresses: frozenset[str]) -> bool:
    """Our own letter come back, sent round or attached."""
    return message.kind is MessageKind.OTHER and (
        message.sender.address in own_addresses or is_our_letter(message.message_id)
    )


def _forwarded(message: Message, own_addresses: frozenset[str]) -> str:
    """What a mail forwards, unless that is a letter of ours."""
    author = message.forwarded_from
    if author is not None and author.address in own_addresses:
        return ""
    return forwarded_text(message)


def _drafts(
    message: Message | None, files: list[ReadFile], find: _Find, scans: set[str]
) -> tuple[list[Candidate], tuple[DraftText, ...]]:
    """The candidates and the drafts made of them; a defect of ours costs the drafts only."""
    photos = [f for f in files if isinstance(f.content, ImageFact) and f.sha256 not in scans]
    try:
        candidates = _candidates(message, files, find, scans)
        drafts = drafts_of(candidates, message.subject if message else "", photos)
    except Exception as error:  # noqa: BLE001  headers and files must still reach the office
        why = Unreadable("稿件", f"整理稿件时出错（{type(error).__name__}）", _RESEND)
        files.append(ReadFile(why.name, "", 0, why))
        return [], ()
    return candidates, drafts


def _is_read_form(file: ReadFile) -> bool:
    return isinstance(file.content, DocumentText) and is_named_form(file.name)


def _images(files: Iterable[ReadFile], approvals: set[str]) -> tuple[ImageFact, ...]:
    """Every distinct picture of the mail but stationery and signed pages."""
    found: dict[str, ImageFact] = {}
    for file in files:
        if file.sha256 in approvals:
            continue
        content = file.content
        inside = content.images if isinstance(content, DocumentText) else ()
        for image in (content, *inside):
            if isinstance(image, ImageFact):
                found.setdefault(image.sha256, image)
    return tuple(found.values())
