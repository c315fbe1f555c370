"""Own words, history and signature, as each mail client writes them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parsers.facts import Address
from parsers.html_text import read_html
from parsers.quotes import is_forward, split_text

OWN = "现报送信息一篇。"
OLD = "请报送三月信息。"

QQ = """
------------------ 原始邮件 ------------------
发件人: "信息科" <office@example.cn>;
发送时间: 2026年3月1日(星期日) 上午10:00
收件人: "unit"<unit@example.cn>;
主题: 约稿

"""
QQ_NEW = """
------------------&nbsp;原始邮件&nbsp;------------------
发件人: "信息科" <office@example.cn>;
发送时间:&nbsp;2026年3月1日(星期日) 上午10:00
收件人:&nbsp;"unit"<unit@example.cn>;

""".replace("&nbsp;", " ")
FOXMAIL = """
unit@example.cn

发件人： 信息科
发送时间： 2026-03-01 10:00
收件人： unit
主题： 约稿

"""
WEB_163 = '\n在 2026-03-01 10:00:00，"信息科" <office@example.cn> 写道：\n\n'
WEB_163_OLD = '\nAt 2026-03-01 10:00:00, "信息科" <office@example.cn> wrote:\n> '
MASTER = """
---- 回复的原邮件 ----
| 发件人 | 信息科<office@example.cn> |
| 日期 | 2026年03月01日 10:00 |
| 收件人 | unit@example.cn |
| 主题 | 约稿 |
"""
OUTLOOK = """
________________________________
发件人: 信息科 <office@example.cn>
发送时间: 2026年3月1日 10:00
收件人: unit <unit@example.cn>
主题: 约稿

"""
OUTLOOK_2003 = """
-----邮件原件-----
发件人: 信息科 [mailto:office@example.cn]
发送时间: 2026年3月1日 10:00
收件人: unit
主题: 约稿

"""
OUTLOOK_EN = """
From: Office <office@example.cn>
Sent: Sunday, March 1, 2026 10:00
To: unit
Subject: x

