"""Headers, addresses, parameters and dates as strangers write them."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parsers.addresses import parse_addresses
from parsers.headers import message_ids, read_block, read_envelope
from parsers.limits import Limits
from parsers.mail_dates import parse_date
from parsers.parameters import parse_parameters

LIMITS = Limits()


def envelope(head: bytes):
    return read_envelope(read_block(head, 0, len(head), LIMITS))


def pairs(value: str) -> list[tuple[str, str]]:
    return [(box.name, box.address) for box in parse_addresses(value)]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        pytest.param("a@x.cn", [("", "a@x.cn")], id="bare"),
        pytest.param("<A@X.CN>", [("", "a@x.cn")], id="lower-case"),
        pytest.param('"张三" <a@x.cn>', [("张三", "a@x.cn")], id="quoted-name"),
        pytest.param(
            '"=?gb18030?B?1cXI/SzA7svE?=" <z@qq.com>',
            [("张三,李四", "z@qq.com")],
            id="comma-inside-word",
        ),
        pytest.param(
            '"Li, Si" <l@x.cn>, b@y.cn',
            [("Li, Si", "l@x.cn"), ("", "b@y.cn")],
            id="comma-inside-quotes",
        ),
        pytest.param("a@x.cn (张三)", [("张三", "a@x.cn")], id="name-as-comment"),
        pytest.param("办公室: a@x.cn, b@y.cn;", [("", "a@x.cn"), ("", "b@y.cn")], id="group"),
        pytest.param("undisclosed-recipients:;", [], id="empty-group"),
        pytest.param("<@relay.cn,@b.cn:a@x.cn>", [("", "a@x.cn")], id="route"),
        pytest.param("a@x.cn; b@y.cn", [("", "a@x.cn"), ("", "b@y.cn")], id="semicolon-between"),
        pytest.param("张三 a@x.cn", [("张三", "a@x.cn")], id="no-brackets"),
        pytest.param(
            "=?utf-8?B?Ym9zc0AxNjMuY29t?= <evil@x.cn>",
            [("boss@163.com", "evil@x.cn")],
            id="address-in-the-name",
        ),
        pytest.param(
            '"boss@163.com" <evil@x.cn>', [("boss@163.com", "evil@x.cn")], id="address-in-quotes"
        ),
        pytest.param(
            "<boss@163.com> <evil@x.cn>",
            [("", "boss@163.com"), ("", "evil@x.cn")],
            id="two-brackets",
        ),
        pytest.param(
            "boss@163.com <evil@x.cn>",
            [("boss@163.com", "evil@x.cn")],
            id="address-before-brackets",
        ),
        pytest.param("a@x.cn(boss@163.com)", [("boss@163.com", "a@x.cn")], id="address-in-comment"),
        pytest.param('"张三 <a@x.cn>', [("张三 <>", "a@x.cn")], id="quote-never-closed"),
        pytest.param("张三", [("张三", "")], id="name-only"),
        pytest.param("<>", [], id="null"),
        pytest.param("<a@x.cn\r\n Bcc: b@y.cn>", [], id="line-end-inside"),
        pytest.param(
            "\udcf8office@x.cn",
            [("鴒ffice@x.cn", "")],
            id="damaged-byte-gives-no-other-address",
        ),
        pytest.param("<\udcf8office@x.cn>", [], id="damaged-byte-in-brackets"),
        pytest.param("王五w@x.cn", [("王五", "w@x.cn")], id="name-without-blank"),
        pytest.param("a@x", [("", "a@x")], id="host-without-dot"),
    ],
)
def test_addresses(value: str, expected: list[tuple[str, str]]) -> None:
    assert pairs(value) == expected


@given(st.text(st.sampled_from('<>()"\\,;:@ab=?\udcc4\x00\r\n 张')))
def test_addresses_are_always_single_and_clean(value: str) -> None:
    for box in parse_addresses(value):
        assert box.address == "" or box.address.count("@") == 1
        assert not set(box.address) & set(" <>\r\n\x00,;")
        assert not set(box.name) & set("\r\n\x00")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(
            "Mon, 02 Mar 2026 09:00:00 +0800", "2026-03-02 01:00:00", id="as-it-should-be"
        ),
        pytest.param(
            "Mon, 2 Mar 2026 9:00:00 +0800 (CST)", "2026-03-02 01:00:00", id="one-digit-hour"
        ),
        pytest.param("Mon, 2 Mar 2026 09:00:00 CST", "2026-03-02 01:00:00", id="cst-is-china"),
        pytest.param("Mon, 2 Mar 2026 09:00:00", "2026-03-02 01:00:00", id="no-zone-is-china"),
        pytest.param("Mon, 2 Mar 2026 01:00:00 GMT", "2026-03-02 01:00:00", id="gmt"),
        pytest.param("2026-3-2 9:00:00", "2026-03-02 01:00:00", id="digits-first"),
        pytest.param("2026/03/02 09:00", "2026-03-02 01:00:00", id="slashes"),
        pytest.param(
            "2026年3月2日(星期一) 上午9:00", "2026-03-02 01:00:00", id="weekday-in-brackets"
        ),
        pytest.param("2026年3月2日 星期一 下午3:05", "2026-03-02 07:05:00", id="afternoon"),
        pytest.param("2026-03-02T09:00:00.123+08:00", "2026-03-02 01:00:00", id="iso"),
        pytest.param("2026-03-02T01:00:00Z", "2026-03-02 01:00:00", id="iso-z"),
        pytest.param("2026-13-40 99:00:00", None, id="no-such-date"),
        pytest.param("Thu, 01 Jan 1970 00:00:00 +0000", None, id="epoch-of-a-broken-phone"),
        pytest.param("Mon, 02 Mar 2126 09:00:00 +0800", None, id="far-future"),
        pytest.param("昨天", None, id="words"),
        pytest.param("", None, id="empty"),
    ],
)
def test_dates(text: str, expected: str | None) -> None:
    when = datetime.fromisoformat(expected).replace(tzinfo=UTC) if expected else None

    assert parse_date(text) == when


@given(st.text(st.sampled_from("0123456789-/年月日: 上下午+TZMonMar,")))
def test_dates_are_aware_or_none(text: str) -> None:
    when = parse_date(text)

    assert when is None or when.utcoffset() is not None


@pytest.mark.parametrize(
    ("header", "name", "expected"),
    [
        pytest.param('attachment; filename="a.doc"', "filename", "a.doc", id="plain"),
        pytest.param("attachment; filename=a b; c.doc", "filename", "a b; c.doc", id="unquoted"),
        pytest.param(
            "attachment; filename*=utf-8''%E6%8A%A5.doc; filename=x.doc",
            "filename",
            "报.doc",
            id="extended-wins",
        ),
        pytest.param(
            "attachment; filename*=utf-8''%FF%FE; filename=x.doc",
            "filename",
            "x.doc",
            id="damaged-extended-loses",
        ),
        pytest.param(
            "attachment; filename*1=b.doc; filename*0=a",
            "filename",
            "ab.doc",
            id="sections-out-of-order",
        ),
        pytest.param(
            "attachment; filename*0*=gbk''%B1; filename*1*=\"%A8.doc\"",
            "filename",
            "报.doc",
            id="sections-cut-in-character",
        ),
        pytest.param(
            'attachment; filename*0="=?gbk?B?sag="; filename*1="?=.doc"',
            "filename",
            "报.doc",
            id="words-in-sections",
        ),
        pytest.param(
            'attachment; filename*="=?utf-8?B?5oqlLmRvYw==?="',
            "filename",
            "报.doc",
            id="word-in-extended",
        ),
        pytest.param(
            r'attachment; filename="C:\dir\a.doc"', "filename", r"C:\dir\a.doc", id="windows-path"
        ),
        pytest.param(r'attachment; filename="a\"b.doc"', "filename", 'a"b.doc', id="escaped-quote"),
        pytest.param('attachment; filename="a"b.doc"', "filename", 'a"b.doc', id="stray-quote"),
        pytest.param('attachment; filename="a.doc', "filename", "a.doc", id="quote-never-closed"),
        pytest.param(
            "attachment;filename = a.doc ;size=1", "filename", "a.doc", id="blanks-around"
        ),
        pytest.param("attachment; FILENAME=a.doc", "filename", "a.doc", id="upper-case"),
        pytest.param("attachment", "filename", "", id="absent"),
    ],
)
def test_parameters(header: str, name: str, expected: str) -> None:
    assert parse_parameters(header).filename(name) == expected


@given(st.text(st.sampled_from("ab=;\"*'%0123\\ \r\n?\udcc4")), st.sampled_from(["a", "b"]))
def test_parameters_never_raise(header: str, name: str) -> None:
    parse_parameters("x; " + header).filename(name).encode("utf-8")


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        pytest.param("<a@x> <b@x>", ("<a@x>", "<b@x>"), id="two"),
        pytest.param("<a@x>\r\n <a@x>", ("<a@x>",), id="repeated"),
        pytest.param("<[a]@x>", ("<[a]@x>",), id="bracketed-defeats-the-library"),
        pytest.param("a@x", ("<a@x>",), id="no-brackets"),
        pytest.param("<a\r\n b@x>", ("<ab@x>",), id="folded-inside"),
        pytest.param("", (), id="none"),
    ],
)
def test_message_ids(value: str, expected: tuple[str, ...]) -> None:
    assert message_ids(value) == expected


def test_two_from_headers_are_both_kept_and_told() -> None:
    found = envelope(b"From: a@x.cn\r\nFrom: b@y.cn\r\n\r\n")

    assert [box.address for box in found.senders] == ["a@x.cn", "b@y.cn"]
    assert "有多个发件人信头，发件人可能是伪造的" in found.defects


def test_a_name_with_an_unquoted_comma_is_one_sender() -> None:
    found = envelope("From: 综合科, 张三 <a@x.cn>\r\n\r\n".encode())

    assert [(box.name, box.address) for box in found.senders] == [("综合科, 张三", "a@x.cn")]
    assert found.defects == ()


@pytest.mark.parametrize(
    "value",
    [
        pytest.param('"张三" <a@x.cn>', id="quoted"),
        pytest.param("张三<a@x.cn>", id="no-blank"),
        pytest.param("张三（综合科） <a@x.cn>", id="full-width-brackets"),
        pytest.param("a@x.cn <a@x.cn>", id="address-as-its-own-name"),
        pytest.param("a@x.cn(张三)", id="comment"),
        pytest.param("[外部] 张三 <a@x.cn>", id="square-brackets"),
    ],
)
@pytest.mark.parametrize("charset", ["utf-8", "gbk"])
def test_honest_senders_raise_no_doubt(value: str, charset: str) -> None:
    found = envelope(b"From: " + value.encode(charset) + b"\r\n\r\n")

    assert found.senders[0].address == "a@x.cn"
    assert found.defects == ()


def test_an_address_hidden_in_an_encoded_header_is_read_and_told() -> None:
    found = envelope(b"From: =?utf-8?B?5byg5LiJIDxhQHguY24+?=\r\n\r\n")

    assert found.senders[0].address == "a@x.cn"
    assert any("请核对发件人" in text for text in found.defects)


def test_received_time_comes_from_the_top_header_only() -> None:
    head = (
        b"Received: from a by mx12 (Coremail) with SMTP id 1;\r\n\tMon, 02 Mar 2026 9:00:00 +0800 (CST)\r\n"
        b"Received: from forged by b; Sun, 01 Mar 2026 00:00:00 +0800\r\n\r\n"
    )

    assert envelope(head).received_at == datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
    assert envelope(b"Received: from a by b\r\n" + head.split(b"\r\n", 2)[2]).received_at is None


def test_a_date_after_receipt_is_not_believed() -> None:
    head = b"Received: from a by b; Mon, 02 Mar 2026 09:00:00 +0800\r\nDate: Mon, 09 Mar 2026 09:00:00 +0800\r\n\r\n"

    assert envelope(head).sent_at is None


@pytest.mark.parametrize(
    "head",
    [
        pytest.param(b"Subject: a\rBcc: b@y.cn\r\n\r\n", id="bare-cr"),
        pytest.param(b"Subject: =?utf-8?B?YQ0KQmNjOiBiQHkuY24=?=\r\n\r\n", id="encoded-line-end"),
        pytest.param(b"Subject: =?utf-8?Q?a=0D=0ABcc:_b@y.cn?=\r\n\r\n", id="encoded-line-end-q"),
        pytest.param(b"Subject: a\x00\r\n Bcc: b@y.cn\r\n\r\n", id="nul-and-fold"),
        pytest.param(
            b"Subject: a=?utf-8?B?4oCoQmNjOiBiQHkuY24=?=\r\n\r\n", id="unicode-line-separator"
        ),
    ],
)
def test_no_header_can_be_smuggled_through_a_subject(head: bytes) -> None:
    found = envelope(head)

    assert found.subject == "a Bcc: b@y.cn"
    assert found.to == found.cc == ()


@given(st.binary(max_size=400))
def test_random_headers_never_raise(data: bytes) -> None:
    for head in (
        data,
        b"Subject: " + data,
        b"From: " + data,
        b"Date: " + data,
        b"Received: x; " + data,
    ):
        found = envelope(head)
        shown = (
            found.subject,
            found.message_id,
            *(box.name for box in (*found.senders, *found.to)),
        )

        assert not any(ord(char) < 32 or ord(char) == 127 for text in shown for char in text)


def test_a_line_that_is_no_header_starts_the_body() -> None:
    raw = b"Subject: a\r\nno colon here\r\n\r\nbody"

    assert read_block(raw, 0, len(raw), LIMITS).body_start == raw.index(b"no colon")


def test_a_badly_folded_header_does_not_hide_the_content_type() -> None:
    raw = b"Subject: =?utf-8?B?5L+h?=\r\n=?utf-8?B?5oGv?=\r\nContent-Type: text/html\r\n\r\nbody"
    block = read_block(raw, 0, len(raw), LIMITS)

    assert block.first("content-type") == "text/html"
    assert read_envelope(block).subject == "信息"


def test_a_header_block_beyond_the_limit_is_cut_at_a_line_and_told() -> None:
    raw = b"Subject: a\r\n" + b"X-A: b\r\n" * 20_000 + b"\r\nbody"
    block = read_block(raw, 0, len(raw), LIMITS)

    assert block.first("subject") == "a"
    assert raw[block.body_start :] == b"body"
    assert block.defects == ("信头过长，只读取了前面的部分",)
