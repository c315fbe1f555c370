"""Same item (附件2) and 不外宣不外传 (三) on pairs of whole mails: floors, as for the other sets."""

from itertools import combinations

import pytest
from development_pairs import PairFigures, measure
from development_sets import rows_of, set_names

from mailbot.rules.duplicates import compare, fingerprint

pytestmark = pytest.mark.untraced


@pytest.fixture(scope="module", params=["pairs/tuned", "fourth_author/pairs_open"])
def figures(request: pytest.FixtureRequest) -> PairFigures:
    return measure(request.param)


@pytest.mark.parametrize(
    ("about", "floor"),
    [
        pytest.param("resend counted once", 1.0, id="a-resend-counts-once"),
        pytest.param("revision counted once", 1.0, id="a-revision-counts-once"),
        pytest.param("near_identical counted once", 1.0, id="other-words-same-figures"),
        pytest.param("same_text_two_units asked", 1.0, id="two-units-are-asked-about"),
        pytest.param("same_text_two_units counted once", 1.0, id="and-count-once-meanwhile"),
        pytest.param("different counted again", 1.0, id="reports-of-one-template-stay-apart"),
        pytest.param("different not asked", 1.0, id="and-nobody-is-asked-about-them"),
        pytest.param("follow_up counted again", 1.0, id="a-follow-up-is-a-report-of-its-own"),
        pytest.param("same_title_other_text counted again", 1.0, id="a-title-alone-merges-nothing"),
        pytest.param("media_copy warned", 1.0, id="what-was-adopted-inside-is-recognised"),
    ],
)
def test_floors(figures: PairFigures, about: str, floor: float) -> None:
    assert figures.share(about) >= floor


def test_no_two_texts_of_the_development_sets_are_taken_for_one() -> None:
    """Texts on the same few subjects, by the same kinds of unit, as if one unit wrote them all."""
    texts = [text for name in set_names() for text in rows_of(name)]
    marks = [fingerprint(text.get("title", ""), text["body"]) for text in texts]
    drafts = list({mark.text_sha256: mark for mark in marks}.values())
    met: dict[str, list[int]] = {}
    for number, draft in enumerate(drafts):
        for band in set(draft.bands):
            met.setdefault(band, []).append(number)
    pairs = {pair for found in met.values() for pair in combinations(found, 2)}
    taken = {compare(drafts[two], [drafts[one]]).relation for one, two in pairs}

    assert len(drafts) > 900
    assert taken <= {None, "same_title"}


def test_the_set_holds_every_relation() -> None:
    relations = [pair["relation"] for pair in rows_of("pairs/tuned")]

    assert len(relations) >= 40
    assert min(relations.count(relation) for relation in set(relations)) >= 4
