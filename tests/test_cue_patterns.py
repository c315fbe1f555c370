"""What a pattern needs of a text: a look at its characters never hides a match."""

import re

import pytest
from development_sets import book, texts_of
from hypothesis import given
from hypothesis import strategies as st

from mailbot.rules.cue_patterns import fault_of, needed

PATTERNS = [
    pytest.param("火灾", "火", id="one-of-a-word"),
    pytest.param("火灾|泄漏", "火泄", id="one-of-each-branch"),
    pytest.param("(?:起火|着火)了?", "起着", id="branches-in-a-group"),
    pytest.param("大?火", "火", id="what-may-be-left-out-is-not-needed"),
    pytest.param("[塌垮]{1,2}", "塌垮", id="a-class"),
    pytest.param("[^，]火", "火", id="not-a-class-of-what-it-is-not"),
    pytest.param("[0-9]火", "火", id="no-range"),
    pytest.param(r"\d时", "时", id="no-kind-of-characters"),
    pytest.param(r"\(火", "(", id="an-escaped-sign"),
    pytest.param("(?<!灭)火", "火", id="what-stands-before-is-not-needed"),
    pytest.param("火(?!车)", "火", id="nor-what-follows"),
    pytest.param("火|.{2}", "", id="a-branch-of-anything"),
    pytest.param("(?:火)?", "", id="nothing-at-all"),
    pytest.param("火|", "", id="an-empty-branch"),
    pytest.param("^[\\s“]{0,3}为防", "为", id="anchors"),
]


@pytest.mark.parametrize(("pattern", "characters"), PATTERNS)
def test_what_is_needed(pattern: str, characters: str) -> None:
    assert fault_of(pattern) == ""
    assert needed(pattern) == frozenset(characters)


@given(
    st.sampled_from([p.values[0] for p in PATTERNS]),
    st.text("火灾泄漏起着大塌垮，0时(灭车为防", max_size=6),
)
def test_no_match_is_hidden(pattern: object, text: str) -> None:
    characters = needed(str(pattern))
    if re.search(str(pattern), text):
        assert not characters or not characters.isdisjoint(text)


def test_no_match_of_the_shipped_cues_is_hidden() -> None:
    """On every text the rules were made with; nearly all cues can be passed over so."""
    tables = (book().emergency_cues, book().kind_cues, book().task_cues)
    rules = [rule for table in tables for rule in table.compiled]
    texts = [
        text["body"] for name in ("kinds/tuned", "emergencies/tuned") for text in texts_of(name)
    ]
    for rule in rules:
        for text in texts:
            if rule.pattern.search(text):
                assert not rule.needed or not rule.needed.isdisjoint(text), rule.cue.id
    assert sum(bool(rule.needed) for rule in rules) > 0.9 * len(rules)
