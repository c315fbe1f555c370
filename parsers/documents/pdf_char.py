"""A character as it stands on a PDF page."""

from dataclasses import dataclass


@dataclass(slots=True)
class Char:
    """Its box in points from the lower left corner of the page."""

    text: str
    left: float
    right: float
    bottom: float
    top: float
    angle: int  # in steps of five degrees
    generated: bool = False  # a blank that pdfium put where it saw a gap
    typed: bool = False  # into a field, by whoever filled in the form
