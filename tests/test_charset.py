"""Charsets as senders label them, not as they should."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parsers.charset import (
    clean_text,
    codec,
    decode,
    decode_extended,
    decode_header,
    decode_plain_name,
    one_line,
    wire_bytes,
)

CHINESE = st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5), min_size=1)
BASIC = "的一是在不了有和人这中大为上个国我以要他时来用们生到作地于出就分对成会可主发年动同工也能下过子说产种面而方后多定行学法所民得经"


@pytest.mark.parametrize(
    ("label", "expected"),
    [
        *(
            pytest.param(label, "gb18030", id=label)
            for label in (
                *("gb2312", "GBK", "x-gbk", "gb_2312-80", "gb18030-2022", "cp936", "ms936"),
                *("GB2312*zh-cn", ' "gbk" ', "csISO58GB231280", "euc-cn", "windows-936"),
            )
        ),
        pytest.param("UTF8", "utf-8", id="utf8"),
        pytest.param("utf-8", "utf-8", id="utf-8"),
        pytest.param("unicode-1-1-utf-7", "utf-7", id="utf-7"),
        pytest.param("hz-gb-2312", "hz", id="hz"),
        pytest.param("big5", "big5hkscs", id="big5"),
        pytest.param("us-ascii", None, id="ascii-says-nothing"),
        pytest.param("iso-8859-1", None, id="latin1-says-nothing"),
        pytest.param("unknown-8bit", None, id="unknown-8bit"),
        pytest.param("punycode", None, id="quadratic-codec-refused"),
        pytest.param("idna", None, id="idna-refused"),
        pytest.param("zlib", None, id="bytes-codec-refused"),
        pytest.param("unicode_escape", None, id="escape-codec-refused"),
        pytest.param("../../etc", None, id="path"),
        pytest.param("a\x00b", None, id="nul"),
        pytest.param("", None, id="empty"),
    ],
)
def test_codec(label: str, expected: str | None) -> None:
    assert codec(label) == expected


@pytest.mark.parametrize(
    ("data", "label", "expected"),
    [
        pytest.param(
            "镕堃喆玥旻赟".encode("gbk"), "gb2312", "镕堃喆玥旻赟", id="names-beyond-gb2312"
        ),
        pytest.param("信息报送工作".encode(), "gb2312", "信息报送工作", id="utf8-called-gb2312"),
        pytest.param("信息报送".encode(), "gbk", "信息报送", id="even-utf8-called-gbk"),
        pytest.param("信息报送".encode("gbk"), "utf-8", "信息报送", id="gbk-called-utf8"),
        pytest.param("信息报送".encode("gbk"), "", "信息报送", id="raw-gbk"),
        pytest.param("信息报送".encode(), "", "信息报送", id="raw-utf8"),
        pytest.param("一些".encode("gbk"), "", "一些", id="gbk-that-is-also-utf8"),
        pytest.param("信息报送".encode("gbk"), "iso-8859-1", "信息报送", id="gbk-called-latin1"),
        pytest.param("café".encode("latin-1"), "iso-8859-1", "café", id="really-latin1"),
        pytest.param("张三·李四".encode(), "", "张三·李四", id="middle-dot"),
        pytest.param("a · b".encode(), "", "a · b", id="only-a-middle-dot"),
        pytest.param("信息".encode()[:-1], "utf-8", "信\ufffd", id="utf8-cut"),
        pytest.param("信息".encode("gbk")[:-1], "gbk", "信\ufffd", id="gbk-cut"),
        pytest.param("\ufeff信息".encode(), "gbk", "信息", id="byte-order-mark-decides"),
        pytest.param(b"~{VPND~}", "hz-gb-2312", "中文", id="hz"),
        pytest.param("資訊".encode("big5"), "big5", "資訊", id="big5"),
        pytest.param(b"plain", "x-nonsense", "plain", id="ascii-needs-no-label"),
        pytest.param(b"", "gbk", "", id="empty"),
    ],
)
def test_decode(data: bytes, label: str, expected: str) -> None:
    assert decode(data, label) == expected


def test_one_bad_byte_does_not_cost_the_text() -> None:
    data = ("城市管理" * 30).encode("gbk") + b"\xff" + "城市管理".encode("gbk")

    text = decode(data, "gb2312")

    assert text.count("城市管理") >= 30


@given(
    st.binary(max_size=300),
    st.sampled_from(
        ["", "gb2312", "utf-8", "utf-7", "utf-16", "hz", "big5", "iso-2022-jp", "latin1"]
    ),
)
def test_any_bytes_give_valid_unicode(data: bytes, label: str) -> None:
    decode(data, label).encode("utf-8")


@given(st.text(st.sampled_from(BASIC), min_size=2))
def test_common_chinese_survives_every_label(text: str) -> None:
    for written in ("gbk", "utf-8"):
        for label in ("gb2312", "gbk", "gb18030"):
            assert decode(text.encode(written), label) == text or written != "gbk"
    assert decode(text.encode("utf-8"), "utf-8") == text


@given(CHINESE, st.sampled_from(["gbk", "utf-8"]), st.integers(1, 20))
def test_subjects_survive_words_cut_anywhere(text: str, charset: str, size: int) -> None:
    """Round trip: bytes cut into encoded words without regard for characters."""
    data = text.encode(charset)
    pieces = [data[at : at + size] for at in range(0, len(data), size)]
    header = "\r\n ".join(f"=?{charset}?B?{base64.b64encode(piece).decode()}?=" for piece in pieces)

    decoded = decode_header(header)

    # A handful of letters may read as well in the other charset; whole titles do not.
    assert decoded == text or charset == "gbk"
    if charset == "gbk" and all(char in BASIC for char in text):
        assert decoded == text


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        pytest.param("=?gb2312?q?=D0=C5=CF=A2_1?=", "信息 1", id="q-encoding"),
        pytest.param(
            "=?utf-8?B?5L+h5oGv?= 1 =?utf-8?B?5L+h5oGv?=", "信息 1 信息", id="text-between"
        ),
        pytest.param("=?utf-8?B?5L+h5oGv", "信息", id="word-never-closed"),
        pytest.param("=?utf-8?B?5L+h5oG?=", "信\ufffd", id="base64-cut"),
        pytest.param("=?x-unknown?B?5L+h5oGv?=", "信息", id="unknown-charset"),
        pytest.param("=?gb2312*zh?B?0MXPog==?=", "信息", id="language-tag"),
        pytest.param("=?utf-8?B?5L+h?= =?gbk?B?z6I=?=", "信息", id="two-charsets-no-blank"),
        pytest.param("a\r\n\tb", "a b", id="folded"),
        pytest.param("=??B?5L+h?=", "=??B?5L+h?=", id="no-charset-is-no-word"),
        pytest.param("", "", id="empty"),
    ],
)
def test_decode_header(header: str, expected: str) -> None:
    assert decode_header(header) == expected


@pytest.mark.untraced
@given(st.text())
def test_decode_header_never_raises(header: str) -> None:
    decode_header(header).encode("utf-8")


@given(st.text())
def test_one_line_is_safe_in_a_header(text: str) -> None:
    line = one_line(text)

    assert not any(ord(char) < 32 or 127 <= ord(char) < 160 for char in line)
    assert not set(line) & set("\u202e\u2028\u2029\u200f\u2066")
    assert line == one_line(line)
    line.encode("utf-8")


def test_clean_text_keeps_lines_and_drops_the_invisible() -> None:
    assert clean_text("a\r\nb\rc\x00\u202ed\te\ud800") == "a\nb\ncd\te\ufffd"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        pytest.param(b"utf-8''%E6%8A%A5.doc", "报.doc", id="as-it-should-be"),
        pytest.param(b"gb2312'zh'%B1%A8.doc", "报.doc", id="with-language"),
        pytest.param(b"%B1%A8.doc", "报.doc", id="no-charset"),
        pytest.param(b"\"utf-8''%E6%8A%A5.doc\"", "报.doc", id="quoted-whole"),
        pytest.param(b"utf-8''\"%E6%8A%A5.doc\"", "报.doc", id="quoted-inside"),
        pytest.param(b"it's", "it's", id="one-apostrophe"),
        pytest.param(b"%zz%", "%zz%", id="bad-percent"),
    ],
)
def test_decode_extended(value: bytes, expected: str) -> None:
    assert decode_extended(value) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        pytest.param("%E6%8A%A5%E5%91%8A.doc", "报告.doc", id="percent-in-plain-name"),
        pytest.param("100%25.doc", "100%25.doc", id="lone-percent-stays"),
        pytest.param("=?gbk?B?sai45i5kb2M=?=", "报告.doc", id="encoded-word"),
        pytest.param(
            "报告.doc".encode("gbk").decode("ascii", "surrogateescape"), "报告.doc", id="raw-gbk"
        ),
    ],
)
def test_decode_plain_name(value: str, expected: str) -> None:
    assert decode_plain_name(value) == expected


@given(st.binary(max_size=100))
def test_wire_bytes_gives_back_what_came(data: bytes) -> None:
    assert wire_bytes(data.decode("ascii", "surrogateescape")) == data
