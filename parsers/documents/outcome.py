"""The two ways a reader ends: a document that people can read, or why there is none."""

import hashlib
from collections.abc import Iterable, Mapping

from parsers.documents.legibility import legible
from parsers.documents.zip_guard import RESEND, ZipRefused
from parsers.facts import Block, DocumentText, ImageFact, Unreadable
from parsers.filenames import display_name
from parsers.limits import Limits

SAVE_AS_DOCX = "请用 Word 或 WPS 打开后另存为 .docx 格式，再重新发送。"
UNLOCK = "请取消文件密码后重新发送。"

_KEPT_CONTROLS = frozenset("\t\n")


def refuse(
    name: str, data: bytes, reason: str, remedy: str = RESEND, suspicious: bool = False
) -> Unreadable:
    """An Unreadable with a display name and the digest of the bytes."""
    digest = hashlib.sha256(data).hexdigest()
    return Unreadable(display_name(name), reason, remedy, digest, suspicious)


def refuse_zip(name: str, data: bytes, refused: ZipRefused) -> Unreadable:
    """The same for a refused container."""
    return refuse(name, data, refused.reason, refused.remedy, refused.suspicious)


def clean(text: str) -> str:
    """Valid Unicode without lone surrogates or controls; every line end becomes a newline."""
    for end in ("\r\n", "\r", "\v", "\f", "\x85", "\u2028", "\u2029"):
        text = text.replace(end, "\n")
    text = text.encode("utf-8", "replace").decode("utf-8")
    if text.isprintable():
        return text
    return "".join(c for c in text if c in _KEPT_CONTROLS or not (c < " " or "\x7f" <= c < "\xa0"))


def paragraphs(text: str) -> list[Block]:
    """One block a line, blank lines dropped."""
    return [Block(line.rstrip()) for line in clean(text).split("\n") if line.strip()]


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
) -> DocumentText | Unreadable:
    """The document, unless it is too long, mojibake, or empty of text and pictures."""
    kept, pictures = tuple(blocks), tuple(images)
    text = "\n".join(block.text for block in kept)
    if not text.strip() and not pictures:
        return refuse(name, data, "文件中没有文字", "请确认文件内容后重新发送。")
    if len(text) > limits.text_chars:
        return refuse(name, data, f"文字超过 {limits.text_chars // 10000} 万字", SAVE_AS_DOCX)
    if not legible(text):
        return refuse(name, data, "文字编码无法识别（疑似乱码）", SAVE_AS_DOCX)
    return DocumentText(
        fmt, kept, pictures, properties or {}, tuple(warnings), approximate=approximate
    )
