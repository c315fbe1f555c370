"""字数 must be what a clerk reads in Word's own dialog."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parsers.facts import Block
from parsers.wordcount import _AMBIGUOUS, count, count_text, ideographs

TEXT = st.text(
    alphabet=st.one_of(
        st.sampled_from("中文测试，。“”—…·×℃①Ⅰ□★Ωaz09.%- \t\u3000\u200b\ufeff\ufe0f𠀀😀ー한"),
        st.characters(blacklist_categories=["Cs"]),
    ),
    max_size=60,
)
LINE = TEXT.map(lambda text: text.replace("\r", "").replace("\n", ""))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        # Counted by people in Word.
        pytest.param("中文测试", 4, id="plain-chinese"),
        pytest.param("１２３４５", 5, id="full-width-digits-one-each"),
        pytest.param("ＷＴＯ组织", 5, id="full-width-letters-one-each"),
        pytest.param("Hello 世界", 3, id="english-word-and-chinese"),
        pytest.param("使用 Adobe Photoshop 打开图片", 8, id="two-english-words"),
        pytest.param("COVID-19疫情", 3, id="hyphenated-word-is-one"),
        pytest.param("①②③④⑤", 1, id="circled-digits-alone-are-one-word"),
        pytest.param("👍👎👏", 1, id="emoji-run-is-one"),
        pytest.param("Hello👍World", 1, id="emoji-does-not-split"),
        pytest.param("foo\u200bbar", 1, id="zero-width-space-does-not-split"),
        pytest.param("@ # ¥ % &", 5, id="lone-signs"),
        pytest.param("東京2024オリンピック", 9, id="kana"),
        pytest.param("Hello、World。", 4, id="chinese-stops-split-words"),
        # LibreOffice agrees.
        pytest.param("你好，世界！", 6, id="full-width-punctuation-counts"),
        pytest.param("5G公厕", 3, id="latin-then-chinese"),
        pytest.param("国办发〔2024〕1号", 8, id="document-number"),
        pytest.param("2024年3月15日", 6, id="date"),
        pytest.param("12,345.67元", 2, id="number-with-separators"),
        pytest.param("增长6.5%", 3, id="percentage"),
        pytest.param("50%-60%", 1, id="range-of-percentages"),
        pytest.param("http://www.gov.cn/a/2024.htm", 1, id="address-is-one-word"),
        pytest.param("12:30", 1, id="half-width-clock"),
        pytest.param("12：30", 3, id="full-width-clock"),
        pytest.param("𠀀𠮷", 2, id="extension-b"),
        pytest.param("你好😀", 3, id="emoji-after-chinese"),
        pytest.param("“引号”", 4, id="curly-quotes-beside-han"),
        pytest.param("《条例》第3条", 7, id="book-title-marks"),
        pytest.param("（一）", 3, id="full-width-brackets"),
        pytest.param("(一)", 3, id="half-width-brackets"),
        pytest.param("第1章 总则", 5, id="chapter"),
        pytest.param("中　文", 2, id="ideographic-space-is-not-counted"),
        pytest.param("A、B、C", 5, id="letters-in-a-list"),
        pytest.param("100㎡", 2, id="squared-metre-sign"),
        pytest.param("①项", 2, id="circled-digit-beside-han"),
        pytest.param("□是□否", 4, id="tick-boxes"),
        pytest.param("- 1 -", 3, id="page-number"),
        pytest.param("中...文", 3, id="half-width-dots"),
        # The rule alone; LibreOffice differs where noted.
        pytest.param("你好,世界", 5, id="half-width-comma-is-a-word"),
        pytest.param("他说——好", 5, id="chinese-dash"),
        pytest.param("等等……", 4, id="chinese-ellipsis"),
        pytest.param("1.总则", 3, id="numbered-heading"),
        # Our own edges.
        pytest.param("", 0, id="empty"),
        pytest.param(" \t\u3000\u00a0\r\n", 0, id="only-blanks"),
        pytest.param("a\x07b", 2, id="cell-end-splits"),
        pytest.param("a\nb", 2, id="line-end-splits"),
        pytest.param("①②\n一", 2, id="han-in-another-line-lends-nothing"),
    ],
)
def test_word_count(text: str, words: int) -> None:
    assert count_text(text) == words


@pytest.mark.parametrize(
    ("text", "hints", "words"),
    [
        pytest.param("EXH.C-◇", ((6, 7),), 2, id="hinted-symbol-counts-by-itself"),
        pytest.param("EXH.C-◇", (), 1, id="unhinted-symbol-joins-the-word"),
        pytest.param("“引号”", (), 4, id="quotes-split-by-han-anyway"),
        pytest.param("——好", (), 2, id="unhinted-dashes-are-one-word"),
        pytest.param("——好", ((0, 2),), 3, id="hinted-dashes-are-two"),
        pytest.param("——好", ((0, 1),), 3, id="half-hinted-dash"),
        pytest.param("①②③", ((0, 2), (1, 3)), 3, id="overlapping-spans"),
        pytest.param("①②③", ((-5, 99),), 3, id="spans-beyond-the-text"),
        pytest.param("a◇\ufe0fb", ((1, 3),), 3, id="selector-after-hinted-symbol"),
        pytest.param("a\ufe0fb", ((0, 3),), 1, id="hinted-selector-is-still-nothing"),
        pytest.param("abc", ((0, 3),), 1, id="hint-does-not-change-letters"),
    ],
)
def test_hints_of_word_decide_ambiguous_characters(
    text: str, hints: tuple[tuple[int, int], ...], words: int
) -> None:
    assert count([Block(text, east_asian=hints)])[0] == words


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("防汛，2023年。", 3, id="no-punctuation-no-digits"),
        pytest.param("二〇二三", 4, id="ling-is-a-chinese-character"),
        pytest.param("オリンピック한글", 0, id="kana-and-hangul-are-not"),
        pytest.param("𠮷﨑", 2, id="rare-and-compatibility-ideographs"),
    ],
)
def test_ideographs(text: str, expected: int) -> None:
    assert ideographs(text) == expected


def test_ambiguous_class_is_all_of_unicode_width_a() -> None:
    """The quick table leaves out no character but the private and the dropped ones."""
    expected = {
        char
        for char in map(chr, range(0xA1, 0x110000))
        if unicodedata.east_asian_width(char) == "A"
        and not "\ue000" <= char <= "\uf8ff"
        and not "\ufe00" <= char <= "\ufe0f"
    }
    assert {char for char in map(chr, range(0xA1, 0x110000)) if _AMBIGUOUS.match(char)} == expected


@given(st.lists(TEXT.map(Block), max_size=8), st.lists(TEXT.map(Block), max_size=8))
def test_counts_add_up_over_paragraphs(first: list[Block], second: list[Block]) -> None:
    together, one, two = count(first + second), count(first), count(second)
    assert together == (one[0] + two[0], one[1] + two[1])


@given(st.lists(LINE, max_size=8))
def test_text_counts_as_the_sum_of_its_lines(lines: list[str]) -> None:
    assert count_text("\n".join(lines)) == sum(map(count_text, lines))


@given(LINE, st.integers(0, 60), st.sampled_from("\u200b\ufeff\ufe00\ufe0f"))
def test_invisible_characters_change_nothing(text: str, at: int, invisible: str) -> None:
    assert count_text(text[:at] + invisible + text[at:]) == count_text(text)


@given(LINE)
def test_blanks_around_change_nothing(text: str) -> None:
    assert count_text(f"\u3000\t{text} \u00a0") == count_text(text)


def _slow_count(text: str, *, hinted: set[int] | None) -> int:
    """The rule written out one character after another."""
    words, in_word = 0, False
    han = any("\u3400" <= c <= "\u9fff" or "\U00020000" <= c <= "\U0003ffff" for c in text)
    for index, char in enumerate(text):
        if char in "\u200b\ufeff" or "\ufe00" <= char <= "\ufe0f":
            continue
        if char.isspace() or char == "\x07":
            in_word = False
            continue
        east_asian = han if hinted is None else index in hinted
        alone = any(
            low <= ord(char) <= high
            for low, high in (
                (0x1100, 0x11FF), (0x2E80, 0x2FFF), (0x3001, 0xA4CF), (0xA960, 0xA97F),
                (0xAC00, 0xD7FF), (0xF900, 0xFAFF), (0xFE10, 0xFE1F), (0xFE30, 0xFE6F),
                (0xFF01, 0xFFEF), (0x16FE0, 0x18DFF), (0x1AFF0, 0x1B2FF), (0x20000, 0x3FFFF),
            )
        )  # fmt: skip
        wide = unicodedata.east_asian_width(char) == "A" and not "\ue000" <= char <= "\uf8ff"
        if alone or (east_asian and wide and ord(char) > 0xA0):
            words, in_word = words + 1, False
        elif not in_word:
            words, in_word = words + 1, True
    return words


@given(LINE)
def test_agrees_with_the_rule_written_out(text: str) -> None:
    assert count([Block(text)])[0] == _slow_count(text, hinted=None)


@given(LINE, st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60)), max_size=4))
def test_agrees_with_the_rule_written_out_under_hints(
    text: str, spans: list[tuple[int, int]]
) -> None:
    hinted = {index for start, end in spans for index in range(start, end)}
    assert count([Block(text, east_asian=tuple(spans))])[0] == _slow_count(text, hinted=hinted)
