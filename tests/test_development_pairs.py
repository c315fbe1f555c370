"""Same item (附件2) and 不外宣不外传 (三) on pairs of whole mails: floors, as for the other sets."""

import pytest
from development_pairs import PairFigures, measure
from development_sets import rows_of


@pytest.fixture(scope="module")
def figures() -> PairFigures:
    return measure("pairs/tuned")


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


def test_the_set_holds_every_relation() -> None:
    relations = [pair["relation"] for pair in rows_of("pairs/tuned")]

    assert len(relations) >= 40
    assert min(relations.count(relation) for relation in set(relations)) >= 4
