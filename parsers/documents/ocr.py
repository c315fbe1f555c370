"""Text out of pictures: an optional extra, `pip install '.[ocr]'`.

Recognition is slow and its counts are approximate (about 4 % off); a scan is
read only so that the office sees what it says, the unit is asked for the text.
"""

import io
from dataclasses import replace
from functools import lru_cache
from importlib.util import find_spec
from typing import Any

from parsers.documents.page_lines import Line, PageLines

MAX_SIDE = 4000
"""Longest side of a picture handed to the recogniser, in pixels."""

MAX_PAGES = 4
"""Pages of one scan that are recognised, at five to ten seconds each."""

UNRECOGNISED = "扫描件：没有文字层，文字未能识别"
"""Said of a scan that was not, or not yet, recognised: that is a second reading's work."""

RECOGNISED = "文字由识别得出，请核对。"

_MIN_SCORE = 0.5


def available() -> bool:
    """Whether the extra is installed; nothing is loaded."""
    return find_spec("rapidocr") is not None and find_spec("onnxruntime") is not None


@lru_cache(maxsize=1)
def _engine() -> Any:
    from rapidocr import RapidOCR  # noqa: PLC0415  takes seconds and half a gigabyte

    return RapidOCR(params={"Global.log_level": "critical"})


def page_lines(picture: Any) -> PageLines:
    """Recognised lines of one picture (an array: height, width, colours), top down."""
    height, width = picture.shape[:2]
    result = _engine()(picture)
    found = zip(result.boxes, result.txts, result.scores, strict=True) if result.txts else ()
    lines = [_line(box, text) for box, text, score in found if score >= _MIN_SCORE]
    lines.sort(key=lambda line: (line.y, line.left))
    if lines:
        usual = sorted(line.size for line in lines)[len(lines) // 2]
        lines = [_levelled(line, usual) for line in lines]
    return PageLines(tuple(lines), float(width), float(height), has_margins=False)


def picture_lines(data: bytes) -> PageLines:
    """Recognised lines of a picture file, turned as its camera says."""
    from numpy import asarray  # noqa: PLC0415  comes with the extra
    from PIL import Image, ImageOps  # noqa: PLC0415

    with Image.open(io.BytesIO(data)) as opened:
        opened.draft("RGB", (MAX_SIDE, MAX_SIDE))
        upright = ImageOps.exif_transpose(opened).convert("RGB")
    upright.thumbnail((MAX_SIDE, MAX_SIDE))
    return page_lines(asarray(upright))


def _line(box: Any, text: str) -> Line:
    xs = [float(point[0]) for point in box]
    ys = [float(point[1]) for point in box]
    return Line(text, min(xs), max(xs), max(ys), max(ys) - min(ys))


def _levelled(line: Line, usual: float) -> Line:
    """Boxes are a little higher or lower by their characters; the type is not."""
    near = 0.7 * usual < line.size < 1.35 * usual
    return replace(line, size=usual) if near else line
