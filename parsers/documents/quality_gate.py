"""Never wrong silently: text that came out garbled is refused, not counted.

Every document of every reader passes here. What garbled means is told in
`legibility`; most documents are let through on sight, because nearly all their
characters are ones that no wrong decoding yields in such number.
"""

from dataclasses import replace
from typing import Final

from parsers.documents.legibility import legible
from parsers.documents.refusals import RESEND_AS_DOCX, Refused
from parsers.facts import DocumentText

NO_TEXT: Final = "文件内没有文字。"
ONLY_PICTURES: Final = "文件内只有图片，没有可读取的文字。"

_PER_ODD_CHARACTER: Final = 200
"""So many characters make up for one that is out of the ordinary."""

_MANY_KINDS: Final = 60

_REPLACED_IN_GBK: Final = "锟斤拷"
_PER_FILLER: Final = 100

# First level of GB 2312 (the 3,755 commonest characters), ASCII, Chinese punctuation.
_ORDINARY: Final = frozenset(
    bytes(b for lead in range(0xB0, 0xD8) for t in range(0xA1, 0xFF) for b in (lead, t)).decode(
        "gb2312", "ignore"
    )
    + "".join(map(chr, range(0x20, 0x7F)))
    + "\t\n\u00a0\u3000、。〈〉《》「」『』【】〔〕“”‘’—…·×○□①②③④⑤⑥⑦⑧⑨⑩〇℃％"
    + "".join(map(chr, range(0xFF01, 0xFF5F)))
)


def admit(document: DocumentText) -> DocumentText:
    """The document, with a warning where it holds no text.

    Raises:
        Refused: Its text is garbled: a decoding went wrong, in our reader or before.
    """
    text = document.text
    if _overwritten(text) or not (_plainly_legible(text) or legible(text)):
        raise Refused("文字读取出来是乱码", RESEND_AS_DOCX)
    if text.strip():
        return document
    warning = ONLY_PICTURES if document.images else NO_TEXT
    return replace(document, warnings=(*document.warnings, warning))


def _overwritten(text: str) -> bool:
    """Replacement characters saved in GBK: the author's file held no better already."""
    return text.count(_REPLACED_IN_GBK) * _PER_FILLER > len(text)


def _plainly_legible(text: str) -> bool:
    """True only where `legible` would say so too, at a tenth of the time."""
    odd = set(text) - _ORDINARY
    if len(odd) > _MANY_KINDS:
        return False
    return sum(map(text.count, odd)) * _PER_ODD_CHARACTER <= len(text)
