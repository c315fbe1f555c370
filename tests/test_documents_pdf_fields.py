"""PDF forms and text boxes: what was typed is read where it stands, and told."""

import io

import pypdfium2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pdf_making import FULL_PAGE_PICTURE, At, gray_image, pdf, text_stream, typed

from parsers.documents import pdf as reader
from parsers.documents.pdf import read_pdf
from parsers.documents.pdf_fields import MOST_ANNOTATIONS
from parsers.documents.refusals import Refused
from parsers.facts import DocumentText, Unreadable
from parsers.limits import Limits

LIMITS = Limits()
RULE = "本表由各单位于每月二十五日以前如实填写清楚以后报市局汇总。"
LABELS = text_stream(
    At(80, 760, RULE[:26]),
    At(80, 732, RULE[26:]),
    At(80, 700, "姓名："),
    At(300, 700, "电话："),
    At(80, 660, "情况："),
)


def field(value: str, rect: str, more: bytes = b"/FT/Tx") -> bytes:
    return b"<</Type/Annot/Subtype/Widget/T(%s)/V%s/Rect[%s]%s>>" % (
        rect.encode(),
        typed(value),
        rect.encode(),
        more,
    )


def box(text: str, rect: str, more: bytes = b"/F 4") -> bytes:
    return b"<</Type/Annot/Subtype/FreeText/DA(/F 12 Tf)/Contents%s/Rect[%s]%s>>" % (
        typed(text),
        rect.encode(),
        more,
    )


def remark(kind: bytes, more: bytes = b"") -> bytes:
    return b"<</Type/Annot/Subtype/%s/Contents%s/Rect[130 696 250 718]%s>>" % (
        kind,
        typed("请核对数据"),
        more,
    )


def read(data: bytes) -> DocumentText:
    document = read_pdf("表.pdf", data, LIMITS)
    assert isinstance(document, DocumentText), document
    return document


def texts(content: bytes, *annotations: bytes) -> list[str]:
    return [block.text for block in read(pdf(content, annotations=annotations)).blocks]


@pytest.mark.parametrize(
    ("annotations", "expected"),
    [
        pytest.param(
            [field("张三", "130 696 250 718")],
            ["姓名：张三 电话：", "情况："],
            id="behind its label",
        ),
        pytest.param(
            [field("二八", "350 696 450 718"), field("张三", "130 696 250 718")],
            ["姓名：张三 电话：二八", "情况："],
            id="two in a line, whichever comes first",
        ),
        pytest.param(
            [field("第一段。\r第二段。", "80 500 515 640", b"/FT/Tx/Ff 4096")],
            ["姓名： 电话：", "情况：", "第一段。", "第二段。"],
            id="several paragraphs below their label",
        ),
        pytest.param(
            [field("甲" * 120, "80 500 515 640", b"/FT/Tx/Ff 4096"), field("乙", "80 460 200 480")],
            ["姓名： 电话：", "情况：", "甲" * 120, "乙"],
            id="a long value is one paragraph",
        ),
        pytest.param(
            [field("x1", "130 656 250 678", b"/FT/Ch/Ff 131072/Opt[[(x1)%s]]" % typed("市容"))],
            ["姓名： 电话：", "情况：市容"],
            id="the label of a choice, not its code",
        ),
        pytest.param(
            [field("手填", "130 656 250 678", b"/FT/Ch/Ff 393216/Opt[(a)(b)]")],
            ["姓名： 电话：", "情况：手填"],
            id="a choice typed by hand",
        ),
        pytest.param(
            [box("请核实。", "130 656 300 678")], ["姓名： 电话：", "情况：请核实。"], id="text box"
        ),
        pytest.param(
            [box("批示：请核实。", "300 400 500 420")],
            ["姓名： 电话：", "情况：", "批示：请核实。"],
            id="text box away from all text",
        ),
    ],
)
def test_read_where_it_stands(annotations: list[bytes], expected: list[str]) -> None:
    assert texts(LABELS, *annotations) == [RULE, *expected]


