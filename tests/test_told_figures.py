"""Days and figures of a text: what a repeat keeps and next week's report changes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailbot.rules.told_figures import ToldFigures
from mailbot.rules.told_figures import told_figures as told_and_keys

TEXT = "4月10日至16日，出动126人次，劝离摊点58处，规范店外经营34家，罚款1.2万元。"


def told_figures(title: str, body: str) -> ToldFigures:
    return told_and_keys(title, body)[0]


def keys(body: str) -> tuple[str, ...]:
    return told_and_keys("", body)[1]


@pytest.mark.parametrize(
    ("other", "kept", "other_days"),
    [
        pytest.param(TEXT, 1.0, False, id="the-same"),
        pytest.param(TEXT.replace("出动", "共派出执法人员"), 1.0, False, id="other-words"),
        pytest.param(TEXT.replace("58", "85"), 0.75, False, id="one-figure-mended"),
        pytest.param(
            "4月17日至23日，出动131人次，劝离摊点61处，规范店外经营29家，罚款8千元。",
            0.0,
            True,
            id="next-week",
        ),
        pytest.param("一季度，出动126人次，劝离摊点58处。", None, True, id="too-few-figures"),
        pytest.param("4月10日，召开会议。", None, False, id="no-figures"),
    ],
)
def test_kept(other: str, kept: float | None, *, other_days: bool) -> None:
    one, two = told_figures("", TEXT), told_figures("", other)

    assert one.kept(two) == two.kept(one) == (None if kept is None else pytest.approx(kept))
    assert one.other_days(two) == two.other_days(one) == other_days


@pytest.mark.parametrize(
    "words",
    [
        pytest.param("2023年8时30分，在12号楼开会。", id="years-hours-and-houses"),
        pytest.param("一周工作动态", id="a-span-is-no-week"),
    ],
)
def test_what_is_no_figure_and_no_day(words: str) -> None:
    told = told_figures(words, "")

    assert not told.days
    assert not told.kept(told)


def test_a_reworded_text_is_found_by_neighbouring_figures() -> None:
    other = "在一周的行动中，共派出126人次上路，58处摊点被劝离，34家店外经营得到规范。"

    assert set(keys(TEXT)) & set(keys(other))
    assert not set(keys(TEXT)) & set(keys("出动99人次，劝离摊点58处，规范店外经营43家。"))


@given(st.text(max_size=300), st.text(max_size=300))
def test_what_is_kept_has_a_fixed_size_and_no_order(one: str, other: str) -> None:
    mine, theirs = told_figures("", one), told_figures("", other)

    assert len(mine.stored) == 48
    assert mine.kept(theirs) == theirs.kept(mine)
    assert mine.other_days(theirs) == theirs.other_days(mine)
