"""The two ways a reader ends: a document that people can read, or why there is none."""

import re
from collections.abc import Iterable, Mapping

from parsers.documents.legibility import legible
from parsers.documents.refusals import RESEND_AS_DOCX, Refused, unreadable
from parsers.facts import Block, DocumentText, ImageFact, Unreadable
from parsers.filenames import display_name
from parsers.limits import Limits

CHECK_CONTENT = "请确认文件内容后重新发送。"

_MOST_AROUND, _LINE_AROUND = 100, 200
_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f]+")


def refuse(
    name: str, data: bytes, reason: str, remedy: str = RESEND_AS_DOCX, suspicious: bool = False
) -> Unreadable:
    """Why a file cannot be read, with its display name and the digest of its bytes."""
    return unreadable(display_name(name), data, Refused(reason, remedy, suspicious))


def clean(text: str) -> str:
    """Valid Unicode without lone surrogates or controls; every line end becomes a newline."""
    for end in ("\r\n", "\r", "\v", "\f", "\x85", "\u2028", "\u2029"):
        text = text.replace(end, "\n")
    text = text.encode("utf-8", "replace").decode("utf-8")
    return _CONTROLS.sub("", text)


def paragraphs(text: str) -> list[Block]:
    """One block a line, blank lines dropped."""
    return [Block(line.rstrip()) for line in clean(text).split("\n") if line.strip()]


def around(lines: Iterable[str]) -> tuple[str, ...]:
    """Distinct lines of headers and footers, as many as any document has."""
    kept: dict[str, None] = {}
    for line in lines:
        if text := clean(line).strip():
            kept[text[:_LINE_AROUND]] = None
        if len(kept) >= _MOST_AROUND:
            break
    return tuple(kept)


def document(
    name: str,
    data: bytes,
    limits: Limits,
    fmt: str,
    blocks: Iterable[Block],
    *,
    images: Iterable[ImageFact] = (),
    properties: Mapping[str, str] | None = None,
    warnings: Iterable[str] = (),
    approximate: bool = False,
    around: tuple[str, ...] = (),
) -> DocumentText | Unreadable:
    """The document, unless it is too long, mojibake, or empty of text and pictures."""
    kept, pictures = tuple(blocks), tuple(images)
    text = "\n".join(block.text for block in kept)
    if not text.strip() and not pictures:
        return refuse(name, data, "文件中没有文字", CHECK_CONTENT)
    if len(text) > limits.text_chars:
        return refuse(name, data, f"文字超过 {limits.text_chars // 10000} 万字")
    if not legible(text):
        return refuse(name, data, "文字编码无法识别（疑似乱码）")
    return DocumentText(
        fmt,
        kept,
        pictures,
        properties or {},
        tuple(warnings),
        approximate=approximate,
        around=around,
    )
