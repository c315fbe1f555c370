"""The notice (通报) as a .docx in the layout of official documents (GB/T 9704-2012).

Every word of it comes from `bulletin_text`, so that a written paper can be read back
and compared with its figures before it is released.
"""

from io import BytesIO

from docx import Document
from docx.document import Document as Paper
from docx.enum.section import WD_ORIENT, WD_SECTION
from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT, WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.section import Section
from docx.shared import Length, Mm, Pt
from docx.table import Table, _Row
from docx.text.paragraph import Paragraph
from docx.text.run import Run
from lxml import etree

from mailbot.records.notices import NoticeFigures
from mailbot.reports.bulletin_fonts import BODY, HEADING, TITLE, name_fallbacks
from mailbot.reports.bulletin_text import HEADS, Block, annex_title, body, table_rows, width

_TITLE_SIZE, _BODY_SIZE, _TABLE_SIZE = Pt(22), Pt(16), Pt(10.5)  # 二号, 三号, 五号
_LINE = Pt(28)
_DATE_FROM_RIGHT = 4  # signs
_WIDTHS = (10, 42, 13, 13, 13, 13, 13, 13, 13, 13, 19, 16, 20, 13)


def write_bulletin(figures: NoticeFigures) -> bytes:
    """The paper: text on portrait pages, one table a unit group on landscape pages."""
    paper = Document()
    _page(paper.sections[0])
    _properties(paper, figures)
    for block in body(figures):
        _block(paper, block)
    _sign(paper)
    for at, group in enumerate(figures.groups, 1):
        section = paper.add_section(WD_SECTION.NEW_PAGE)
        _turn(section)
        _block(paper, Block("annex", f"附件{at}"))
        _block(paper, Block("annex-title", annex_title(figures, group.name)))
        _table(paper, table_rows(group))
    name_fallbacks(paper)
    sink = BytesIO()
    paper.save(sink)
    return sink.getvalue()


def _page(section: Section) -> None:
    """A4 with the margins of the standard; page numbers outside, as — 1 —."""
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = Mm(37), Mm(35)
    section.left_margin, section.right_margin = Mm(28), Mm(26)
    section.footer_distance = Mm(28)
    _number(section.footer.paragraphs[0], WD_ALIGN_PARAGRAPH.RIGHT)
    _number(section.even_page_footer.paragraphs[0], WD_ALIGN_PARAGRAPH.LEFT)


def _turn(section: Section) -> None:
    section.orientation = WD_ORIENT.LANDSCAPE
    section.page_width, section.page_height = Mm(297), Mm(210)
    section.top_margin, section.bottom_margin = Mm(28), Mm(26)
    section.left_margin, section.right_margin = Mm(35), Mm(37)
    section.footer_distance = Mm(19)


def _properties(paper: Paper, figures: NoticeFigures) -> None:
    paper.settings.odd_and_even_pages_header_footer = True
    core = paper.core_properties
    core.title, core.author, core.comments = figures.title, figures.office, ""
    normal = paper.styles["Normal"]
    normal.font.name, normal.font.size = BODY, _BODY_SIZE
    normal.element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), BODY)


def _number(paragraph: Paragraph, side: WD_ALIGN_PARAGRAPH) -> None:
    """四号 page number between dashes, one sign in from the outer edge."""
    paragraph.alignment = side
    indent = paragraph.paragraph_format
    inner = Pt(14)
    if side == WD_ALIGN_PARAGRAPH.RIGHT:
        indent.right_indent = inner
    else:
        indent.left_indent = inner
    for text in ("— ", None, " —"):
        run = paragraph.add_run(text or "")
        _set(run, Pt(14), "宋体")
        if text is None:
            for kind, word in (("begin", ""), ("", "PAGE"), ("end", "")):
                run._element.append(_field(kind, word))  # noqa: SLF001  no API for fields


def _field(kind: str, word: str) -> etree._Element:
    if word:
        element = OxmlElement("w:instrText")
        element.text = word
        return element
    element = OxmlElement("w:fldChar")
    element.set(qn("w:fldCharType"), kind)
    return element


