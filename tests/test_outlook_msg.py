"""Outlook's .msg files read like any other mail."""

import struct
from datetime import UTC, datetime

import pytest
from compound_file import Tree, compound_file
from hypothesis import given
from hypothesis import strategies as st

from parsers.compressed_rtf import from_compressed_rtf
from parsers.facts import Unreadable
from parsers.message import ParsedMail
from parsers.outlook_msg import read_msg

SENT = (
    int((datetime(2026, 3, 2, 1, 0, tzinfo=UTC) - datetime(1601, 1, 1, tzinfo=UTC)).total_seconds())
    * 10_000_000
)
DOC = b"\xd0\xcf\x11\xe0" + bytes(range(256)) * 20


def wide(tag: str, text: str) -> Tree:
    return {f"__substg1.0_{tag}001F": text.encode("utf-16-le")}


def properties(skip: int, **fixed: int) -> Tree:
    rows = b"".join(struct.pack("<IIQ", int(tag[1:], 16), 6, value) for tag, value in fixed.items())
    return {"__properties_version1.0": bytes(skip) + rows}


def mail(skip: int = 32, **more: object) -> Tree:
    return {
        **properties(skip, t00390040=SENT),
        **wide("0037", "关于防汛工作的信息"),
        **wide("1000", "现报送信息一篇。"),
        **wide("0C1A", "张三"),
        **wide("5D01", "unit@example.cn"),
        **more,
    }


def attached(data: bytes = DOC, name: str = "信息.doc") -> Tree:
    return {**properties(8), **wide("3707", name), "__substg1.0_37010102": data}


def read(tree: Tree) -> ParsedMail:
    parsed = read_msg(compound_file(tree))
    assert isinstance(parsed, ParsedMail)
    return parsed


def test_headers_body_and_attachment() -> None:
    parsed = read(
        {
            **mail(),
            "__recip_version1.0_#00000000": {
                **properties(8, t0C150003=1),
                **wide("39FE", "xinxi@163.com"),
                **wide("3001", "信息科"),
            },
            "__attach_version1.0_#00000000": attached(),
            "__attach_version1.0_#00000001": attached(b"%PDF-1.4", "扫描件.pdf"),
        }
    )

    message = parsed.message
    assert message.subject == "关于防汛工作的信息"
    assert (message.sender.name, message.sender.address) == ("张三", "unit@example.cn")
    assert [(box.name, box.address) for box in message.to] == [("信息科", "xinxi@163.com")]
    assert message.sent_at == datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
    assert message.body == "现报送信息一篇。"
    assert [item.name for item in parsed.attachments] == ["信息.doc", "扫描件.pdf"]
    assert parsed.attachments[0].data == DOC


def test_mail_inside_the_mail_stays_apart() -> None:
    inner = mail(24, **{"__attach_version1.0_#00000000": attached()})
    outer = mail()
    outer["__attach_version1.0_#00000000"] = {
        **properties(8),
        **wide("3001", "转来的邮件"),
        "__substg1.0_3701000D": inner,
    }

    parsed = read(outer)

    assert parsed.attachments == ()
    assert [item.name for item in parsed.nested] == ["转来的邮件"]
    assert b"Date: Mon, 02 Mar 2026 01:00:00" in parsed.nested[0].raw


def test_narrow_strings_in_the_code_page_of_the_mail() -> None:
    tree: Tree = {**properties(32, t3FFD0003=936), "__substg1.0_0037001E": "朱镕基".encode("gbk")}

    assert read(tree).message.subject == "朱镕基"


def test_html_where_there_is_no_text() -> None:
    tree: Tree = {**properties(32), "__substg1.0_10130102": "<p>正文</p>".encode()}

    parsed = read(tree)

    assert (parsed.message.body, parsed.html) == ("正文", True)


def test_transport_headers_go_before_properties() -> None:
    head = (
        "Received: from a by b\r\nFrom: real@example.cn\r\nMessage-ID: <1@x.cn>\r\nX-Other: no\r\n"
    )

    message = read({**mail(), **wide("007D", head)}).message

    assert message.sender.address == "real@example.cn"
    assert message.message_id == "<1@x.cn>"


def test_rtf_where_it_is_all_there_is() -> None:
    packed = struct.pack("<IIII", 20, 8, 0x414C454D, 0) + b"{\\rtf1 }"

    parsed = read({**properties(32), "__substg1.0_10090102": packed})

    assert [(item.name, item.data) for item in parsed.attachments] == [
        ("邮件正文.rtf", b"{\\rtf1 }")
    ]


def test_compressed_rtf_of_the_specification() -> None:
    """The example of [MS-OXRTFCP] 3.1.1."""
    packed = bytes.fromhex(
        "2d0000002b0000004c5a4675f1c5c7a703000a007263706731323542320af32068656c090020627705b06c647d0a800fa0"
    )

    assert (
        from_compressed_rtf(packed, 1_000) == b"{\\rtf1\\ansi\\ansicpg1252\\pard hello world}\r\n"
    )


@given(st.binary(max_size=200))
def test_any_packed_rtf_ends(data: bytes) -> None:
    packed = struct.pack("<IIII", 0, 1 << 31, 0x75465A4C, 0) + data

    assert len(from_compressed_rtf(packed, 500)) <= 500


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"PK\x03\x04", id="zip"),
        pytest.param(compound_file(mail())[:700], id="cut"),
        pytest.param(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\xff" * 600, id="header-of-ones"),
    ],
)
def test_damaged_files_are_values(data: bytes) -> None:
    parsed = read_msg(data, "来信.msg")

    assert isinstance(parsed, Unreadable)
    assert parsed.name == "来信.msg"
    assert parsed.remedy


@given(st.integers(0, 4_000), st.binary(min_size=1, max_size=4))
def test_mutants_never_raise(at: int, noise: bytes) -> None:
    data = compound_file({**mail(), "__attach_version1.0_#00000000": attached()})

    read_msg(data[:at] + noise + data[at + len(noise) :])