"""
IPHONE = "\n在 2026年3月1日，上午10:00，信息科 <office@example.cn> 写道：\n\n> "
GMAIL = "\n信息科 <office@example.cn> 于2026年3月1日周日 10:00写道：\n\n> "
WRAPPED = "\nOn Sun, Mar 1, 2026 at 10:00 AM 信息科\n<office@example.cn> wrote:\n\n> "
YAHOO = "\n信息科 (<office@example.cn>) 在 2026年3月1日星期日 下午05:48:53 [GMT+8] 寫道：\n\n"
ZOHO = "\n---- 在 星期日, 01 三月 2026 10:00:00 +0800 信息科 <office@example.cn> 撰写 ----\n\n"
SINA = "\n----- 原始邮件 -----\n发件人：信息科 <office@example.cn>\n收件人：a\n日期：2026年03月01日 11点27分\n"
DATE_FIRST = (
    "\nDate: Sun, 1 Mar 2026 10:00:00 +0800\nSubject: x\nFrom: office@example.cn\nTo: unit\n\n"
)
EXCHANGE_BOLD = "\n*发件人:* 信息科\n*发送时间:* 2026年3月1日\n*收件人:* unit\n\n"


@pytest.mark.parametrize(
    "history",
    [
        pytest.param(QQ, id="qq"),
        pytest.param(QQ_NEW, id="qq-no-break-spaces"),
        pytest.param(FOXMAIL, id="foxmail"),
        pytest.param(WEB_163, id="163-web"),
        pytest.param(WEB_163_OLD, id="163-web-english"),
        pytest.param(MASTER, id="mail-master"),
        pytest.param(OUTLOOK, id="outlook"),
        pytest.param(OUTLOOK_2003, id="outlook-2003"),
        pytest.param(OUTLOOK_EN, id="outlook-english"),
        pytest.param(IPHONE, id="iphone"),
        pytest.param(GMAIL, id="gmail"),
        pytest.param(WRAPPED, id="attribution-over-two-lines"),
        pytest.param(EXCHANGE_BOLD, id="bold-stars"),
        pytest.param(YAHOO, id="yahoo"),
        pytest.param(ZOHO, id="zoho"),
        pytest.param(SINA, id="sina"),
        pytest.param(DATE_FIRST, id="date-before-from"),
        pytest.param("\n-----Original Message-----\n", id="original-message"),
        pytest.param("\n-----原始邮件-----\n", id="plain-separator"),
    ],
)
def test_history_is_cut_off(history: str) -> None:
    split = split_text(OWN + "\n" + history + OLD, "回复：约稿")

    assert split.own == OWN
    assert OLD in split.quoted
    assert split.forwarded_from is None


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(
            "在2026年3月1日的会议上，局长写道：\n要抓好落实。", id="prose-that-says-wrote"
        ),
        pytest.param("发件人：张三\n这是正文里的一行。", id="one-label-is-no-block"),
        pytest.param("一、基本情况\n> 90%的路段已清扫。\n二、下步打算", id="one-arrow"),
        pytest.param(
            "标题\n--------------------\n正文第一段，" + "很长的一句话" * 12, id="rule-above-text"
        ),
        pytest.param("正文。\n------\n供稿：张三\n审核：李四", id="credits-below-a-rule"),
        pytest.param("原始邮件", id="the-words-alone"),
    ],
)
def test_a_draft_keeps_its_words(text: str) -> None:
    assert split_text(text).own == text


@pytest.mark.parametrize(
    ("tail", "signature"),
    [
        pytest.param("\n\n发自我的iPhone", "发自我的iPhone", id="iphone"),
        pytest.param("\n\n发自 我的华为手机", None, id="huawei-with-blank"),
        pytest.param("\n\n来自我的华为手机", "来自我的华为手机", id="huawei"),
        pytest.param("\n\n发自 网易邮箱大师", None, id="mail-master-blank"),
        pytest.param("\n\n发自网易邮箱大师", "发自网易邮箱大师", id="mail-master"),
        pytest.param("\n\nSent from my iPhone", "Sent from my iPhone", id="english"),
        pytest.param("\n-- \n张三\n综合科", "--\n张三\n综合科", id="dashes"),
        pytest.param(
            "\n\n------------------\n张三\n综合科", "------------------\n张三\n综合科", id="qq-rule"
        ),
        pytest.param("\n\nunit@example.cn", "unit@example.cn", id="foxmail-account"),
        pytest.param("\n\n签名由 网易邮箱大师 定制", "签名由 网易邮箱大师 定制", id="made-by"),
    ],
)
def test_signature(tail: str, signature: str | None) -> None:
    split = split_text(OWN + tail)

    assert split.own == OWN
    assert split.signature == (signature or tail.strip())


def test_words_below_the_history_are_kept() -> None:
    split = split_text(f"{WEB_163_OLD}{OLD}\n> 第二行\n\n{OWN}")

    assert split.own == OWN
    assert OLD in split.quoted


def test_words_between_quoted_lines_are_kept() -> None:
    split = split_text(f"> {OLD}\n{OWN}\n> 再问一句\n第二句。")

    assert split.own == f"{OWN}\n第二句。"
    assert split.quoted == f"> {OLD}\n> 再问一句"


@pytest.mark.parametrize(
    ("subject", "text", "author"),
    [
        pytest.param(
            "转发：信息",
            f'\n-------- 转发邮件信息 --------\n发件人："王五" <w@x.cn>\n发送日期：2026-03-01\n收件人：a\n\n{OLD}',
            Address("王五", "w@x.cn"),
            id="163",
        ),
        pytest.param(
            "Fw:信息",
            f'\n------------------ 原始邮件 ------------------\n发件人: "王五" <w@x.cn>;\n发送时间: 2026年\n\n{OLD}',
            Address("王五", "w@x.cn"),
            id="qq",
        ),
        pytest.param(
            "Fwd: 信息",
            f"\n---------- Forwarded message ---------\n发件人： 王五 <w@x.cn>\nDate: 2026\n\n{OLD}",
            Address("王五", "w@x.cn"),
            id="gmail",
        ),
        pytest.param(
            "信息",
            f"\n\n发件人: 王五 [mailto:w@x.cn]\n发送时间: 2026年\n收件人: a\n主题: 信息\n\n{OLD}",
            Address("王五", "w@x.cn"),
            id="outlook-without-prefix",
        ),
        pytest.param(
            "转发: 信息",
            f"\n---- 转发的邮件 ----\n| 发件人 | 王五<w@x.cn> |\n| 日期 | 2026 |\n\n{OLD}",
            Address("王五", "w@x.cn"),
            id="mail-master",
        ),
        pytest.param(
            "Fwd: 信息",
            f"\n开始转发的邮件：\n\n发件人: 王五 <w@x.cn>\n主题: 信息\n\n{OLD}",
            Address("王五", "w@x.cn"),
            id="iphone",
        ),
        pytest.param(
            "转发：信息",
            f"\n-------- 转发邮件信息 --------\n发件人：王五\n\n{OLD}",
            Address("王五", ""),
            id="name-only",
        ),
        pytest.param("转发：信息", OLD, None, id="no-history"),
    ],
)
def test_forwards(subject: str, text: str, author: Address | None) -> None:
    """A bare forward may hold the draft: the text stays in `quoted`, the author is named."""
    split = split_text(text, subject)

    assert split.forwarded_from == author
    assert OLD in (split.quoted or split.own)


@pytest.mark.parametrize(
    ("subject", "expected"),
    [
        pytest.param("转发：信息", True, id="chinese"),
        pytest.param("回复：转发：信息", True, id="behind-a-reply"),
        pytest.param("FW: x", True, id="fw"),
        pytest.param("回复：信息", False, id="reply"),
        pytest.param("转发一条经验", False, id="the-word-alone"),
        pytest.param("", False, id="empty"),
    ],
)
def test_is_forward(subject: str, expected: bool) -> None:
    assert is_forward(subject) is expected


def test_markup_of_a_quote_is_believed() -> None:
    page = read_html(f"<p>{OWN}</p><blockquote id='isReplyContent'><p>{OLD}</p></blockquote>")

    split = split_text(page.text, "", page.quote_start)

    assert (split.own, split.quoted) == (OWN, OLD)


def test_words_below_a_marked_quote_are_kept() -> None:
    page = read_html(
        f"<p>在 2026年3月1日，上午10:00，a &lt;a@x.cn&gt; 写道：</p>"
        f"<blockquote type='cite'><p>{OLD}</p></blockquote><p>{OWN}</p><p>发自我的iPhone</p>"
    )

    split = split_text(page.text, "", page.quote_start, page.quote_end)

    assert split.own == OWN
    assert OLD in split.quoted
    assert split.signature == "发自我的iPhone"


@given(
    st.text(st.sampled_from("在写道：> -\n发件人:日期主题收原始邮a@1|")),
    st.integers(0, 30),
    st.integers(0, 30),
)
def test_nothing_visible_is_lost(text: str, start: int, size: int) -> None:
    marks = (start, start + size) if size and start + size <= len(text) else (None, None)
    split = split_text(text, "", *marks)
    kept = split.own + split.quoted + split.signature

    assert sorted("".join(kept.split())) == sorted("".join(text.split()))


WORDS = "近日，我局开展集中整治。"


@pytest.mark.parametrize(
    ("below", "history"),
    [
        pytest.param("| |\n李某\n|\n|\nunit@example.cn\n|\n签名由网易邮箱大师定制", False, id="visiting-card"),
        pytest.param("| |\n李某\n|\n|\nunit@example.cn\n|\n" + MASTER.strip(), True, id="visiting-card-above-history"),
        pytest.param("-" * 30 + "\n本邮件及其附件含有保密信息，仅限于发送给上面地址中列出的个人，禁止任何其他人以任何形式使用。", False, id="disclaimer"),
        pytest.param("原始邮件\n \n发件人：信息科 <office@example.cn>\n发件时间：2026年3月1日 10:00\n收件人：unit\n主题：约稿\n", True, id="title-of-history-without-dashes"),
    ],
)  # fmt: skip
def test_what_clients_add_is_not_said(below: str, *, history: bool) -> None:
    found = split_text(f"{WORDS}\n\n{below}\n")

    assert found.own == WORDS
    assert bool(found.quoted) == history


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("路段|数量\n朝阳路|12\n通川路|15", id="table-with-bars"),
        pytest.param("一、情况\n|\n二、建议。", id="one-bar"),
    ],
)
def test_bars_of_the_sender_stay(text: str) -> None:
    assert split_text(f"{WORDS}\n{text}").own == f"{WORDS}\n{text}"
