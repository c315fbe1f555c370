"""Fonts of official documents, with what a machine may use where they are missing.

Offices' machines have 方正小标宋 and 仿宋_GB2312; others show the alternatives named
in the paper's own font table (ISO/IEC 29500-1 17.8.3.1 altName).
"""

from docx.document import Document as Paper
from docx.opc.constants import RELATIONSHIP_TYPE
from lxml import etree

TITLE, BODY, HEADING = "方正小标宋简体", "仿宋_GB2312", "黑体"
FALLBACKS = {
    TITLE: "方正小标宋_GBK,小标宋,华文中宋,宋体,Noto Serif CJK SC",
    BODY: "仿宋,FangSong,华文仿宋,STFangsong,Noto Serif CJK SC",
    HEADING: "SimHei,Noto Sans CJK SC,文泉驿正黑",
}
_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def name_fallbacks(paper: Paper) -> None:
    """Write the alternatives into the paper's font table."""
    part = paper.part.part_related_by(RELATIONSHIP_TYPE.FONT_TABLE)
    root = etree.fromstring(part.blob)
    for name, others in FALLBACKS.items():
        font = etree.SubElement(root, f"{{{_W}}}font", {f"{{{_W}}}name": name})
        etree.SubElement(font, f"{{{_W}}}altName", {f"{{{_W}}}val": others})
        etree.SubElement(font, f"{{{_W}}}charset", {f"{{{_W}}}val": "86"})
    xml = etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)
    part._blob = xml  # noqa: SLF001  the library keeps this part as bytes and has no setter
