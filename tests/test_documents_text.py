"""Plain text and its encodings; what is refused as mojibake."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parsers.documents.legibility import legible
from parsers.documents.plain import decode_text, read_txt
from parsers.facts import DocumentText, Unreadable
from parsers.limits import Limits

LIMITS = Limits()
SENTENCE = "城市管理综合行政执法局今日开展夜间巡查，清理占道经营三十二处。"
LONGER = (
    SENTENCE + "\r\n" + "各街道办事处要压实责任，确保环境卫生整洁有序，群众满意度稳步提升。" * 4
)
TRADITIONAL = "城市管理綜合行政執法局今日開展夜間巡查，清理佔道經營三十二處。"

# Everyday characters: the first level of GB 2312.
EVERYDAY = st.text(
    st.integers(0, 3754).map(
        lambda n: bytes([0xB0 + n // 94, 0xA1 + n % 94]).decode("gb2312"),
    ),
    min_size=4,
    max_size=60,
)


@pytest.mark.parametrize("text", [SENTENCE, LONGER, "关于2024年3月15日情况的报告"])
@pytest.mark.parametrize(
    ("written", "found"),
    [
        pytest.param("gb18030", "gb18030", id="ansi"),
        pytest.param("utf-8", "utf-8", id="utf8"),
        pytest.param("utf-8-sig", "utf-8", id="utf8-bom"),
        pytest.param("utf-16", "utf-16-le", id="unicode-of-notepad"),
        pytest.param("utf-16-le", "utf-16-le", id="utf16le-unmarked"),
        pytest.param("utf-16-be", "utf-16-be", id="utf16be-unmarked"),
        pytest.param("utf-32", "utf-32-le", id="utf32"),
    ],
)
def test_encodings(text: str, written: str, found: str) -> None:
    decoded, encoding = decode_text(text.encode(written))

    assert decoded == text
    assert encoding == found


@given(EVERYDAY)
def test_gbk_of_any_length_is_exact(text: str) -> None:
    assert decode_text(text.encode("gbk")) == (text, "gb18030")


@given(EVERYDAY, st.sampled_from(["", "\r\n", " ", "1.", "，"]))
def test_utf8_of_any_length_is_exact(text: str, mixed: str) -> None:
    whole = text + mixed + text

    assert decode_text(whole.encode()) == (whole, "utf-8")


def test_traditional_chinese() -> None:
    assert decode_text((TRADITIONAL * 3).encode("big5")) == (TRADITIONAL * 3, "big5")
    assert decode_text(TRADITIONAL.encode("gbk"))[0] == TRADITIONAL


def test_blocks_are_lines() -> None:
    document = read_txt("a.txt", "标题\r\n\r\n　　正文一。\x0b正文二。\x0c\n".encode("gbk"), LIMITS)

    assert isinstance(document, DocumentText)
    assert [b.text for b in document.blocks] == ["标题", "　　正文一。", "正文二。"]
    assert document.format == "txt"
    assert not document.approximate


def test_a_file_cut_inside_a_character_is_read() -> None:
    document = read_txt("a.txt", LONGER.encode("gbk")[:-1], LIMITS)

    assert isinstance(document, DocumentText)
    assert document.text.startswith(SENTENCE)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        pytest.param(b"", "空", id="empty"),
        pytest.param(b" \r\n\t ", "空", id="blank"),
        pytest.param(bytes(range(256)) * 40, "", id="binary"),
        pytest.param(b"\0" * 1000, "", id="nuls"),
        pytest.param(
            SENTENCE.encode().decode("gb18030", "replace").encode(),
            "乱码",
            id="utf8-once-read-as-gbk",
        ),
        pytest.param(
            (SENTENCE * 3).encode("gbk").decode("latin-1").encode(),
            "乱码",
            id="gbk-once-read-as-latin1",
        ),
        pytest.param(
            (SENTENCE * 3).encode("gbk").decode("cp437").encode(),
            "乱码",
            id="gbk-once-read-as-cp437",
        ),
        pytest.param(
            (SENTENCE * 3).encode("gbk").decode("utf-8", "replace").encode(),
            "乱码",
            id="gbk-once-read-as-utf8",
        ),
        pytest.param("长".encode() * 2_000_001, "万字", id="too-long"),
    ],
)
def test_refused(data: bytes, reason: str) -> None:
    refused = read_txt("甲.txt", data, LIMITS)

    assert isinstance(refused, Unreadable)
    assert reason in refused.reason
    assert refused.remedy
    assert refused.sha256
    assert refused.name == "甲.txt"


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(LONGER, id="prose"),
        pytest.param(TRADITIONAL, id="traditional"),
        pytest.param("垚淼犇骉燚", id="rare-names"),
        pytest.param("┌──┬──┐\n│姓名│电话│\n└──┴──┘" * 20, id="text-table"),
        pytest.param("Déjà vu: Müller, Çelik, façade, naïve.", id="european"),
        pytest.param("\uf0fe同意 \uf0a8不同意", id="symbol-font-ticks"),
        pytest.param("", id="nothing"),
        pytest.param("12,345.67 km/h", id="figures"),
    ],
)
def test_legible(text: str) -> None:
    assert legible(text)


@given(st.binary(max_size=400))
def test_any_bytes_end_in_a_value(data: bytes) -> None:
    result = read_txt("a.txt", data, LIMITS)

    assert isinstance(result, DocumentText | Unreadable)
    if isinstance(result, DocumentText):
        result.text.encode("utf-8")
        assert "\0" not in result.text
