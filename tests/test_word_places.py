"""Where a text has any of many words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailbot.rules.word_places import Words

TEXTS = [
    pytest.param(["起火", "火"], "起火了", [(0, 0, 2), (1, 1, 2)], id="a-word-within-another"),
    pytest.param(["塌"], "塌塌", [(0, 0, 1), (0, 1, 2)], id="twice"),
    pytest.param(["垮"], "没有", [], id="none"),
    pytest.param(["火"], "😀火", [(0, 1, 2)], id="places-are-characters"),
    pytest.param(["火"], "\ud800火", [(0, 1, 2)], id="behind-half-of-a-character"),
    pytest.param(["\ud800火"], "\ud800火", [(0, 0, 2)], id="half-of-a-character-in-a-word"),
    pytest.param([], "起火", [], id="no-words"),
]


@pytest.mark.parametrize(("words", "text", "places"), TEXTS)
def test_words_are_found_where_they_stand(
    words: list[str], text: str, places: list[tuple[int, int, int]]
) -> None:
    assert sorted(Words(words).places(text)) == sorted(places)


@given(
    st.lists(st.text("火灾塌ab\ud800😀", min_size=1, max_size=3), unique=True, max_size=6),
    st.text("火灾塌ab\ud800😀", max_size=12),
)
def test_every_occurrence_is_found(words: list[str], text: str) -> None:
    wanted = [
        (number, at, at + len(word))
        for number, word in enumerate(words)
        for at in range(len(text))
        if text.startswith(word, at)
    ]

    assert sorted(Words(words).places(text)) == sorted(wanted)
