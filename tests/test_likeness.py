"""Likeness of names: the same figures as the definition, whatever the signs."""

from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailbot.rules.likeness import common, nearest, one_sign_differs, ratio

WORDS = st.text(alphabet="市容环卫科处报ab一二", max_size=14)


def by_definition(one: str, other: str) -> int:
    """The textbook recursion."""

    @cache
    def longest(i: int, j: int) -> int:
        if not i or not j:
            return 0
        if one[i - 1] == other[j - 1]:
            return longest(i - 1, j - 1) + 1
        return max(longest(i - 1, j), longest(i, j - 1))

    return longest(len(one), len(other))


@given(WORDS, WORDS)
def test_common_is_the_longest_common_subsequence(one: str, other: str) -> None:
    assert common(one, other) == by_definition(one, other) == common(other, one)


@given(st.text(max_size=400))
def test_a_text_is_wholly_like_itself(text: str) -> None:
    assert ratio(text, text) == 100.0


@pytest.mark.parametrize(
    ("one", "other", "percent"),
    [
        pytest.param("", "", 100.0, id="nothing-and-nothing"),
        pytest.param("达州", "", 0.0, id="something-and-nothing"),
        pytest.param("市容环卫课", "市容环卫科", 80.0, id="one-wrong-sign"),
        pytest.param("直属一大队", "直属二大队", 80.0, id="ordinals-look-alike"),
        pytest.param("达州要情", "要情专报", 50.0, id="half"),
    ],
)
def test_ratio(one: str, other: str, percent: float) -> None:
    assert ratio(one, other) == pytest.approx(percent)


def test_nearest_are_close_enough_and_best_first() -> None:
    names = ["要情专报", "达州要情", "达州信息专报", "每日要情"]

    assert nearest("达州要请", names, least=60, most=2) == ["达州要情"]
    assert nearest("达州信息专刊", names, least=30, most=2)[0] == "达州信息专报"


@pytest.mark.parametrize(
    ("one", "other", "differs"),
    [
        pytest.param("达州信息专刊", "达州信息专报", True, id="one-sign"),
        pytest.param("达州信息专报", "达州信息专报", False, id="none"),
        pytest.param("达州信息专", "达州信息专报", False, id="another-length"),
        pytest.param("达川信息专刊", "达州信息专报", False, id="two-signs"),
    ],
)
def test_one_sign(one: str, other: str, *, differs: bool) -> None:
    assert one_sign_differs(one, other) is differs
