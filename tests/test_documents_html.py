"""HTML files and web archives, as browsers and Word write them."""

import base64
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parsers.documents.html import read_html, read_mht
from parsers.facts import Block, DocumentText, Unreadable
from parsers.limits import Limits

LIMITS = Limits()
Reader = Callable[[str, bytes, Limits], DocumentText | Unreadable]
SENTENCE = "城市管理综合行政执法局今日开展夜间巡查，清理占道经营三十二处。"
GIF = b"GIF89a\x02\x00\x03\x00" + b"\0" * 20


def blocks(page: str | bytes) -> list[Block]:
    data = page if isinstance(page, bytes) else page.encode()
    document = read_html("a.html", data, LIMITS)
    assert isinstance(document, DocumentText), document
    return list(document.blocks)


def texts(page: str | bytes) -> list[str]:
    return [block.text for block in blocks(page)]


@pytest.mark.parametrize(
    ("page", "expected"),
    [
        pytest.param("<p>一</p><p>二</p>", ["一", "二"], id="paragraphs"),
        pytest.param("<div>一<div>二</div>三</div>", ["一", "二", "三"], id="nested-divisions"),
        pytest.param("<p>城市\n  管理</p>", ["城市管理"], id="source-line-inside-chinese"),
        pytest.param("<p>big\n  city</p>", ["big city"], id="source-line-inside-english"),
        pytest.param("<p>一<br>二<br/>三</p>", ["一\n二\n三"], id="line-breaks"),
        pytest.param("<p>甲<b>乙</b><span>丙</span>丁</p>", ["甲乙丙丁"], id="inline"),
        pytest.param("<script>x</script><style>y</style><p>一</p>", ["一"], id="scripts"),
        pytest.param("<head><title>题</title></head><body>一</body>", ["一"], id="head"),
        pytest.param("<p style='DISPLAY : none'>密</p>二", ["二"], id="hidden"),
        pytest.param("<p hidden>密</p>二", ["二"], id="hidden-attribute"),
        pytest.param(
            "<p>甲<span style='mso-hide:all'>密</span>乙</p>", ["甲乙"], id="hidden-in-word"
        ),
        pytest.param(
            "<p><span style='mso-list:Ignore'>1.</span>甲</p>", ["甲"], id="automatic-number"
        ),
        pytest.param("<p>甲<del>乙</del><ins>丙</ins></p>", ["甲丙"], id="tracked-changes"),
        pytest.param("<p>甲<o:p>&nbsp;</o:p></p>", ["甲\xa0"], id="office-tags"),
        pytest.param(
            "<!--[if gte mso 9]><xml>x</xml><![endif]--><p>一</p>", ["一"], id="conditional-comment"
        ),
        pytest.param("<p>&#22478;&#x5E02;&amp;&lt;</p>", ["城市&<"], id="entities"),
        pytest.param("<p>一<p>二", ["一", "二"], id="unclosed"),
        pytest.param(
            "<p><ruby>拼<rp>(</rp><rt>pīn</rt><rp>)</rp></ruby>音</p>", ["拼音"], id="pinyin-above"
        ),
        pytest.param("<pre>一\n二</pre>", ["一\n二"], id="preformatted"),
        pytest.param("一\n", ["一"], id="bare-text"),
        pytest.param(
            '<?xml version="1.0" encoding="GBK"?><html><body>一</body></html>',
            ["一"],
            id="xhtml-declaration",
        ),
        pytest.param("<p>一\0二</p>", ["一二"], id="nul"),
        pytest.param("<ul><li>一<li>二</ul>", ["一", "二"], id="list"),
    ],
)
def test_text(page: str, expected: list[str]) -> None:
    assert texts(page) == expected


def test_kinds() -> None:
    page = "<h2 align=center>标题</h2><table><tr><td>甲<td><p>乙</p></table><p style='text-align:center'>丙</p>"

    assert blocks(page) == [
        Block("标题", "heading", 2, centred=True),
        Block("甲", "cell"),
        Block("乙", "cell"),
        Block("丙", centred=True),
    ]


