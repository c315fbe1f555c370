"""Which folders are polled, from listings of several providers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailbot.adapters.imap_folders import read_listing, sent_folder, to_poll

NONE = ()
NETEASE = [
    (NONE, b"/", b"INBOX"),
    ((rb"\Drafts",), b"/", b"&g0l6P3ux-"),
    ((rb"\Sent",), b"/", b"&XfJT0ZAB-"),
    ((rb"\Trash",), b"/", b"&XfJSIJZk-"),
    ((rb"\Junk",), b"/", b"&V4NXPpCuTvY-"),
    (NONE, b"/", b"&dcVr0mWHTvZZOQ-"),
    (NONE, b"/", b"&Xn9USpCuTvY-"),
    (NONE, b"/", b"&i6KWBZCuTvY-"),
]


def polled(rows: list[tuple[tuple[bytes, ...], bytes | None, object]], *configured: str) -> object:
    return to_poll(read_listing(rows), configured)[0]


def test_netease_by_flags_and_by_names() -> None:
    assert polled(NETEASE) == ["INBOX", *sorted(("垃圾邮件", "病毒文件夹", "广告邮件", "订阅邮件"))]
    assert sent_folder(read_listing(NETEASE)) == "已发送"


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        pytest.param((NONE, b"/", b"&dcVr0pCuTvY-"), ["INBOX", "病毒邮件"], id="virus-elsewhere"),
        pytest.param((NONE, b".", b"INBOX.Junk"), ["INBOX", "INBOX.Junk"], id="below-inbox"),
        pytest.param((NONE, b"/", b"Junk/2026"), ["INBOX"], id="only-the-last-part-counts"),
        pytest.param(((rb"\JUNK",), b"/", b"X"), ["INBOX", "X"], id="flag-in-capitals"),
        pytest.param((NONE, None, b"Spam"), ["INBOX", "Spam"], id="no-delimiter"),
        pytest.param(((rb"\Noselect",), b"/", b"Junk"), ["INBOX"], id="cannot-be-opened"),
        pytest.param(((rb"\Trash",), b"/", b"Junk"), ["INBOX"], id="trash-by-flag"),
        pytest.param((NONE, b"/", b"&&&"), ["INBOX"], id="undecodable-name"),
        pytest.param((NONE, b"/", b"\xff\xfe"), ["INBOX"], id="no-ascii-at-all"),
        pytest.param((NONE, b"/", 2026), ["INBOX"], id="a-number-for-a-name"),
        pytest.param((NONE, b"/", None), ["INBOX"], id="nil-for-a-name"),
        pytest.param((NONE, b"/", b"inbox"), ["INBOX"], id="inbox-in-small-letters"),
        pytest.param((NONE, b"/", b"work"), ["INBOX"], id="other-folders-are-left-alone"),
    ],
)
def test_discovery(
    row: tuple[tuple[bytes, ...], bytes | None, object], expected: list[str]
) -> None:
    assert polled([(NONE, b"/", b"INBOX"), row]) == expected


@pytest.mark.parametrize(
    ("configured", "found", "missing"),
    [
        pytest.param(("垃圾邮件", "INBOX"), ["INBOX", "垃圾邮件"], [], id="inbox-goes-first"),
        pytest.param(("Inbox",), ["INBOX"], [], id="inbox-in-any-case"),
        pytest.param(("&V4NXPpCuTvY-",), ["垃圾邮件"], [], id="encoded"),
        pytest.param(("稿件", "INBOX"), ["INBOX"], ["稿件"], id="missing-is-told"),
        pytest.param(("垃圾邮件", "垃圾邮件"), ["垃圾邮件"], [], id="named-twice-read-once"),
        pytest.param(("已发送",), ["已发送"], [], id="any-folder-may-be-named"),
    ],
)
def test_configured(configured: tuple[str, ...], found: list[str], missing: list[str]) -> None:
    assert to_poll(read_listing(NETEASE), configured) == (found, missing)


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        pytest.param([((rb"\Sent",), b"/", b"X"), (NONE, b"/", b"Sent")], "X", id="flag-wins"),
        pytest.param([(NONE, b".", b"INBOX.Sent Items")], "INBOX.Sent Items", id="by-name"),
        pytest.param([(NONE, b"/", b"INBOX")], None, id="none"),
    ],
)
def test_sent(
    rows: list[tuple[tuple[bytes, ...], bytes | None, object]], expected: str | None
) -> None:
    assert sent_folder(read_listing(rows)) == expected


@given(
    st.lists(
        st.tuples(
            st.lists(st.binary(max_size=12), max_size=3),
            st.one_of(st.none(), st.binary(max_size=2)),
            st.one_of(st.none(), st.integers(), st.binary(max_size=20)),
        ),
        max_size=8,
    )
)
def test_any_listing_still_polls_inbox(
    rows: list[tuple[list[bytes], bytes | None, object]],
) -> None:
    found, missing = to_poll(read_listing(rows), ())

    assert found[0] == "INBOX"
    assert len(found) == len(set(found))
    assert missing == []