def _block(paper: Paper, block: Block) -> None:
    paragraph = paper.add_paragraph()
    form = paragraph.paragraph_format
    form.space_before = form.space_after = Pt(0)
    form.line_spacing_rule, form.line_spacing = WD_LINE_SPACING.EXACTLY, _LINE
    family, size = BODY, _BODY_SIZE
    if block.kind in ("title", "annex-title"):
        family, paragraph.alignment = TITLE, WD_ALIGN_PARAGRAPH.CENTER
        size = _TITLE_SIZE if block.kind == "title" else Pt(18)
        form.line_spacing = Pt(32)
    elif block.kind == "number":
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    elif block.kind == "annex":
        family = HEADING
    elif block.kind in ("signature", "date"):
        paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
        form.keep_with_next = block.kind == "signature"
    elif block.kind in ("text", "heading", "annexes", "first-annex"):
        family = HEADING if block.kind == "heading" else BODY
        _indent(paragraph, block.kind)
        form.keep_with_next = block.kind == "heading"
    run = paragraph.add_run(block.text)
    _set(run, size, family)


def _sign(paper: Paper) -> None:
    """The date four signs in from the right, the office centred above it (GB/T 9704 7.3.5.1)."""
    office, day = paper.paragraphs[-2:]
    inner = _DATE_FROM_RIGHT + (width(day.text) - width(office.text)) / 2
    # A name too long to be centred there touches the margin, and the date moves in.
    for paragraph, signs in ((office, max(inner, 0)), (day, _DATE_FROM_RIGHT - min(inner, 0))):
        paragraph.paragraph_format.right_indent = Pt(signs * _BODY_SIZE.pt)


def _indent(paragraph: Paragraph, kind: str) -> None:
    """Two signs in, measured in signs as Word does."""
    properties = paragraph._element.get_or_add_pPr()  # noqa: SLF001  no API for signs
    indent = properties.get_or_add_ind()
    if kind in ("annexes", "first-annex"):
        # The names stand below each other, and so do the further lines of a long one.
        indent.set(qn("w:left"), "1840")
        indent.set(qn("w:hanging"), "1200" if kind == "first-annex" else "240")
        return
    indent.set(qn("w:firstLineChars"), "200")
    indent.set(qn("w:firstLine"), "640")


def _table(paper: Paper, rows: list[list[str]]) -> None:
    top, under = HEADS
    table = paper.add_table(rows=2 + len(rows), cols=len(under))
    table.style = "Table Grid"
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    table.autofit = False
    for column, wide in zip(table.columns, _WIDTHS, strict=True):
        column.width = Mm(wide)
    for at, words in enumerate((*HEADS, *rows)):
        row = table.rows[at]
        _keep_whole(row, head=at < len(HEADS))
        for cell, word, wide in zip(row.cells, words, _WIDTHS, strict=True):
            cell.width = Mm(wide)
            cell.vertical_alignment = WD_CELL_VERTICAL_ALIGNMENT.CENTER
            _fill(cell.paragraphs[0], word, left=at >= len(HEADS) and word == words[1])
    _merge(table, top, under)


def _merge(table: Table, top: list[str], under: list[str]) -> None:
    """Heads that stand over several columns, and those that need no second line."""
    first = 0
    while first < len(top):
        last = first
        while last + 1 < len(top) and not top[last + 1] and under[first]:
            last += 1
        low = table.cell(0, last) if under[first] else table.cell(1, first)
        merged = table.cell(0, first).merge(low)
        for extra in merged.paragraphs[1:]:
            extra._element.getparent().remove(extra._element)  # noqa: SLF001  left by the merge
        first = last + 1


def _keep_whole(row: _Row, *, head: bool) -> None:
    """No row is split between pages; the head stands on each."""
    properties = row._tr.get_or_add_trPr()  # noqa: SLF001  no API
    names = ("w:cantSplit", "w:tblHeader") if head else ("w:cantSplit",)
    for name in names:
        properties.append(OxmlElement(name))


def _fill(paragraph: Paragraph, word: str, *, left: bool) -> None:
    paragraph.alignment = WD_ALIGN_PARAGRAPH.LEFT if left else WD_ALIGN_PARAGRAPH.CENTER
    form = paragraph.paragraph_format
    form.space_before = form.space_after = Pt(0)
    form.line_spacing_rule, form.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(18)
    run = paragraph.add_run(word)
    _set(run, _TABLE_SIZE, BODY)


def _set(run: Run, size: Length, family: str) -> None:
    """Size and font, of Chinese signs too, for which the library has no setter."""
    run.font.size, run.font.name = size, family
    properties = run._element.get_or_add_rPr()  # noqa: SLF001
    properties.get_or_add_rFonts().set(qn("w:eastAsia"), family)
