"""What a pattern shows before it is searched for: a look at that never hides a match."""

import re
from importlib.resources import files

import pytest
from development_sets import book, texts_of
from hypothesis import given
from hypothesis import strategies as st

from mailbot.cue_files import load_cues, parse_cues
from mailbot.rules.cue_patterns import fault_of
from mailbot.rules.passages import Passage, Signs
from mailbot.rules.wordings import Wording, wording

# 了@1-3: a match holds 了 one to three characters behind its beginning. Three characters tell enough.
PATTERNS = [
    pytest.param("火", "火", "", id="one-character"),
    pytest.param("火灾", "火灾", "", id="a-word"),
    pytest.param("火灾|泄漏", "泄漏 火灾", "", id="one-of-each-branch"),
    pytest.param("大火灾", "大火灾", "", id="the-whole-of-it"),
    pytest.param("(?:起|着)火了?", "着火 起火", "[着起](?=[火])", id="over-the-end-of-a-group"),
    pytest.param("大?火", "大火 火", "[大火]", id="with-and-without-what-may-be-left-out"),
    pytest.param("(?:大?火|灾)了", "大火了 火了 灾了", "[大火灾](?=[了火])", id="in-a-group-too"),
    pytest.param("火大?灾", "火大灾 火灾", "", id="what-may-stand-between"),
    pytest.param(
        "[塌垮]{1,2}了",
        "垮了 垮垮了 垮塌了 塌了 塌垮了 塌塌了",
        "[垮塌](?=[了垮塌])",
        id="a-class-repeated",
    ),
    pytest.param("[塌垮][^，]{0,2}了", "了@1-3", "[垮塌]", id="followed-by-anything"),
    pytest.param("[塌垮]|着火", "垮 塌 着火", "[垮塌着]", id="one-character-or-more"),
    pytest.param("[^，]火", "火@1-1", "", id="behind-a-class-of-what-it-is-not"),
    pytest.param("[0-9]火", "火@1-1", "[0-9](?=[火])", id="a-range"),
    pytest.param("[一-龥]火", "火@1-1", "", id="behind-a-range-of-nearly-everything"),
    pytest.param(r"\d时", "时@1-1", r"[\d](?=[时])", id="behind-a-kind-of-characters"),
    pytest.param(r"[\d一]{1,2}时", "时@1-2", r"[\d一](?=[\d一时])", id="behind-one-or-two-of-them"),
    pytest.param(r"\(火", "(火", r"[\(](?=[火])", id="an-escaped-sign"),
    pytest.param("(?<!灭)火", "火", "[火]", id="what-stands-before-is-not-needed"),
    pytest.param("火(?!车)灾", "火灾", "", id="nor-what-must-not-follow"),
    pytest.param("火|.{2}", "", "", id="a-branch-of-anything"),
    pytest.param("(?:火)?", "", "", id="nothing-at-all"),
    pytest.param("火|", "", "", id="an-empty-branch"),
    pytest.param(r"^[\s“]{0,3}为防", "为防@0-3", r"[\s“为](?=[\s“为防])", id="anchors"),
    pytest.param(r"火\b灾", "火灾", "", id="an-edge-takes-no-character"),
    pytest.param("(?:起火){2}", "起火起", "[起](?=[火])", id="repeated"),
    pytest.param(
        "(?:起|着火){2}",
        "着火着 着火起 起着火 起起",
        "[着起](?=[火着起])",
        id="a-short-one-repeated",
    ),
    pytest.param(r"[塌\u706b]了", "塌了 火了", "[塌火](?=[了])", id="a-code-for-its-character"),
    pytest.param(r"\x66", "", "", id="what-is-not-read-tells-nothing"),
    pytest.param("(?i:a)b", "", "", id="nor-a-flag"),
    pytest.param("火{1,2}+灾", "", "", id="nor-what-gives-nothing-back"),
]


@pytest.mark.parametrize(("pattern", "held", "opening"), PATTERNS)
def test_what_every_match_shows(pattern: str, held: str, opening: str) -> None:
    words = wording(pattern)

    assert " ".join(sorted(_told(*one) for one in words.marks.held.items())) == held
    assert (words.opening.pattern if words.opening else "") == opening


def _told(sign: str, at: tuple[int, int]) -> str:
    return sign if at == (0, 0) else f"{sign}@{at[0]}-{at[1]}"


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
    _finds_all(words, text, Signs([words]))


@pytest.mark.untraced
def test_no_match_of_the_shipped_cues_is_hidden() -> None:
    """On every text the rules were made with; nearly all cues can be passed over so."""
    tables = (book().emergency_cues, book().kind_cues, book().task_cues)
    cues = [rule for table in tables for rule in table.compiled]
    texts = [
        text["body"] for name in ("kinds/tuned", "emergencies/tuned") for text in texts_of(name)
    ]
    for rule in cues:
        for one in (rule.words, rule.unless, rule.unless_sentence):
            if one is not None:
                assert fault_of(one.words) == ""
                signs = Signs([one])
                for text in texts:
                    _finds_all(one, text, signs)
    assert sum(bool(rule.words.marks.held) for rule in cues) > 0.9 * len(cues)


@pytest.mark.parametrize("name", ["emergency", "kinds", "tasks", "units"])
def test_the_shipped_files_stand_the_look_that_an_office_s_copy_is_given(name: str) -> None:
    shipped = files("mailbot").joinpath("cues", f"{name}.toml").read_bytes()

    assert parse_cues(shipped, name) == load_cues(name=name)


def _finds_all(words: Wording, text: str, signs: Signs) -> None:
    """By itself, by what it holds, and as a part of a longer text: what `finditer` finds."""
    wanted = [found.span() for found in re.finditer(words.words, text)]
    assert [found.span() for found in words.matches(text)] == wanted
    passage = Passage(text)
    for one in (passage, Passage(text, Passage(f"大塌{text}"), 2), Passage(text, passage)):
        held = one.held(words, signs)
        assert not wanted or held or not words.marks.held
        if held or not words.marks.held:
            found = one.matches(words, signs, held)
            assert [match.span() for match in found] == wanted
