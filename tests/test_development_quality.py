"""Quality hints (四（二）) on whole mails: hardly a false one, and the planted faults found."""

import pytest
from development_quality import measure

pytestmark = pytest.mark.untraced


@pytest.mark.parametrize(
    "name", ["quality/clean", "quality/clean_figures", "fourth_author/clean_open"]
)
def test_faultless_texts_draw_hardly_a_hint(name: str) -> None:
    """One false hint in 2,000 characters would be bearable; these are learnt from."""
    assert measure(name).false_a_page == 0


@pytest.mark.parametrize(
    ("name", "found"),
    [
        pytest.param("quality/faulty", 0.96, id="ours"),
        pytest.param("fourth_author/faulty_open", 0.97, id="another-authors"),
    ],
)
def test_planted_faults_are_quoted(name: str, found: float) -> None:
    figures = measure(name)

    assert figures.found >= found
    assert figures.true >= 0.97