@pytest.mark.parametrize(
    "annotation",
    [
        pytest.param(field("张三", "130 696 250 718", b"/FT/Tx/F 2"), id="hidden field"),
        pytest.param(field("张三", "130 696 250 718", b"/FT/Tx/F 32"), id="not on the screen"),
        pytest.param(field("张三", "130 696 250 718", b"/FT/Tx/Ff 8192"), id="password"),
        pytest.param(field("", "130 696 250 718"), id="empty"),
        pytest.param(field("张三", "130 696 130 718"), id="no width"),
        pytest.param(field("Yes", "130 696 250 718", b"/FT/Btn"), id="tick"),
        pytest.param(field("签", "130 696 250 718", b"/FT/Sig"), id="signature"),
        pytest.param(box("隐藏", "130 696 250 718", b"/F 2"), id="hidden text box"),
        pytest.param(b"<</Subtype/Highlight/Rect[130 696 250 718]>>", id="mark without a word"),
        pytest.param(remark(b"Text", b"/F 2"), id="hidden note"),
        pytest.param(b"null", id="nothing at all"),
    ],
)
def test_what_the_page_does_not_show_is_left_out(annotation: bytes) -> None:
    document = read(pdf(LABELS, annotations=[annotation]))

    assert document.text == f"{RULE}\n姓名： 电话：\n情况："
    assert document.warnings == ()


def test_a_latin_value_stays_apart_from_a_latin_label() -> None:
    label = text_stream(At(80, 760, RULE[:26]), At(80, 732, RULE[26:]), At(80, 700, "Name"))

    assert texts(label, field("Zhang", "150 696 250 718")) == [RULE, "Name Zhang"]


def test_a_line_to_write_on_gives_way_to_what_was_written() -> None:
    line = text_stream(At(80, 700, "姓名："), At(130, 700, "__________"))

    assert texts(line, field("张三", "128 696 300 718")) == ["姓名：张三"]


def test_a_value_at_the_top_of_every_page_is_no_running_header() -> None:
    pages = [text_stream(At(80, 700, f"第{n}段正文内容。")) for n in "一二三"]
    data = pdf(*pages, annotations=[field("填报：张三", "80 780 300 800")])

    assert [block.text for block in read(data).blocks].count("填报：张三") == 3


@pytest.mark.parametrize(
    ("annotation", "told"),
    [
        pytest.param(field("张三", "130 696 250 718"), reader.FORM, id="form"),
        pytest.param(box("请核实。", "130 696 250 718"), reader.TEXT_BOXES, id="text box"),
        pytest.param(remark(b"Text"), reader.REMARKS, id="note that pops up"),
        pytest.param(remark(b"Highlight"), reader.REMARKS, id="comment on marked words"),
    ],
)
def test_is_told(annotation: bytes, told: str) -> None:
    assert read(pdf(LABELS, annotations=[annotation])).warnings == (told,)


def test_an_empty_form_that_was_filled_in_is_a_document() -> None:
    assert texts(b"", field("今日开展市容整治。", "80 500 515 640", b"/FT/Tx/Ff 4096")) == [
        "今日开展市容整治。"
    ]


def test_a_remark_on_a_scan_makes_no_text_of_it() -> None:
    data = pdf(
        FULL_PAGE_PICTURE,
        image=gray_image(64, 64),
        annotations=[box("已阅" * 40, "80 500 515 640")],
    )
    content = read_pdf("扫描.pdf", data, LIMITS)

    assert isinstance(content, Unreadable)
    assert "扫描件" in content.reason


def test_a_dynamic_form_is_told_apart() -> None:
    wait = text_stream(At(80, 700, "Please wait..."))
    content = read_pdf("表.pdf", pdf(wait, form=b"/XFA(x)>>/NeedsRendering true/X<<"), LIMITS)

    assert isinstance(content, Unreadable)
    assert content.reason == reader.SHELL
    assert content.remedy == reader.PRINT_TO_PDF


def with_attached(data: bytes, *names: str) -> bytes:
    opened = pypdfium2.PdfDocument(data)
    for name in names:
        opened.new_attachment(name).set_data(b"PK")
    out = io.BytesIO()
    opened.save(out)
    opened.close()
    return out.getvalue()


def test_files_inside_are_told() -> None:
    (warning,) = read(with_attached(pdf(LABELS), "稿件.docx", "表.xlsx")).warnings

    assert "内嵌附件2个（稿件.docx、表.xlsx）" in warning
    assert warning.endswith(reader.SEND_APART)


