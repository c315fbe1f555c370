"""Names in Word's XML, in all three namespaces it was written in, sorted by what they do."""

from typing import Final

from parsers.documents.docx_styles import WORD_NAMESPACES

MATH: Final = (
    "http://schemas.openxmlformats.org/officeDocument/2006/math",
    "http://purl.oclc.org/ooxml/officeDocument/math",
)
MC: Final = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
AML: Final = "{http://schemas.microsoft.com/aml/2001/core}"
DRAWING: Final = (
    "http://schemas.openxmlformats.org/drawingml/2006/main",
    "http://purl.oclc.org/ooxml/drawingml/main",
)
VML: Final = "{urn:schemas-microsoft-com:vml}"
CHART: Final = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"
DIAGRAM: Final = "{http://schemas.openxmlformats.org/drawingml/2006/diagram}"
SPACE: Final = "{http://www.w3.org/XML/1998/namespace}space"


def _word(*names: str) -> frozenset[str]:
    return frozenset(f"{{{space}}}{name}" for space in WORD_NAMESPACES for name in names)


DELETED = _word("del", "moveFrom")
EAST_ASIAN: Final = frozenset({"eastAsia", "fareast"})
HINTS: Final = {
    f"{{{space}}}rFonts": (f"{{{space}}}hint", f"{{{space}}}ascii") for space in WORD_NAMESPACES
}
BOLD = _word("b")
CHARACTER_STYLE = _word("rStyle")
VANISH = _word("vanish")
ROW_PROPERTIES = _word("trPr")
RUN_PROPERTIES = _word("rPr")
TEXTS = _word("t").union(f"{{{space}}}t" for space in MATH)
_RELATIONSHIPS: Final = (
    "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
    "http://purl.oclc.org/ooxml/officeDocument/relationships",
)
PICTURE_IDS = tuple(
    f"{{{space}}}{name}" for space in _RELATIONSHIPS for name in ("embed", "id", "pict")
)
DIAGRAM_IDS = tuple(f"{{{space}}}dm" for space in _RELATIONSHIPS)

LEFT_OUT: Final = frozenset(
    [
        "tblPr", "tblGrid", "tcPr", "trPr", "sectPr", "sdtPr", "sdtEndPr", "smartTagPr",
        "customXmlPr", "rubyPr", "rt", "fldData", "ffData", "delText",
        "delInstrText", "comment", "annotationRef", "footnoteRef", "endnoteRef", "separator",
        "continuationSeparator", "softHyphen", "lastRenderedPageBreak", "bookmarkStart",
        "bookmarkEnd", "proofErr", "commentRangeStart", "commentRangeEnd",
        "permStart", "permEnd", "hdr", "ftr",
    ]
)  # fmt: skip