@pytest.mark.parametrize(
    ("encoding", "declared"),
    [
        pytest.param("gb18030", "gb2312", id="gbk"),
        pytest.param("gb18030", "utf-8", id="declaration-lies"),
        pytest.param("gb18030", "", id="undeclared-gbk"),
        pytest.param("utf-8", "gb2312", id="utf8-declared-gb2312"),
        pytest.param("utf-16", "unicode", id="word-unicode"),
        pytest.param("big5hkscs", "big5", id="big5"),
    ],
)
def test_encodings(encoding: str, declared: str) -> None:
    body = "城市管理局開展巡查" if declared == "big5" else SENTENCE
    page = f"<html><head><meta charset={declared}></head><body><p>{body}</p></body></html>"

    assert texts(page.encode(encoding)) == [body]


@pytest.mark.parametrize(
    ("encoding", "declared", "body"),
    [
        pytest.param("cp1252", "windows-1252", "Søker på fly: bestått, høy, når", id="western"),
        pytest.param("shift_jis", "shift_jis", "消防署からのお知らせです", id="japanese"),
    ],
)
def test_a_foreign_declaration_holds_where_chinese_makes_no_sense(
    encoding: str, declared: str, body: str
) -> None:
    page = f"<html><head><meta charset={declared}></head><body><p>{body}</p></body></html>"

    assert texts(page.encode(encoding)) == [body]


def test_inline_picture() -> None:
    source = base64.b64encode(GIF).decode()
    document = read_html(
        "a", f"<p>图<img src='data:image/gif;base64,{source}'></p>".encode(), LIMITS
    )

    assert isinstance(document, DocumentText)
    assert [(i.format, i.width, i.height) for i in document.images] == [("gif", 2, 3)]


def mht(body: bytes, charset: str, transfer: str) -> bytes:
    return (
        b"MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=b\r\n\r\n"
        b"--b\r\nContent-Type: text/html; charset=" + charset.encode() + b"\r\n"
        b"Content-Transfer-Encoding: " + transfer.encode() + b"\r\n\r\n" + body + b"\r\n"
        b"--b\r\nContent-Type: image/gif\r\nContent-Transfer-Encoding: base64\r\n\r\n"
        + base64.b64encode(GIF)
        + b"\r\n--b--\r\n"
    )


def test_word_web_archive() -> None:
    page = f"<html><body><p>{SENTENCE}</p></body></html>".encode("gbk")
    document = read_mht("a.doc", mht(base64.encodebytes(page), "gb2312", "base64"), LIMITS)

    assert isinstance(document, DocumentText)
    assert document.text == SENTENCE
    assert document.format == "mht"
    assert len(document.images) == 1


@pytest.mark.parametrize(
    ("data", "reader"),
    [
        pytest.param(b"", read_html, id="empty-html"),
        pytest.param(b"From: x\r\n\r\n", read_mht, id="no-html-part"),
        pytest.param(b"", read_mht, id="empty-mht"),
        pytest.param(b"--b\n" * 100_000, read_mht, id="boundary-flood"),
        pytest.param(
            f"<p>{SENTENCE}".encode().decode("gb18030", "replace").encode(),
            read_html,
            id="mojibake",
        ),
    ],
)
def test_refused(data: bytes, reader: Reader) -> None:
    assert isinstance(reader("a", data, LIMITS), Unreadable)


@pytest.mark.parametrize("tag", ["div", "span", "table><tr><td", "font", "ul><li"])
def test_bottomless_nesting_ends_in_a_value(tag: str) -> None:
    page = b"<" + tag.encode() + b">"

    assert isinstance(read_html("a", page * 20_000 + b"x", LIMITS), DocumentText | Unreadable)


@given(st.text(st.sampled_from("<>/ap=\"'!-[]div tbl城&;#x\n\0"), max_size=200))
def test_any_markup_ends_in_a_value(page: str) -> None:
    assert isinstance(read_html("a", page.encode(), LIMITS), DocumentText | Unreadable)
    assert isinstance(read_mht("a", page.encode(), LIMITS), DocumentText | Unreadable)
