"""Attachments come back byte for byte; damage costs no more than what is damaged."""

import base64
import binascii
import quopri

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parsers.transfer_encoding import from_base64, undo


def decoded(data: bytes, encoding: str) -> bytes:
    return undo(data, 0, len(data), encoding).data


@given(st.binary(max_size=300))
def test_round_trips(data: bytes) -> None:
    assert undo(base64.encodebytes(data), 0, 1_000, "base64") == (data, "")
    assert decoded(base64.b64encode(data), "base64") == data
    assert decoded(
        quopri.encodestring(data.replace(b"\r", b"")), "quoted-printable"
    ) == data.replace(b"\r", b"")
    assert decoded(data, "binary") == data


@given(st.binary(max_size=200))
def test_base64_survives_a_cut(data: bytes) -> None:
    encoded = base64.encodebytes(data).rstrip(b"=\n")

    assert from_base64(encoded) == data
    assert data.startswith(from_base64(encoded[:-1]))


@pytest.mark.parametrize(
    ("raw", "data", "fault"),
    [
        pytest.param(b"YWJj", b"abc", "", id="whole"),
        pytest.param(b"YWJjZGVmZ2hpamts\r\nYW", b"abcdefghijkla", "cut", id="cut"),
        pytest.param(b"YQ==\r\nYmJiYmJiYmI=\r\nYw==", b"abbbbbbbbc", "", id="encoded-in-pieces"),
        pytest.param(
            b"YQ==\r\n" + b"_" * 40 + b"\r\nlist footer\r\n", b"a", "rest", id="footer-of-a-list"
        ),
        pytest.param(b"Y W\tJ\r\nj", b"abc", "", id="blanks"),
        pytest.param(b"", b"", "", id="empty"),
    ],
)
def test_base64_faults(raw: bytes, data: bytes, fault: str) -> None:
    assert undo(raw, 0, len(raw), "base64") == (data, fault)


def test_only_the_slice_is_read() -> None:
    assert undo(b"xxYWJjxx", 2, 6, "base64").data == b"abc"


@given(st.binary(max_size=40))
def test_uuencode(data: bytes) -> None:
    raw = b"begin 644 a.doc\n" + binascii.b2a_uu(data) + b"`\nend\n"

    assert decoded(raw, "x-uuencode") == data


@given(
    st.binary(max_size=200),
    st.sampled_from(["base64", "quoted-printable", "x-uuencode", "8bit", "x"]),
)
def test_any_bytes(raw: bytes, encoding: str) -> None:
    undo(raw, 0, len(raw), encoding)
