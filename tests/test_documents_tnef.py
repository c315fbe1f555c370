"""winmail.dat as Outlook and Exchange write it."""

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parsers.documents.tnef import read_tnef, unpack_rtf
from parsers.facts import Unreadable
from parsers.limits import Limits

LIMITS = Limits()
DOCUMENT = b"\xd0\xcf\x11\xe0 content"
SENTENCE = "城市管理综合行政执法局今日开展夜间巡查。"


def attribute(level: int, number: int, payload: bytes) -> bytes:
    return (
        struct.pack("<BII", level, number, len(payload))
        + payload
        + struct.pack("<H", sum(payload) & 0xFFFF)
    )


def tnef(*attributes: bytes) -> bytes:
    return b"\x78\x9f\x3e\x22\x01\x00" + b"".join(attributes)


def properties(*values: tuple[int, int, bytes]) -> bytes:
    packed = struct.pack("<I", len(values))
    for kind, prop, value in values:
        packed += struct.pack("<HH", kind, prop)
        if kind in (0x1E, 0x1F, 0x0D, 0x102):
            packed += struct.pack("<II", 1, len(value)) + value + b"\0" * (-len(value) % 4)
        else:
            packed += value
    return packed


NEW = attribute(2, 0x00069002, b"\0" * 14)
DATA = attribute(2, 0x0006800F, DOCUMENT)
SHORT_NAME = attribute(2, 0x00018010, "信息~1.DOC\0".encode("gbk"))
LONG_NAME = attribute(
    2,
    0x00069005,
    properties((3, 0x0E21, b"\0" * 4), (0x1F, 0x3707, "夜间巡查信息.doc\0".encode("utf-16-le"))),
)
PLAIN = attribute(1, 0x0002800C, (SENTENCE + "\0").encode("gbk"))
HTML = attribute(1, 0x00069003, properties((0x102, 0x1013, f"<p>{SENTENCE}</p>".encode("gbk"))))
UNICODE_BODY = attribute(
    1, 0x00069003, properties((0x1F, 0x1000, (SENTENCE + "\0").encode("utf-16-le")))
)
STORED_RTF = (
    b"{\\rtf1\\ansi\\ansicpg936 "
    + b"".join(b"\\'%02x" % b for b in SENTENCE.encode("gbk"))
    + b"\\par}"
)
RTF = attribute(
    1,
    0x00069003,
    properties(
        (
            0x102,
            0x1009,
            struct.pack("<IIII", len(STORED_RTF) + 12, len(STORED_RTF), 0x414C454D, 0) + STORED_RTF,
        )
    ),
)
NAMED = attribute(
    2,
    0x00069005,
    struct.pack("<I", 2)
    + struct.pack("<HH", 3, 0x8001) + bytes(16) + struct.pack("<II", 0, 7) + bytes(4)
    + struct.pack("<HH", 0x1E, 0x8002) + bytes(16) + struct.pack("<II", 1, 6) + "ab\0".encode("utf-16-le") + bytes(2)
    + struct.pack("<II", 1, 3) + b"xy\0\0",
)  # fmt: skip


@pytest.mark.parametrize(
    ("data", "files", "body"),
    [
        pytest.param(tnef(NEW, SHORT_NAME, DATA), [("信息~1.DOC", DOCUMENT)], "", id="short-name"),
        pytest.param(
            tnef(NEW, SHORT_NAME, DATA, LONG_NAME),
            [("夜间巡查信息.doc", DOCUMENT)],
            "",
            id="long-name-wins",
        ),
        pytest.param(tnef(NEW, DATA), [("附件", DOCUMENT)], "", id="nameless"),
        pytest.param(
            tnef(NEW, SHORT_NAME, DATA, NAMED),
            [("信息~1.DOC", DOCUMENT)],
            "",
            id="named-properties",
        ),
        pytest.param(
            tnef(NEW, DATA, NEW, DATA), [("附件", DOCUMENT)] * 2, "", id="two-attachments"
        ),
        pytest.param(tnef(PLAIN), [], SENTENCE, id="ansi-body"),
        pytest.param(tnef(UNICODE_BODY), [], SENTENCE, id="unicode-body"),
        pytest.param(tnef(HTML), [], SENTENCE, id="html-body"),
        pytest.param(tnef(RTF), [], SENTENCE, id="rtf-body"),
        pytest.param(tnef(PLAIN, NEW, DATA)[:-3], [], SENTENCE, id="truncated-keeps-what-came"),
    ],
)
def test_read(data: bytes, files: list[tuple[str, bytes]], body: str) -> None:
    assert read_tnef("winmail.dat", data, LIMITS) == (files, body)


def test_attached_message_comes_out_as_tnef() -> None:
    inner = tnef(PLAIN)
    outer = tnef(
        NEW,
        attribute(
            2,
            0x00069005,
            properties(
                (0x0D, 0x3701, bytes(16) + inner), (0x1F, 0x3001, "转发\0".encode("utf-16-le"))
            ),
        ),
    )

    assert read_tnef("winmail.dat", outer, LIMITS) == ([("转发", inner)], "")


def test_paths_in_names_are_removed() -> None:
    name = attribute(2, 0x00018010, b"..\\..\\a.doc\0")

    assert read_tnef("winmail.dat", tnef(NEW, name, DATA), LIMITS) == ([("a.doc", DOCUMENT)], "")


def test_compressed_rtf() -> None:
    """The two examples of MS-OXRTFCP 4.1 and 4.2."""
    simple = bytes.fromhex(
        "2d0000002b0000004c5a4675f1c5c7a703000a007263706731323542320af32068656c090020627705b06c647d0a800fa0"
    )
    crossing = bytes.fromhex("1a0000001c0000004c5a4675e2d44b51410004205758595a0d6e7d010eb0")

    assert unpack_rtf(simple, LIMITS) == b"{\\rtf1\\ansi\\ansicpg1252\\pard hello world}\r\n"
    assert unpack_rtf(crossing, LIMITS) == b"{\\rtf1 WXYZWXYZWXYZWXYZWXYZ}"


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"PK\x03\x04", id="something-else"),
        pytest.param(tnef(), id="nothing-inside"),
        pytest.param(tnef(NEW, DATA)[:30], id="truncated"),
        pytest.param(tnef(attribute(1, 0x00069003, b"\xff" * 40)), id="absurd-property-count"),
        pytest.param(tnef() + struct.pack("<BII", 2, 0x0006800F, 0xFFFFFFFF), id="absurd-length"),
    ],
)
def test_refused(data: bytes) -> None:
    refused = read_tnef("winmail.dat", data, LIMITS)

    assert isinstance(refused, Unreadable)
    assert refused.remedy


SEED = tnef(PLAIN, UNICODE_BODY, NEW, SHORT_NAME, DATA, LONG_NAME, NAMED, HTML)


@given(st.lists(st.tuples(st.integers(0, len(SEED) - 1), st.integers(0, 255)), max_size=8))
def test_any_damage_ends_in_a_value(changes: list[tuple[int, int]]) -> None:
    data = bytearray(SEED)
    for where, byte in changes:
        data[where] = byte

    result = read_tnef("winmail.dat", bytes(data), LIMITS)

    assert isinstance(result, Unreadable) or isinstance(result[1], str)


@given(st.binary(max_size=200))
def test_any_compressed_rtf_ends(data: bytes) -> None:
    head = struct.pack("<III", 0, 1000, 0x75465A4C)

    assert len(unpack_rtf(head + data, LIMITS)) <= 1000
