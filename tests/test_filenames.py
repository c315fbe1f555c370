"""Names of strangers' files, as people may see them."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parsers.filenames import MAX_CHARS, display_name


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        pytest.param("关于城市管理的信息.docx", "关于城市管理的信息.docx", id="chinese-stays"),
        pytest.param(
            "【定】（综合）工作动态——１.doc",
            "【定】（综合）工作动态——１.doc",
            id="full-width-stays",
        ),
        pytest.param("../../etc/passwd", "passwd", id="unix-path"),
        pytest.param("C:\\Users\\某某\\桌面\\信息.wps", "信息.wps", id="windows-path"),
        pytest.param("C:信息.wps", "信息.wps", id="drive-relative"),
        pytest.param("a\x00.docx", "a.docx", id="nul"),
        pytest.param("信息\u202excod.exe", "信息xcod.exe", id="right-to-left-override"),
        pytest.param("\u2066信息\u2069.txt", "信息.txt", id="isolates"),
        pytest.param("信\u200b息\ufeff.txt", "信息.txt", id="zero-width"),
        pytest.param("a\x85b\x9b.txt", "ab.txt", id="c1"),
        pytest.param("a\ud800.txt", "a.txt", id="lone-surrogate"),
        pytest.param("长标题\r\n 下半段.doc", "长标题 下半段.doc", id="folded-header"),
        pytest.param("信息\u3000 稿件.doc", "信息 稿件.doc", id="blanks-become-one"),
        pytest.param("..", "", id="only-dots"),
        pytest.param("", "", id="empty"),
        pytest.param("目录/", "目录", id="directory"),
        pytest.param("\u3164\u115f", "", id="letters-that-draw-nothing"),
        pytest.param("1.信息.DOCX", "1.信息.DOCX", id="dots-inside"),
    ],
)
def test_display_name(raw: str, expected: str) -> None:
    assert display_name(raw) == expected


def test_long_name_keeps_its_suffix() -> None:
    name = display_name("长" * 300 + ".docx")

    assert len(name) <= MAX_CHARS
    assert name.endswith("….docx")


@given(st.text())
def test_whatever_comes_is_safe_to_show(raw: str) -> None:
    name = display_name(raw)

    assert len(name) <= MAX_CHARS
    assert not set(name) & set("/\\")
    assert not [c for c in name if unicodedata.category(c) in {"Cc", "Cf", "Cs", "Co"}]
    name.encode("utf-8")
    assert display_name(name) == name
