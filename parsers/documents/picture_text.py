"""A draft that came as a picture: a photographed page, a screenshot of a chat.

Read only where nothing else in the mail is a draft; what little a press photo says on
its signs leaves it a photo.
"""

from parsers.documents import ocr
from parsers.documents.page_lines import paragraphs_of
from parsers.documents.quality_gate import admit
from parsers.documents.refusals import Refused
from parsers.facts import DocumentText, ImageFact
from parsers.wordcount import count

PICTURE: str = "image"
"""`DocumentText.format` of recognised pictures."""

_FEW_WORDS = 60
_FEW_PIXELS = 400  # the shorter side of a page that can be read


def text_of_picture(data: bytes, fact: ImageFact) -> DocumentText | None:
    """The text of a picture of text; None for photos, and where recognising fails."""
    if min(fact.width, fact.height) < _FEW_PIXELS:
        return None
    try:
        blocks = tuple(paragraphs_of([ocr.picture_lines(data)]))
        document = admit(
            DocumentText(
                PICTURE,
                blocks,
                images=(fact,),
                warnings=(f"图片，{ocr.RECOGNISED}",),
                approximate=True,
            )
        )
    except Refused:
        return None
    except Exception:  # noqa: BLE001  broken pictures and models raise anything: it stays a picture
        return None
    return document if count(blocks)[0] >= _FEW_WORDS else None
