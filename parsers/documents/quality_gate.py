"""Never wrong silently: text that came out garbled is refused, not counted.

Every document of every reader passes here; what garbled means is told in `legibility`.
"""

from dataclasses import replace
from typing import Final

from parsers.documents.legibility import legible
from parsers.documents.refusals import RESEND_AS_DOCX, Refused
from parsers.facts import DocumentText

NO_TEXT: Final = "文件内没有文字。"
ONLY_PICTURES: Final = "文件内只有图片，没有可读取的文字；如为稿件，请发送可编辑的文字稿。"


def admit(document: DocumentText) -> DocumentText:
    """The document, with a warning where it holds no text.

    Raises:
        Refused: Its text is garbled: a decoding went wrong, in our reader or before.
    """
    text = document.text
    if not legible(text):
        raise Refused("文字读取出来是乱码", RESEND_AS_DOCX)
    if text.strip():
        return document
    warning = ONLY_PICTURES if document.images else NO_TEXT
    return replace(document, warnings=(*document.warnings, warning))
