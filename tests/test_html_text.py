"""HTML mail as its reader sees it."""

import pytest

from parsers.html_text import decode_html, read_html


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        pytest.param("<p>一</p><p>二</p>", "一\n二\n", id="paragraphs"),
        pytest.param("一<br>二<br/>三", "一\n二\n三", id="breaks"),
        pytest.param("<div>一<div>二</div></div>", "一\n二\n", id="nested-blocks"),
        pytest.param("<table><tr><td>甲</td><td>乙</td></tr></table>", "甲\t乙\t\n", id="table"),
        pytest.param("<p>城市\r\n管理</p>", "城市管理\n", id="source-line-end-in-chinese"),
        pytest.param("<p>a\r\nb</p>", "a b\n", id="source-line-end-in-english"),
        pytest.param("<pre>a\n b</pre>", "a\n b\n", id="preformatted"),
        pytest.param("<p>&nbsp;&nbsp;一</p>", "  一\n", id="no-break-space"),
        pytest.param("<p>&#20449;&#x606f;</p>", "信息\n", id="entities"),
        pytest.param("<script>x</script><style>y</style>一", "一", id="script-and-style"),
        pytest.param("<span style='display: none'>x</span>一", "一", id="hidden"),
        pytest.param(
            "<span style='font-size:0'>x</span>一<b style='font-size:0.9em'>二</b>",
            "一二",
            id="size-zero",
        ),
        pytest.param("<o:p>一</o:p>", "一", id="office-tags"),
        pytest.param("<?xml version='1.0' encoding='gbk'?><p>一</p>", "一\n", id="xml-declaration"),
        pytest.param("", "", id="empty"),
        pytest.param("一", "一", id="no-tags"),
    ],
)
def test_text(source: str, expected: str) -> None:
    assert read_html(source).text == expected


@pytest.mark.parametrize(
    ("head", "label"),
    [
        pytest.param("<meta charset='gbk'>", "", id="meta-charset"),
        pytest.param(
            '<meta http-equiv="Content-Type" content="text/html; charset=gb2312">',
            "",
            id="meta-http-equiv",
        ),
        pytest.param("", "gb2312", id="header"),
        pytest.param("", "", id="nothing"),
    ],
)
def test_charset(head: str, label: str) -> None:
    data = f"<html><head>{head}</head><body>朱镕基视察</body></html>".encode("gbk")

    assert read_html(decode_html(data, label)).text.strip() == "朱镕基视察"


def test_links_keep_their_place() -> None:
    page = read_html("<p>前<a href='https://x.cn/a'>链接</a>后</p>")

    (anchor,) = page.anchors
    assert page.text[anchor.start : anchor.end] == "链接"
    assert anchor.href == "https://x.cn/a"


def test_depth_costs_no_recursion() -> None:
    assert read_html("<div>" * 50_000 + "一").text is not None
