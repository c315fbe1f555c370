"""PDF: text flowed back into paragraphs, furniture dropped, scans told apart."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pdf_making import CJK_FONT, FULL_PAGE_PICTURE, At, gray_image, pdf, text_stream

from parsers.documents.page_lines import Line, PageLines, mend_characters, paragraphs_of
from parsers.documents.pdf import read_pdf
from parsers.facts import DocumentText, Unreadable
from parsers.limits import Limits

LIMITS = Limits()
GOLDEN = Path(__file__).parent / "golden" / "documents"

LEFT, SIZE = 80, 16
FULL = "城市管理综合行政执法局组织开展夜间市容环境综合整治行动"[:27]


def read(data: bytes) -> DocumentText:
    document = read_pdf("a.pdf", data, LIMITS)
    assert isinstance(document, DocumentText), document
    assert document.format == "pdf"
    assert document.approximate
    return document


def texts(*pages: bytes) -> list[str]:
    return [block.text for block in read(pdf(*pages)).blocks]


def paragraph(y: float, *lines: str) -> list[At]:
    first, *rest = lines
    return [
        At(LEFT + 2 * SIZE, y, first),
        *[At(LEFT, y - 28 * n, line) for n, line in enumerate(rest, 1)],
    ]


@pytest.mark.parametrize("name", ["wrapped-paragraphs-header-page-numbers", "two-columns"])
def test_real_writer_file_comes_back_exactly(name: str) -> None:
    """Headings, wrapped lines over pages, header, page numbers, quotation marks."""
    document = read((GOLDEN / f"{name}.pdf").read_bytes())

    assert document.text == (GOLDEN / f"{name}.txt").read_text("utf-8").strip()
    assert int(document.properties["pages"]) > 1


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        pytest.param(
            paragraph(700, FULL[:25], FULL, "取得实效。"),
            [FULL[:25] + FULL + "取得实效。"],
            id="wrapped",
        ),
        pytest.param(
            [*paragraph(700, FULL[:25], "完。"), *paragraph(644, FULL[:25], "终。")],
            [FULL[:25] + "完。", FULL[:25] + "终。"],
            id="indent-starts-a-paragraph",
        ),
        pytest.param(
            [At(LEFT, 700, FULL), At(LEFT, 600, FULL)],
            [FULL, FULL],
            id="large-gap-ends-a-paragraph",
        ),
        pytest.param(
            [At(LEFT, 700, "单位：环卫处"), At(LEFT, 672, "日期：三月"), At(LEFT, 644, FULL)],
            ["单位：环卫处", "日期：三月", FULL],
            id="short-lines-stay-apart",
        ),
        pytest.param(
            [At(LEFT, 700, FULL[:26] + "。"), At(LEFT, 672, "二、" + FULL[:10])],
            [FULL[:26] + "。", "二、" + FULL[:10]],
            id="numbered-item-starts-anew",
        ),
        pytest.param(
            [At(180, 760, "城市管理信息", 22), At(LEFT, 700, FULL)],
            ["城市管理信息", FULL],
            id="larger-type-is-a-title",
        ),
        pytest.param([At(LEFT, 700, "城 市 管 理 信 息")], ["城市管理信息"], id="letter-spaced"),
        pytest.param(
            [At(LEFT, 700, "张 三 报送信息")], ["张 三 报送信息"], id="blank-in-a-name-stays"
        ),
        pytest.param([At(LEFT, 700, "⼈⺠城市⻅闻")], ["人民城市见闻"], id="radicals"),
    ],
)
def test_paragraphs(lines: list[At], expected: list[str]) -> None:
    assert texts(text_stream(*lines)) == expected


def test_paragraph_goes_on_over_the_page_end() -> None:
    first = text_stream(*paragraph(128, FULL[:25], FULL), At(280, 40, "— 1 —"))
    second = text_stream(
        At(LEFT, 760, "取得实效。"), *paragraph(732, FULL[:25], "完。"), At(280, 40, "— 2 —")
    )

    assert texts(first, second) == [FULL[:25] + FULL + "取得实效。", FULL[:25] + "完。"]


@pytest.mark.parametrize("number", ["1", "- 1 -", "— 1 —", "第1页", "第 1 页 共 3 页", "1/3", "１"])
def test_page_numbers_are_dropped(number: str) -> None:
    assert texts(text_stream(At(LEFT, 700, FULL), At(280, 40, number))) == [FULL]


def test_a_number_in_the_text_stays() -> None:
    assert (
        texts(text_stream(At(LEFT, 700, FULL), At(LEFT, 400, "2024"), At(LEFT, 300, FULL)))[1]
        == "2024"
    )


def test_headers_that_repeat_are_dropped() -> None:
    pages = [
        text_stream(At(LEFT, 800, "内部资料"), At(LEFT, 700, f"第{n}段正文内容。"))
        for n in "一二三"
    ]

    assert texts(*pages) == ["第一段正文内容。", "第二段正文内容。", "第三段正文内容。"]


TITLE = "关于夜间市容整治情况的报告"


@pytest.mark.parametrize(
    ("header", "head", "kept"),
    [
        pytest.param(At(LEFT, 800, TITLE, 12), [], [TITLE], id="the only title of the page"),
        pytest.param(
            At(LEFT, 800, TITLE, 12),
            [At(LEFT, 700, "市局办公室：")],
            [TITLE, "市局办公室："],
            id="above the 主送",
        ),
        pytest.param(
            At(LEFT, 800, TITLE, 12),
            [At(170, 740, TITLE, 22)],
            [TITLE],
            id="beside the title proper: once",
        ),
        pytest.param(
            At(150, 780, TITLE, 22),
            [At(200, 740, "（征求意见稿）")],
            [TITLE, "（征求意见稿）"],
            id="title in large type that two copies in one file repeat",
        ),
        pytest.param(At(LEFT, 800, "内部资料", 12), [], [], id="too short for a title"),
        pytest.param(
            At(LEFT, 800, "达州市城市管理行政执法局", 12),
            [At(LEFT, 700, "整治情况")],
            ["整治情况"],
            id="name of the office above a title in small type",
        ),
    ],
)
def test_what_repeats_stays_on_the_first_page_where_it_is_the_title(
    header: At, head: list[At], kept: list[str]
) -> None:
    first = text_stream(header, *head, *paragraph(672, FULL[:25], "整治。"))
    second = text_stream(header, *paragraph(672, FULL[:25], "后页。"))

    assert texts(first, second) == [*kept, FULL[:25] + "整治。", FULL[:25] + "后页。"]


OFFICE = "达州市城市管理行政执法局"


@pytest.mark.parametrize(
    ("around", "kept"),
    [
        pytest.param([At(LEFT, 800, OFFICE, 10)], [], id="header"),
        pytest.param([At(LEFT, 30, "内部资料　注意保存", 10)], [], id="footer"),
        pytest.param(
            [At(LEFT, 30, "内部资料", 10), At(LEFT, 18, "注意保存", 10)], [], id="two lines"
        ),
        pytest.param([At(LEFT, 800, OFFICE)], [OFFICE], id="as large as the text"),
        pytest.param([At(LEFT, 760, OFFICE, 10)], [OFFICE], id="not in the margin"),
        pytest.param(
            [At(LEFT, 800, "撰稿：王某　审核：李某", 10)],
            ["撰稿：王某　审核：李某"],
            id="who wrote it",
        ),
        pytest.param([At(LEFT, 800, "请速核实。", 10)], ["请速核实。"], id="a sentence"),
    ],
)
def test_small_lines_in_the_margins_of_a_single_page(around: list[At], kept: list[str]) -> None:
    page = text_stream(*around, At(200, 740, "整治情况", 22), *paragraph(672, FULL[:25], "整治。"))

    found = read(pdf(page))

    assert [b.text for b in found.blocks] == [*kept, "整治情况", FULL[:25] + "整治。"]
    assert set(found.around) == {at.text for at in around} - set(kept)


def test_a_note_that_goes_on_down_to_the_edge_is_text() -> None:
    notes = [At(LEFT, 80 - 14 * n, f"注{n}：见附表。", 10) for n in range(5)]
    page = text_stream(*paragraph(672, FULL[:25], "整治。"), *notes)

    assert texts(page)[1:] == [at.text for at in notes]


def test_the_margin_of_a_photograph_is_anybodys_guess() -> None:
    header, text = Line("抬头一行", 80, 120, 20, 10), Line(FULL, 80, 500, 200, 16)
    blocks = paragraphs_of([PageLines((header, text), 595, 842, has_margins=False)])

    assert [block.text for block in blocks] == ["抬头一行", FULL]


def test_a_page_of_nothing_but_what_repeats_is_kept_once() -> None:
    page = text_stream(At(LEFT, 800, "值班电话"), At(LEFT, 780, "二八二八二八二"))

    assert texts(page, page) == ["值班电话", "二八二八二八二"]


def test_red_head_on_the_first_page_stays() -> None:
    first = text_stream(At(LEFT, 800, "城市管理信息"), At(LEFT, 700, "第一段。"))

    assert texts(first, text_stream(At(LEFT, 700, "第二段。")))[0] == "城市管理信息"


def test_slanting_watermark_is_dropped() -> None:
    mark = At(200, 400, "内部资料严禁外传", 40, "0.7 0.7 -0.7 0.7")

    assert texts(text_stream(At(LEFT, 700, FULL), mark, At(LEFT, 672, "完。"))) == [FULL + "完。"]


def test_characters_are_put_in_order_from_left_to_right() -> None:
    drawn_last = [At(LEFT + 3 * SIZE, 700, "《"), At(LEFT + 6 * SIZE, 700, "》")]
    line = [
        At(LEFT, 700, "实行"),
        At(LEFT + 2 * SIZE, 700, "了"),
        At(LEFT + 4 * SIZE, 700, "定人"),
        *drawn_last,
    ]

    assert texts(text_stream(*line)) == ["实行了《定人》"]


@pytest.mark.parametrize(
    ("matrix", "places"),
    [
        pytest.param("0 1 -1 0", [(100, 80), (128, 80)], id="counter-clockwise"),
        pytest.param("-1 0 0 -1", [(515, 100), (515, 128)], id="upside-down"),
        pytest.param("0 -1 1 0", [(128, 762), (100, 762)], id="clockwise"),
    ],
)
def test_pages_drawn_sideways(matrix: str, places: list[tuple[float, float]]) -> None:
    """As landscape pages are, with or without /Rotate."""
    lines = [
        At(*place, text, matrix=matrix) for place, text in zip(places, (FULL, "完。"), strict=True)
    ]
    turned = pdf(text_stream(*lines)).replace(
        b"/MediaBox[0 0 595 842]", b"/Rotate 90/MediaBox[0 0 595 842]"
    )

    assert texts(text_stream(*lines)) == [FULL + "完。"]
    assert read(turned).text == FULL + "完。"


def test_scaled_page_and_offset_origin() -> None:
    """Printer drivers draw large and scale down; croppers move the origin."""
    lines = [At(4 * x.x, 4 * x.y, x.text, 64) for x in paragraph(700, FULL[:25], FULL, "完。")]
    data = pdf(b"q 0.25 0 0 0.25 1000 1000 cm\n" + text_stream(*lines) + b"Q")
    moved = data.replace(b"/MediaBox[0 0 595 842]", b"/MediaBox[1000 1000 1595 1842]")

    assert read(moved).text == FULL[:25] + FULL + "完。"


def test_bytes_before_the_header_are_tolerated() -> None:
    assert read(b"\r\n\r\n" + pdf(text_stream(At(LEFT, 700, FULL)))).text == FULL


def test_pictures_and_their_digest() -> None:
    content = text_stream(At(LEFT, 700, FULL * 2)) + b"q 100 0 0 100 50 50 cm /I Do Q\n"
    (image,) = read(pdf(content, image=gray_image(64, 48))).images

    assert (image.width, image.height) == (64, 48)


def test_a_picture_on_every_page_is_taken_once() -> None:
    content = text_stream(At(LEFT, 700, FULL * 2)) + b"q 100 0 0 100 50 50 cm /I Do Q\n"

    assert len(read(pdf(content, content, image=gray_image(64, 48))).images) == 1


def test_scanned_page_among_text_is_told() -> None:
    document = read(
        pdf(text_stream(At(LEFT, 700, FULL)), FULL_PAGE_PICTURE, image=gray_image(64, 64))
    )

    assert document.text == FULL
    assert "第 2 页" in document.warnings[0]


def test_text_that_no_font_can_show_is_told() -> None:
    """Single unassigned characters have no glyph in any font: pdfium leaves them out."""
    lost = [At(LEFT + n * SIZE, 400, "\u0378") for n in range(12)]
    document = read(pdf(text_stream(At(LEFT, 700, FULL[:5]), *lost)))

    assert document.text == FULL[:5]
    assert any("字体" in warning for warning in document.warnings)


def encrypted() -> bytes:
    locked = (
        b"/Encrypt<</Filter/Standard/V 1/R 2/O<"
        + b"11" * 32
        + b">/U<"
        + b"22" * 32
        + b">/P -4>>/ID[<00><00>]"
    )
    return pdf(text_stream(At(LEFT, 700, FULL)), trailer=locked)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        pytest.param(b"", "损坏", id="empty"),
        pytest.param(b"%PDF-1.4\n" + b"x" * 500, "损坏", id="garbage"),
        pytest.param(encrypted(), "密码", id="encrypted"),
        pytest.param(pdf(*[b""] * 4), "页", id="too-many-pages"),
        pytest.param(pdf(b""), "没有文字", id="blank"),
        pytest.param(pdf(FULL_PAGE_PICTURE, image=gray_image(64, 64)), "扫描件", id="scan"),
        pytest.param(
            pdf(
                FULL_PAGE_PICTURE + text_stream(At(LEFT, 20, "扫描全能王 创建")),
                image=gray_image(64, 64),
            ),
            "扫描件",
            id="scan-with-the-mark-of-a-scanner-app",
        ),
        pytest.param(
            pdf(text_stream(At(LEFT, 700, "\ue001\ue0a2\ue1b3\ue2c4\ue4d5" * 5))),
            "乱码",
            id="font-without-characters",
        ),
    ],
)
def test_refused(data: bytes, reason: str) -> None:
    refused = read_pdf("a.pdf", data, Limits(pages=3))

    assert isinstance(refused, Unreadable)
    assert reason in refused.reason
    assert refused.remedy
    assert not refused.suspicious


def test_mended_characters_are_ordinary_ones() -> None:
    assert mend_characters("⼀⽇⻓⻔⾦⻩") == "一日长门金黄"


@settings(deadline=None)  # a busy machine is no failure
@given(
    st.lists(
        st.builds(
            Line,
            st.text("城管1a 。、（）", min_size=1, max_size=9),
            st.floats(-1e4, 1e4),
            st.floats(-1e4, 1e4),
            st.floats(-1e4, 1e4),
            st.floats(0, 100),
        ),
        max_size=12,
    )
)
def test_no_character_is_lost_but_furniture(lines: list[Line]) -> None:
    blocks = paragraphs_of([PageLines(tuple(lines), 595, 842)])
    inner = [line for line in lines if 0.2 * 842 < line.y < 0.8 * 842]
    joined = "".join(block.text for block in blocks).replace(" ", "")

    for line in inner:
        assert line.text.replace(" ", "") in joined


SEED = pdf(text_stream(At(LEFT, 700, FULL), At(LEFT, 672, FULL)), packed=True)


@settings(max_examples=60)
@given(st.lists(st.tuples(st.floats(0, 0.999), st.integers(0, 255)), max_size=8))
def test_any_damage_ends_in_a_value(changes: list[tuple[float, int]]) -> None:
    data = bytearray(SEED)
    for where, byte in changes:
        data[int(where * len(data))] = byte

    assert isinstance(read_pdf("a", bytes(data), LIMITS), DocumentText | Unreadable)


@pytest.mark.parametrize("kept", [0.2, 0.5, 0.9])
def test_truncated_file_ends_in_a_value(kept: float) -> None:
    assert isinstance(
        read_pdf("a", SEED[: int(len(SEED) * kept)], LIMITS), DocumentText | Unreadable
    )


def _with_font(letters: str, drawn: bytes) -> bytes:
    """A page showing `drawn` in a font whose A, B, C … are `letters`."""
    codes = "".join(f"<{65 + n:02x}> <{ord(c):04x}>\n" for n, c in enumerate(letters))
    table = (
        "/CIDInit /ProcSet findresource begin 12 dict begin begincmap\n"
        "1 begincodespacerange <00> <ff> endcodespacerange\n"
        f"{len(letters)} beginbfchar\n{codes}endbfchar endcmap end end"
    ).encode()
    stream = b"<</Length %d>>stream\n%s\nendstream" % (len(table), table)
    font = b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/ToUnicode 4 0 R>>"
    made = pdf(b"BT /F 16 Tf 1 0 0 1 100 700 Tm (%s) Tj ET" % drawn, image=stream)
    return made.replace(CJK_FONT, font)  # pdfium mends the offsets


@pytest.mark.parametrize(
    ("letters", "drawn", "expected"),
    [
        pytest.param("שלוםעכ", b"FE DCBA", "שלום עכ", id="hebrew-runs-leftwards"),
        pytest.param("한국도시관리", b"AB CDEF", "한국 도시관리", id="korean-keeps-its-blanks"),
    ],
)
def test_other_scripts(letters: str, drawn: bytes, expected: str) -> None:
    document = read_pdf("a.pdf", _with_font(letters, drawn), LIMITS)

    assert isinstance(document, DocumentText)
    assert document.text == expected
