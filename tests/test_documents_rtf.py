r"""Rich text: code pages by font, \u with its stand-ins, groups that are no text."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mutations import mutants, survivors
from word_files import make_rtf

from parsers.documents import docx
from parsers.documents.rtf import CUT_OFF, read_rtf
from parsers.facts import DocumentText, Unreadable
from parsers.limits import Limits

LIMITS = Limits()
FONTS = (
    rb"{\fonttbl{\f0\fnil\fcharset134 \'cb\'ce\'cc\'e5;}{\f1\froman\fcharset0 Times New Roman;}"
    rb"{\f2\fnil\fcharset2 Wingdings;}{\f3\fnil\fcharset136 \'b7\'73;}{\f4\fnil\fcharset128 MS;}}"
)


def rtf(body: bytes, head: bytes = rb"\ansi\ansicpg936\deff0" + FONTS) -> bytes:
    return b"{\\rtf1" + head + rb"\pard " + body + b"}"


def read(data: bytes, limits: Limits = LIMITS) -> DocumentText:
    content = read_rtf("稿件.rtf", data, limits)
    assert isinstance(content, DocumentText), content
    return content


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        pytest.param(rb"\'d6\'d0\'b9\'fa\par", ["中国"], id="GBK bytes"),
        pytest.param(
            rb"\'81\'5c\'81\'7b\'81\'7d\par", ["乗亄亇"], id="trail bytes 5C 7B 7D in hex"
        ),
        pytest.param(rb"\'81\\\'81\{\'81\}\par", ["乗亄亇"], id="trail bytes escaped"),
        pytest.param(
            "中国乗".encode("gbk") + rb"x\par", ["中国乗x"], id="raw bytes, trail byte bare"
        ),
        pytest.param(
            rb"\u20013\'d6\'d0\u22269?\par", ["中\ufffd国"], id="stand-in longer than declared"
        ),
        pytest.param(
            rb"\uc2\u20013\'d6\'d0\u22269\'b9\'fa\par", ["中国"], id="stand-ins of two bytes"
        ),
        pytest.param(rb"\uc0\u20013\u22269 A\par", ["中国A"], id="no stand-ins"),
        pytest.param(rb"\u20013 ?\u22269 ?\par", ["中国"], id="blank after the number"),
        pytest.param(rb"{\uc0\u20013}\u22269?\par", ["中国"], id="\\uc is the group's"),
        pytest.param(rb"\u-10179?\u-9215?\par", ["🐁"], id="surrogate pair"),
        pytest.param(rb"\u20013?\'b9\'fa\par", ["中国"], id="both ways mixed"),
        pytest.param(rb"\f0\'d6\f1 x\par", ["\ufffdx"], id="lone lead byte takes no neighbour"),
        pytest.param(rb"\f1 caf\'e9 \'93x\'94\par", ["café “x”"], id="Western font"),
        pytest.param(
            rb"\f1\'d6\'d0\'b9\'fa\par", ["中国"], id="Chinese bytes under a Western font"
        ),
        pytest.param(rb"\f3\'a4\'a4\'b0\'ea\par", ["中國"], id="Big5"),
        pytest.param(rb"\f4\'93\'fa\'96\'7b\par", ["日本"], id="Shift-JIS"),
        pytest.param(rb"\f2\'fe\f0\'ca\'c7\par", ["☑是"], id="tick box"),
        pytest.param(rb"{\f2\u-3842 ?}\'ca\'c7\par", ["☑是"], id="tick box in Unicode"),
        pytest.param(
            rb"{\field{\*\fldinst SYMBOL 254 \\f "
            b'"Wingdings"'
            rb" \\s 12}{\fldrslt}}x\par",
            ["☑x"],
            id="symbol field",
        ),
        pytest.param(
            rb"{\field{\*\fldinst EQ \\* jc2 \\o\\ad(\\s\\up 10(p),\u25340 ?)}{\fldrslt}}x\par",
            ["拼x"],
            id="character under pinyin",
        ),
        pytest.param(rb"a\tab b\line c\par", ["a\tb\nc"], id="tab and line"),
        pytest.param(rb"a\~b\_c\-d\par", ["a\xa0b-cd"], id="special hyphens"),
        pytest.param(rb"a\emdash b\ldblquote c\rdblquote\par", ["a—b“c”"], id="named characters"),
        pytest.param(
            b"a\r\nb\\\nc\\par", ["ab", "c"], id="line ends are nothing, escaped ones are"
        ),
        pytest.param(rb"a{\deleted b\par}c\par", ["ac"], id="deleted text and mark"),
        pytest.param(rb"{\header h\par}{\footerr f}a\par", ["a"], id="headers"),
        pytest.param(
            rb"{\header {\shp{\*\shpinst{\shptxt b\par}}}{\field{\*\fldinst PAGE}{\fldrslt 1}}\par}a\par",
            ["a"],
            id="box and page number in a header",
        ),
        pytest.param(
            rb"a{\shp{\*\shpinst{\sp{\sn gtextUNICODE}{\sv \u22478 ?b}}{\sp{\sn x}{\sv y}}}}\par",
            ["a", "城b"],
            id="WordArt",
        ),
        pytest.param(rb"{\*\unknown x{y}}a\par", ["a"], id="unknown optional group"),
        pytest.param(
            rb"{\pard\dropcapli3\dropcapt1 a\par}\pard b\par c\par", ["ab", "c"], id="drop cap"
        ),
        pytest.param(rb"{\listtext 1.\tab}a\par", ["a"], id="list number"),
        pytest.param(rb"a{\*\annotation c\par}\par", ["a"], id="comment"),
        pytest.param(
            rb"{\field{\*\fldinst HYPERLINK "
            b'"http://x"'
            rb"}{\fldrslt a}}\par",
            ["a"],
            id="field result",
        ),
        pytest.param(rb"{\upr{ansi}{\*\ud{\u20013?}}}\par", ["中"], id="Unicode alternative"),
        pytest.param(
            rb"{\*\shppict{\pict\pngblip 0001}}{\nonshppict{\pict x}}a\par", ["a"], id="picture"
        ),
        pytest.param(b"{\\pict\\bin5 }{}\\x}a\\par", ["a"], id="binary data holds braces"),
        pytest.param(rb"{\object{\*\objdata 00}{\result a}}\par", ["a"], id="object result"),
        pytest.param(rb"{\stylesheet{\s1 heading 1;}}{\info{\title T}}a\par", ["a"], id="tables"),
        pytest.param(rb"no mark at the end", ["no mark at the end"], id="no last mark"),
        pytest.param(rb"a\'01\'00b\par", ["ab"], id="control characters"),
        pytest.param(rb"a}}}} trailing", ["a"], id="what follows the end"),
    ],
)
def test_visible_text(body: bytes, expected: list[str]):
    assert [block.text for block in read(rtf(body)).blocks] == expected


@pytest.mark.parametrize(
    ("head", "body", "expected"),
    [
        pytest.param(rb"\ansi\ansicpg936", rb"\'d6\'d0", "中", id="no font table"),
        pytest.param(
            rb"\ansi\deflangfe2052", rb"\'d6\'d0", "中", id="language instead of code page"
        ),
        pytest.param(rb"\ansi", rb"caf\'e9", "café", id="Western by default"),
        pytest.param(rb"\ansi\ansicpg65001", rb"\'e4\'b8\'ad", "中", id="UTF-8"),
        pytest.param(
            rb"\ansi\ansicpg936{\fonttbl\f0\fnil Song;}",
            rb"\f0\'d6\'d0",
            "中",
            id="font without charset",
        ),
        pytest.param(
            rb"\ansi\ansicpg1252\deff0{\fonttbl{\f0\fcharset134 x;}}",
            rb"\'d6\'d0",
            "中",
            id="only \\deff",
        ),
    ],
)
def test_code_pages(head: bytes, body: bytes, expected: str):
    if b"deff0" in head:
        body = rb"\plain " + body
    assert read(rtf(body, head)).text == expected


def test_kinds_of_blocks():
    body = (
        rb"{\stylesheet{\s0 Normal;}{\s1\outlinelevel0 heading 1;}{\s2 \'b1\'ea\'cc\'e2;}}"
        rb"\pard\s2\qc\b T\b0\par\pard\s1 H\par\pard\plain P{\footnote\pard N}\par"
        rb"\trowd\intbl A\cell\intbl B\cell\row\pard{\shp{\*\shpinst{\shptxt X\par}}}Q\par"
    )
    assert [(b.kind, b.level, b.centred, b.bold, b.text) for b in read(rtf(body)).blocks] == [
        ("title", 0, True, True, "T"),
        ("heading", 1, False, False, "H"),
        ("paragraph", 0, False, False, "P"),
        ("cell", 0, False, False, "A"),
        ("cell", 0, False, False, "B"),
        ("paragraph", 0, False, False, "Q"),
        ("text_box", 0, False, False, "X"),
        ("note", 0, False, False, "N"),
    ]


def test_properties_pictures_and_warnings():
    png = "89504e470d0a1a0a0000000d4948445200000010000000080800000000"
    body = (
        rb"{\info{\title \'cc\'e2}{\author A}}{\pict\pngblip "
        + png.encode()
        + rb"}{\deleted d}\par"
    )
    content = read(rtf(body))
    assert content.properties == {"title": "题", "author": "A"}
    assert [(i.format, i.width, i.height) for i in content.images] == [("png", 16, 8)]
    assert content.warnings == (docx.TRACKED,)


def test_a_file_cut_off_says_so():
    assert CUT_OFF in read(rtf(rb"\'d6\'d0\par")[:-1]).warnings


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"plain", id="no RTF"),
        pytest.param(b"{\\rtf1" + b"{" * 200_000, id="braces without end"),
        pytest.param(b"{\\rtf1 " + b"\\par" * 200_000, id="more paragraphs than any report"),
    ],
)
def test_refused(data: bytes):
    assert isinstance(read_rtf("坏.rtf", data, LIMITS), Unreadable)


def test_text_beyond_the_limit_is_refused_not_cut():
    content = read_rtf("长.rtf", make_rtf(["字" * 101]), Limits(text_chars=100))
    assert isinstance(content, Unreadable)


def test_sixty_megabytes_of_picture_are_jumped_over():
    picture = b"{\\*\\objdata " + (b"0123456789abcdef" * 8 + b"\r\n") * 400_000 + b"}"
    assert read(rtf(picture + rb"\'d6\'d0\par")).text == "中"


LINE = st.text(st.sampled_from("城市管理乗亄亇，。“”—…·A z09%-.,(){}\\é𠮷👍①"), max_size=30)


@settings(deadline=None)  # a busy machine is no failure
@given(st.lists(LINE, min_size=1, max_size=8))
def test_text_written_comes_back(lines: list[str]):
    assert [block.text for block in read(make_rtf(lines)).blocks] == lines


def test_mutants_give_values_and_never_raise():
    seeds = [
        make_rtf(["城市管理𠮷", "A{}\\"]),
        rtf(
            rb"{\upr{a}{\*\ud{\u20013?}}}{\footnote n}{\pict\bin3 abc}{\shp{\*\shpinst{\shptxt X}}}"
        ),
    ]
    assert survivors(mutants(seeds, "rtf"), read_rtf) == []


def test_headers_stand_around_and_word_art_is_not_counted() -> None:
    data = (
        rb"{\rtf1\ansi\ansicpg936{\header\pard \'bb\'fa\'c3\'dc{\pict\pngblip 89}\par x}"
        rb"{\footer f}\pard a{\shp{\*\shpinst{\sp{\sn gtextUNICODE}{\sv t}}}}\par}"
    )
    content = read_rtf("稿.rtf", data, Limits())

    assert isinstance(content, DocumentText)
    assert content.around == ("机密", "x", "f")
    assert [(block.text, block.counted) for block in content.blocks] == [("a", True), ("t", False)]
    assert content.images == ()


def test_an_embedded_object_is_told() -> None:
    data = rb"{\rtf1 a{\object\objemb{\*\objdata 00}{\result b}}\par}"
    content = read_rtf("稿.rtf", data, Limits())

    assert isinstance(content, DocumentText)
    assert (content.text, content.warnings) == ("ab", (docx.EMBEDDED,))
