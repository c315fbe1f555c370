"""Quality hints (四（二）) on whole mails: hardly a false one, and the planted faults found."""

from development_quality import measure


def test_faultless_texts_draw_at_most_one_hint_a_page() -> None:
    assert measure("quality/clean").false_a_page <= 1.0


def test_planted_faults_are_quoted() -> None:
    figures = measure("quality/faulty")

    assert figures.found >= 0.8
    assert figures.true >= 0.95
