"""Which reader reads what: archives flattened into leaves, each leaf read once."""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import import_module
from typing import Final

from parsers.documents.outcome import CHECK_CONTENT
from parsers.documents.quality_gate import admit
from parsers.documents.refusals import (
    DECRYPT_FIRST,
    RESEND_AS_DOCX,
    SPLIT_UP,
    Refused,
    locked,
    unreadable,
)
from parsers.documents.sniff import sniff
from parsers.documents.strange_formats import strange
from parsers.facts import DocumentText, ImageFact, ReadFile, Unreadable
from parsers.filenames import display_name
from parsers.limits import Limits

Content = DocumentText | ImageFact | Unreadable
Reader = Callable[[str, bytes, Limits], Content]

ARCHIVES: Final = frozenset({"zip", "rar", "7z", "tar", "gz"})
MAILS: Final = frozenset({"eml", "msg", "tnef"})
"""Leaves that hold a mail or attachments: the caller takes these apart."""

# Module and function by format; imported on first use, so that a command that
# reads no document does not wait for the libraries of all.
_READERS: Final[dict[str, tuple[str, str]]] = {
    "docx": ("docx", "read_docx"),
    "wordxml": ("docx", "read_flat_docx"),
    "doc": ("doc", "read_doc"),
    "rtf": ("rtf", "read_rtf"),
    "odt": ("odt", "read_odt"),
    "pdf": ("pdf", "read_pdf"),
    "ofd": ("ofd", "read_ofd"),
    "txt": ("plain", "read_txt"),
    "html": ("html", "read_html"),
    "mht": ("html", "read_mht"),
    "xlsx": ("sheets", "read_sheet"),
    "xls": ("sheets", "read_sheet"),
    "xmlsheet": ("xml_sheets", "read_xml_sheet"),
    "ods": ("sheets", "read_sheet"),
    "pptx": ("slides", "read_slides"),
    "ppt": ("slides", "read_slides"),
    "image": ("images", "read_image"),
}

ATTACH_PLAINLY: Final = "请把文件直接作为附件发送，不要多层压缩。"

_NO_READER: Final = {
    "empty": Refused("文件是空的", "收到的文件是空的，请检查后重新发送。"),
    "ole-encrypted": locked(),
    "encrypted": Refused("文件被单位的加密软件加密", DECRYPT_FIRST),
}
_NATIVE: Final = frozenset({"pdf", "xlsx", "xls", "ods", "rar", "7z"})
"""Read by libraries that are no Python: they may end the process, not just raise."""

_DEFECT: Final = Refused("文件结构异常，读取时出错", RESEND_AS_DOCX)


@dataclass(frozen=True, slots=True)
class Leaf:
    """One file that is no archive.

    Attributes:
        name: Display name, sanitised.
        data: Its bytes.
        container: Names of the archives and folders around it, outermost first,
            joined by "/".
        format: As sniffed.
    """

    name: str
    data: bytes
    container: str
    format: str


def expand(name: str, data: bytes, limits: Limits) -> Iterator[Leaf | ReadFile]:
    """The file itself, or every file inside it where it is an archive.

    A ReadFile stands for what could not be opened (password, bomb, too deep); its
    content is Unreadable. Mails (`MAILS`) come out as leaves for the caller.
    """
    yield from _Expansion(limits).files(display_name(name), data, "")


class _Expansion:
    """One attachment being flattened, with what its archives may still give."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._entries = limits.archive_entries
        self._bytes = limits.archive_total_bytes

    def files(
        self, name: str, data: bytes, container: str, depth: int = 0
    ) -> Iterator[Leaf | ReadFile]:
        try:
            yield from self._files(name, data, container, depth)
        except Refused as why:
            yield _as_file(name, data, container, unreadable(name, data, why))

    def _files(
        self, name: str, data: bytes, container: str, depth: int
    ) -> Iterator[Leaf | ReadFile]:
        if len(data) > self._limits.file_bytes:
            raise Refused("文件过大", SPLIT_UP)
        kind = sniff(data, name)
        if self._limits.careful and kind in _NATIVE:
            raise Refused("读取时程序异常退出，附件未能读取", RESEND_AS_DOCX)
        if kind not in ARCHIVES:
            yield Leaf(name, data, container, kind)
            return
        inside = f"{container}/{name}" if container else name
        if depth >= self._limits.archive_depth:
            raise Refused("压缩包层层嵌套过深", ATTACH_PLAINLY)
        members = import_module("parsers.documents.archives").members
        for member in members(name, data, kind, self._limits):
            if isinstance(member, Unreadable):
                yield ReadFile(member.name, member.sha256, 0, member, inside)
                continue
            self._spend(len(member.data))
            place = f"{inside}/{member.folder}" if member.folder else inside
            yield from self.files(member.name, member.data, place, depth + 1)

    def _spend(self, size: int) -> None:
        self._entries -= 1
        self._bytes -= size
        if self._entries < 0 or self._bytes < 0:
            raise Refused("压缩包内文件过多或过大，疑似恶意文件", SPLIT_UP, suspicious=True)


def read_leaf(leaf: Leaf, limits: Limits, *, libreoffice: bool = False) -> ReadFile:
    """Read one file; never raises for what a stranger may have put into it.

    Args:
        leaf: From `expand`; mails (`MAILS`) are not read here and come back unreadable.
        limits: Caps for the readers.
        libreoffice: Try LibreOffice on Word files that our readers refuse, unless
            they are suspicious or have a password.
    """
    content = _read(leaf, limits)
    if libreoffice and isinstance(content, Unreadable):
        content = _second_opinion(leaf, limits, content)
    return _as_file(leaf.name, leaf.data, leaf.container, content)


def _read(leaf: Leaf, limits: Limits) -> Content:
    try:
        content = _reader(leaf)(leaf.name, leaf.data, limits)
        return _admitted(content) if isinstance(content, DocumentText) else content
    except Refused as why:
        return unreadable(leaf.name, leaf.data, why)
    except Exception:  # noqa: BLE001 - one poisonous file must not take the whole mail along
        return unreadable(leaf.name, leaf.data, _DEFECT)


def _admitted(content: DocumentText) -> DocumentText:
    """Text or pictures; a document of neither is told, or nobody would ever hear of it."""
    if not content.text.strip() and not content.images:
        raise Refused("文件内没有文字", CHECK_CONTENT)
    return admit(content)


def _reader(leaf: Leaf) -> Reader:
    if leaf.format in _NO_READER:
        # a fresh one: a raised exception keeps its traceback, and so the mail's bytes, alive
        why = _NO_READER[leaf.format]
        raise Refused(why.reason, why.remedy, why.suspicious)
    if leaf.format not in _READERS:
        raise strange(leaf.name, leaf.data)
    module, function = _READERS[leaf.format]
    reader: Reader = getattr(import_module(f"parsers.documents.{module}"), function)
    return reader


def _second_opinion(leaf: Leaf, limits: Limits, refusal: Unreadable) -> Content:
    if refusal.suspicious or refusal.reason == locked().reason:
        return refusal
    convert = import_module("parsers.documents.libreoffice").convert_to_docx
    converted = convert(leaf.data, leaf.format, limits)
    if converted is None:
        return refusal
    content = _read(Leaf(leaf.name, converted, leaf.container, "docx"), limits)
    return content if isinstance(content, DocumentText) else refusal


def _as_file(name: str, data: bytes, container: str, content: Content) -> ReadFile:
    digest = hashlib.sha256(data).hexdigest()
    return ReadFile(name, digest, len(data), content, container)
