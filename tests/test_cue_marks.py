"""What a pattern shows before it is searched for: a look at that never hides a match."""

import re

import pytest
from development_sets import book, texts_of
from hypothesis import given
from hypothesis import strategies as st

from mailbot.rules.cue_patterns import fault_of
from mailbot.rules.wordings import pairs_of, wording

PATTERNS = [
    pytest.param("火", "火", "", id="one-character"),
    pytest.param("火灾", "火灾", "", id="a-pair-of-a-word"),
    pytest.param("火灾|泄漏", "火灾 泄漏", "", id="one-of-each-branch"),
    pytest.param("大火灾", "大火", "", id="the-first-pair-of-several"),
    pytest.param("(?:起|着)火了?", "起火 着火", "[着起](?=[火])", id="over-the-end-of-a-group"),
    pytest.param("大?火", "火", "[大火]", id="what-may-be-left-out-is-not-needed"),
    pytest.param("(?:大?火|灾)了", "火了 灾了", "[大火灾](?=[了火])", id="nor-in-a-group"),
    pytest.param("火大?灾", "火灾 大灾", "", id="but-may-stand-between"),
    pytest.param("[塌垮]{1,2}了", "塌了 垮了", "[垮塌](?=[了垮塌])", id="a-class"),
    pytest.param("[塌垮][^，]{0,2}了", "了", "[垮塌]", id="followed-by-anything"),
    pytest.param("[塌垮]|着火", "塌 垮 着火", "[垮塌着]", id="one-character-or-more"),
    pytest.param("[^，]火", "火", "", id="not-a-class-of-what-it-is-not"),
    pytest.param("[0-9]火", "火", "[0-9](?=[火])", id="a-range"),
    pytest.param("[一-龥]火", "火", "", id="no-range-of-nearly-everything"),
    pytest.param(r"\d时", "时", r"[\d](?=[时])", id="no-kind-of-characters-but-to-begin-with"),
    pytest.param(r"[\d一]{1,2}时", "时", r"[\d一](?=[\d一时])", id="nor-in-a-class"),
    pytest.param(r"\(火", "(火", r"[\(](?=[火])", id="an-escaped-sign"),
    pytest.param("(?<!灭)火", "火", "[火]", id="what-stands-before-is-not-needed"),
    pytest.param("火(?!车)灾", "火灾", "", id="nor-what-must-not-follow"),
    pytest.param("火|.{2}", "", "", id="a-branch-of-anything"),
    pytest.param("(?:火)?", "", "", id="nothing-at-all"),
    pytest.param("火|", "", "", id="an-empty-branch"),
    pytest.param("^[\\s“]{0,3}为防", "为防", r"[\s“为](?=[\s“为防])", id="anchors"),
    pytest.param(r"火\b灾", "火灾", "", id="an-edge-takes-no-character"),
    pytest.param("(?:起火){2}", "起火", "[起](?=[火])", id="repeated"),
    pytest.param("(?:起|着火){2}", "起 着火", "[着起](?=[火着起])", id="a-short-one-repeated"),
    pytest.param(r"[塌\u706b]了", "塌了 火了", "[塌火](?=[了])", id="a-code-for-its-character"),
    pytest.param(r"\x66", "", "", id="what-is-not-read-tells-nothing"),
    pytest.param("(?i:a)b", "", "", id="nor-a-flag"),
    pytest.param("火{1,2}+灾", "", "", id="nor-what-gives-nothing-back"),
]


@pytest.mark.parametrize(("pattern", "held", "opening"), PATTERNS)
def test_what_every_match_shows(pattern: str, held: str, opening: str) -> None:
    words = wording(pattern)

    assert words.marks.held == frozenset(held.split())
    assert (words.opening.pattern if words.opening else "") == opening


# More branches than `re` tries quickly: each is looked for by what it begins with.
MANY = "|".join(
    [*(f"{chr(0x4E00 + n)}火" for n in range(30)), "[起着]灾了?", "大", "火(?!车)", "大塌"]
)


@given(
    st.sampled_from([*(str(p.values[0]) for p in PATTERNS), MANY]),
    st.text("火灾泄漏起着大塌垮了，0一丁时(灭车为防ab“ \ud800", max_size=8),
)
def test_no_match_is_hidden(pattern: str, text: str) -> None:
    words = wording(pattern)
    wanted = [found.span() for found in re.finditer(pattern, text)]

    assert [found.span() for found in words.matches(text)] == wanted
    held = words.held_in(text, pairs_of(text))
    assert [found.span() for found in words.matches(text, held)] == wanted
    assert not wanted or not words.marks.held or held


def test_no_match_of_the_shipped_cues_is_hidden() -> None:
    """On every text the rules were made with; nearly all cues can be passed over so."""
    tables = (book().emergency_cues, book().kind_cues, book().task_cues)
    cues = [rule for table in tables for rule in table.compiled]
    texts = [
        text["body"] for name in ("kinds/tuned", "emergencies/tuned") for text in texts_of(name)
    ]
    for rule in cues:
        for one in (rule.words, rule.unless, rule.unless_sentence):
            if one is None:
                continue
            assert fault_of(one.pattern.pattern) == ""
            for text in texts:
                wanted = [found.span() for found in one.pattern.finditer(text)]
                assert [found.span() for found in one.matches(text)] == wanted, rule.cue.id
                held = one.held_in(text, pairs_of(text))
                assert not wanted or held or not one.marks.held, rule.cue.id
                assert [found.span() for found in one.matches(text, held)] == wanted, rule.cue.id
    assert sum(bool(rule.words.marks.held) for rule in cues) > 0.9 * len(cues)
