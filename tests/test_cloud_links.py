"""Big attachments that came as links: recognised by their target alone."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parsers.cloud_links import find_cloud_links, provider_of, without_cloud_names
from parsers.html_text import read_html


@pytest.mark.parametrize(
    ("url", "provider"),
    [
        pytest.param(
            "https://mail.163.com/large-attachment-download/index.html?file=a", "163", id="163"
        ),
        pytest.param(
            "https://mail.126.com/large-attachment-download/index.html?file=a", "163", id="126"
        ),
        pytest.param(
            "https://dashi.163.com/html/cloud-attachment-download/?key=a", "dashi", id="dashi"
        ),
        pytest.param(
            "https://edisk.qiye.163.com/api/biz/attachment/download?identity=a",
            "qiye163",
            id="qiye",
        ),
        pytest.param("http://mail.qq.com/cgi-bin/ftnExs_download?k=a", "qq", id="qq-old"),
        pytest.param("https://wx.mail.qq.com/ftn/download?func=3&key=a&code=b", "qq", id="qq-new"),
        pytest.param("https://exmail.qq.com/cgi-bin/ftnExs_download?k=a", "qq", id="qq-enterprise"),
        pytest.param("https://kdocs.cn/l/cabc", "kdocs", id="online document of WPS"),
        pytest.param("https://www.kdocs.cn/p/12345", "kdocs", id="shared file of WPS"),
        pytest.param(
            "https://docs.qq.com/doc/DABC", "tencent-docs", id="online document of Tencent"
        ),
        pytest.param("https://docs.qq.com/form/page/DABC", "", id="a form to fill in is no file"),
        pytest.param("https://abc.feishu.cn/docx/Xyz", "feishu", id="online document of Feishu"),
        pytest.param("https://pan.baidu.com/s/1abc?pwd=1234", "baidu-pan", id="Baidu disk"),
        pytest.param("https://www.alipan.com/s/abc", "alipan", id="Alibaba disk"),
        pytest.param("https://pan.quark.cn/s/abc", "quark-pan", id="Quark disk"),
        pytest.param("https://share.weiyun.com/abc", "weiyun", id="Weiyun"),
        pytest.param("https://cloud.189.cn/t/abc", "189-cloud", id="disk of China Telecom"),
        pytest.param("https://yun.139.com/w/abc", "139-cloud", id="disk of China Mobile"),
        pytest.param("https://www.kdocs.cn/", "", id="home page of WPS"),
        pytest.param("https://pan.baidu.com.evil.cn/s/1abc", "", id="no disk of Baidu"),
        pytest.param("https://mail.163.com/js6/main.jsp", "", id="163-other-page"),
        pytest.param(
            "https://evil.cn/?u=mail.163.com/large-attachment-download/", "", id="target-in-query"
        ),
        pytest.param(
            "https://mail.163.com.evil.cn/large-attachment-download/", "", id="host-as-prefix"
        ),
        pytest.param("https://evilmail.qq.com.cn/ftn/download", "", id="host-as-infix"),
        pytest.param(
            "https://mail.163.com@evil.cn/large-attachment-download/", "", id="host-as-user"
        ),
        pytest.param("javascript:https://mail.163.com/large-attachment-download/", "", id="script"),
        pytest.param("https://[::1/ftn", "", id="broken"),
        pytest.param("", "", id="empty"),
    ],
)
def test_provider_of(url: str, provider: str) -> None:
    assert provider_of(url) == provider


def test_qq_list_gives_each_file_its_own_size_and_expiry() -> None:
    page = read_html(
        "<div>从QQ邮箱发来的超大附件</div>"
        "<div>一.rar (128.03M, 2026年3月27日 21:59 到期)"
        "<a href='http://mail.qq.com/cgi-bin/ftnExs_download?k=1'>进入下载页面</a></div>"
        "<div>二.mp4 (1.5G, 无限期)<a href='http://mail.qq.com/cgi-bin/ftnExs_download?k=2'>进入下载页面</a></div>"
    )

    one, two = find_cloud_links(page)

    assert (one.name, one.size) == ("一.rar", "128.03M")
    assert one.expires_at == datetime(2026, 3, 27, 13, 59, tzinfo=UTC)
    assert (two.name, two.size, two.expires_at) == ("二.mp4", "1.5G", None)


def test_163_list_of_icon_name_and_size() -> None:
    """The 163 pages write an icon without text before each name."""
    entry = (
        "<div><a href='https://mail.163.com/large-attachment-download/index.html?file={0}'></a></div>"
        "<div><a href='https://mail.163.com/large-attachment-download/index.html?file={0}'>{1}</a>"
        "<span> ({2}, 2026年8月17日 0:49 到期)</span>"
        "<a href='https://mail.163.com/large-attachment-download/index.html?file={0}'>下载</a></div>"
    )
    page = read_html(
        "<b>从网易163邮箱发来的超大附件</b><a href='http://u.163.com/x'>推荐客户端极速下载</a>"
        + entry.format("a", "一.wav", "80.96M")
        + entry.format("b", "二.wav", "1.2G")
    )

    found = [(link.name, link.size) for link in find_cloud_links(page)]

    assert found == [("一.wav", "80.96M"), ("二.wav", "1.2G")]


@pytest.mark.parametrize(
    ("body", "name"),
    [
        pytest.param(
            "【金山文档】 关于夜间市容整治的报告\nhttps://kdocs.cn/l/cabc",
            "关于夜间市容整治的报告",
            id="WPS",
        ),
        pytest.param(
            "通过网盘分享的文件：稿件.docx\n链接: https://pan.baidu.com/s/1abc?pwd=1 提取码: 1",
            "稿件.docx",
            id="Baidu",
        ),
        pytest.param("https://docs.qq.com/doc/DABC", "", id="nothing but the link"),
    ],
)
def test_names_of_shares_in_plain_text(body: str, name: str) -> None:
    (link,) = find_cloud_links(None, body)

    assert link.name == name


def test_name_in_the_query_of_an_older_link() -> None:
    page = read_html(
        "<a href='http://fs.163.com/fs/display/?file=a&amp;title=%E8%B5%84%E6%96%99.rar'><img></a>"
    )

    assert find_cloud_links(page)[0].name == "资料.rar"


def test_a_query_of_many_fields_is_no_exception() -> None:
    page = read_html("<a href='http://fs.163.com/fs/display/?" + "a=b&" * 200 + "'>下载</a>")

    assert find_cloud_links(page)


def test_name_and_button_of_one_file_are_one_link() -> None:
    href = "https://mail.163.com/large-attachment-download/index.html?file=a"
    page = read_html(f"<a href='{href}'>下载</a><a href='{href}'>视频.mp4</a>")

    (link,) = find_cloud_links(page)

    assert link.name == "视频.mp4"


def test_expiry_in_epoch_milliseconds() -> None:
    page = read_html(
        "<a href='https://edisk.qiye.163.com/api/biz/attachment/download?identity=a'"
        " file-name='../a.rar' expired='1722786486117'>下载</a>"
    )

    (link,) = find_cloud_links(page)

    assert link.name == "a.rar"
    assert link.expires_at == datetime(2024, 8, 4, 15, 48, 6, 117000, tzinfo=UTC)


@pytest.mark.parametrize("expired", ["99999999999999", "-1", "abc", "", "１２３"])
def test_absurd_expiry_is_unknown(expired: str) -> None:
    page = read_html(
        f"<a href='https://wx.mail.qq.com/ftn/download?key=a' expired='{expired}'>a.rar</a>"
    )

    assert find_cloud_links(page)[0].expires_at is None


@pytest.mark.parametrize(
    "source",
    [
        pytest.param("<style>#divNeteaseBigAttach{display:none}</style>正文", id="style-sheet"),
        pytest.param("从网易163邮箱发来的超大附件", id="the-words-alone"),
        pytest.param(
            "<!-- <a href='https://wx.mail.qq.com/ftn/download?key=a'>a</a> -->正文", id="comment"
        ),
        pytest.param(
            "<div style='display:none'><a href='https://wx.mail.qq.com/ftn/download?key=a'>a</a></div>",
            id="hidden",
        ),
    ],
)
def test_no_link_no_cloud_attachment(source: str) -> None:
    assert find_cloud_links(read_html(source)) == ()


def test_the_name_of_a_cloud_file_is_no_word_of_the_sender() -> None:
    page = read_html("<p>正文</p><a href='https://wx.mail.qq.com/ftn/download?key=a'>a.rar</a>")

    assert without_cloud_names(page).split() == ["正文"]


def test_a_link_around_the_whole_draft_does_not_swallow_it() -> None:
    draft = "城市管理信息" * 100
    page = read_html(f"<a href='https://wx.mail.qq.com/ftn/download?key=a'>{draft}")

    assert draft in without_cloud_names(page)


@given(st.text(max_size=300))
def test_any_html_is_read(source: str) -> None:
    page = read_html(source)

    page.text.encode("utf-8")
    for link in find_cloud_links(page, source):
        assert link.url.startswith("http")