def test_a_portfolio_of_files_is_no_scan() -> None:
    content = read_pdf("包.pdf", with_attached(pdf(b""), "稿件.docx"), LIMITS)

    assert isinstance(content, Unreadable)
    assert "只有内嵌附件" in content.reason
    assert content.remedy == reader.SEND_APART


# Hostile files


def test_more_annotations_than_anybody_makes_are_told() -> None:
    many = [field("甲", "80 500 515 520")] * (MOST_ANNOTATIONS + 1)
    assert reader.TOO_MANY_FIELDS in read(pdf(LABELS, annotations=many)).warnings


def test_pages_that_share_one_list_of_annotations_end_soon() -> None:
    many = [field("甲", "80 500 515 520")] * MOST_ANNOTATIONS
    document = read(pdf(*[LABELS] * 12, annotations=many))

    assert reader.TOO_MANY_FIELDS in document.warnings


def test_a_huge_value_is_refused() -> None:
    data = pdf(LABELS, annotations=[field("甲" * 150_000, "80 500 515 520")])
    with pytest.raises(Refused) as why:
        read_pdf("表.pdf", data, LIMITS)
    assert why.value.suspicious


def test_where_a_value_belongs_is_not_sought_for_ever() -> None:
    """Beyond the looks allowed, a value is a paragraph of its own; none is lost."""
    page = text_stream(*[At(x % 500, 700, "甲", 8) for x in range(4_000)])
    fields = [field("乙", f"80 696 {515 + n % 9} 718") for n in range(MOST_ANNOTATIONS)]

    assert read(pdf(page, annotations=fields)).text.count("乙") == MOST_ANNOTATIONS


@pytest.mark.parametrize(
    "annotation",
    [
        pytest.param(b"<</Subtype/Widget/FT/Tx/V 6 0 R/Rect[0 0 1 1]>>", id="points at itself"),
        pytest.param(b"<</Subtype/Widget/FT/Tx/Parent 5 0 R/Rect[0 0 9 9]>>", id="odd parent"),
        pytest.param(b"<</Subtype/Widget/Rect[0 0 9 9]/Kids[6 0 R]>>", id="its own child"),
        pytest.param(b"<</Subtype/FreeText/Contents 99 0 R/Rect[(a)(b)]>>", id="no rectangle"),
        pytest.param(b"<</Subtype/FreeText/Contents(\xfe\xff\xd8)/Rect[9 9 0 0]>>", id="half"),
        pytest.param(b"<</Subtype/Widget/FT/Ch/Opt[[[[]]]]/I[-1 9]/Rect[0 0 9 9]>>", id="options"),
        pytest.param(field("甲", "1e30 -1e30 nan 9e99"), id="absurd rectangle"),
    ],
)
def test_broken_annotations_cost_only_themselves(annotation: bytes) -> None:
    assert texts(LABELS, annotation) == [RULE, "姓名： 电话：", "情况："]


@settings(deadline=None, max_examples=50)
@given(changes=st.lists(st.tuples(st.floats(0, 1), st.integers(0, 255)), min_size=1, max_size=40))
def test_any_damage_ends_in_a_value(changes: list[tuple[float, int]]) -> None:
    whole = pdf(
        LABELS, annotations=[field("张三", "130 696 250 718"), box("请核实。", "80 400 300 420")]
    )
    data = bytearray(whole)
    for place, value in changes:
        data[int(place * (len(data) - 1))] = value

    assert isinstance(read_pdf("表.pdf", bytes(data), LIMITS), DocumentText | Unreadable)


def test_the_form_is_given_back_when_reading_stops_early() -> None:
    few = Limits(text_chars=2)
    content = read_pdf("表.pdf", pdf(LABELS, annotations=[field("张三", "130 696 250 718")]), few)

    assert isinstance(content, Unreadable)
    assert pypdfium2.PdfDocument(pdf(b"")).get_formtype() == 0


def test_remarks_are_told_and_no_text() -> None:
    document = read(pdf(LABELS, annotations=[remark(b"Text"), remark(b"StrikeOut")]))

    assert "核对" not in document.text
    assert document.warnings == (reader.REMARKS,)
