"""What the rules get right on whole mails: floors, so that no change loses ground unseen.

First-run figures stand in development/README.md; what is measured here came after the
rules learnt from the open halves. The kept halves are never looked at while tuning.
"""

import pytest
from development_sets import Figures, measure, texts_of

pytestmark = pytest.mark.untraced

SETS = (
    "second_author/emergencies",
    "second_author/kinds",
    "second_author/near_misses",
    "real_styles/open",
    "real_styles/kept",
)


@pytest.fixture(scope="module")
def figures() -> Figures:
    """Every set together, with titles."""
    together = Figures("all")
    for name in SETS:
        for about, (right, of) in measure(name).counts.items():
            pair = together.counts.setdefault(about, [0, 0])
            pair[0] += right
            pair[1] += of
    return together


@pytest.mark.parametrize(
    ("about", "floor"),
    [
        pytest.param("emergency caught", 0.97, id="emergencies-reach-somebody"),
        pytest.param("ordinary left alone", 0.96, id="few-ordinary-mails-to-review"),
        pytest.param("ordinary no alert", 0.99, id="alerts-stay-rare"),
        pytest.param("kind decided", 0.95, id="kind-is-decided"),
        pytest.param("kind right", 0.98, id="decided-kind-is-right"),
        pytest.param("unit", 0.97, id="unit-is-found"),
        pytest.param("unit certain", 1.0, id="certain-units-are-right"),
        pytest.param("unit unknown", 1.0, id="units-of-elsewhere-stay-unknown"),
        pytest.param("event time", 0.95, id="event-time-is-right"),
        pytest.param("event role", 0.95, id="report-is-told-from-event"),
        pytest.param("stage", 1.0, id="follow-ups-are-follow-ups"),
    ],
)
def test_floors(figures: Figures, about: str, floor: float) -> None:
    assert figures.share(about) >= floor


@pytest.mark.parametrize(
    ("name", "about", "floor"),
    [
        pytest.param("emergencies_open", "emergency caught", 0.97, id="learnt-emergencies"),
        pytest.param("emergencies_kept", "emergency caught", 0.88, id="unseen-emergencies"),
        pytest.param("emergencies_kept", "event time", 0.88, id="unseen-event-times"),
        pytest.param("near_misses_open", "ordinary left alone", 0.97, id="learnt-near-misses"),
        pytest.param("near_misses_kept", "ordinary left alone", 0.97, id="unseen-near-misses"),
        pytest.param("near_misses_kept", "ordinary no alert", 1.0, id="unseen-never-alarm"),
        pytest.param("kinds_open", "kind right", 0.97, id="learnt-kinds"),
        pytest.param("kinds_kept", "kind decided", 0.84, id="unseen-kinds-decided"),
        pytest.param("kinds_kept", "kind right", 0.90, id="unseen-kinds-right"),
        pytest.param("units_open", "joint", 1.0, id="learnt-joint-reports"),
        pytest.param("units_kept", "unit", 0.94, id="unseen-units"),
        pytest.param("units_kept", "joint", 1.0, id="unseen-joint-reports"),
        pytest.param("units_kept", "unit unknown", 1.0, id="unseen-elsewhere-stays-unknown"),
        pytest.param("tasks_open", "task named", 0.95, id="learnt-tasks"),
        pytest.param("tasks_open", "task found", 0.8, id="learnt-tasks-found"),
        pytest.param("tasks_kept", "task found", 0.65, id="unseen-tasks-found"),
        pytest.param("tasks_kept", "task named", 0.95, id="unseen-tasks"),
    ],
)
def test_a_third_author(name: str, about: str, floor: float) -> None:
    """Harder than real mail: hazards nobody listed, in dialect, hidden in news of activities."""
    assert measure(f"third_author/{name}").share(about) >= floor


def test_no_unit_of_the_third_author_is_wrong_for_certain() -> None:
    for name in ("emergencies", "near_misses", "kinds", "tasks", "units"):
        for half in ("open", "kept"):
            assert measure(f"third_author/{name}_{half}").share("unit certain") == 1.0


@pytest.mark.parametrize(
    ("name", "floor"), [("emergencies", 0.97), ("ordinary", 0.94), ("tasks", 0.97)]
)
def test_units_of_the_fourth_author(name: str, floor: float) -> None:
    """Four ordinary drafts name only the bureau: which of its sections wrote, nobody could tell."""
    figures = measure(f"fourth_author/{name}_open")

    assert figures.share("unit") >= floor
    assert figures.share("unit certain") == 1.0


@pytest.mark.parametrize(
    ("name", "about", "floor"),
    [
        pytest.param("emergencies", "emergency caught", 1.0, id="emergencies"),
        pytest.param("emergencies", "event time", 0.95, id="event-times"),
        pytest.param("ordinary", "ordinary left alone", 0.98, id="ordinary"),
        pytest.param("ordinary", "ordinary no alert", 1.0, id="ordinary-never-alarms"),
    ],
)
def test_emergencies_of_the_fourth_author(name: str, about: str, floor: float) -> None:
    """The half that was learnt from."""
    assert measure(f"fourth_author/{name}_open").share(about) >= floor


@pytest.mark.parametrize(
    ("name", "about", "floor"),
    [
        pytest.param("emergencies", "emergency caught", 1.0, id="emergencies"),
        pytest.param("emergencies", "event time", 0.95, id="event-times"),
        pytest.param("emergencies", "unit", 0.97, id="units-of-emergencies"),
        pytest.param("ordinary", "ordinary left alone", 0.98, id="ordinary"),
        pytest.param("ordinary", "ordinary no alert", 1.0, id="ordinary-never-alarms"),
        pytest.param("ordinary", "kind decided", 0.94, id="kinds-decided"),
        pytest.param("ordinary", "kind right", 0.95, id="kinds-right"),
        pytest.param("ordinary", "unit", 0.89, id="units-though-five-name-none"),
        pytest.param("ordinary", "unit certain", 1.0, id="certain-units"),
        pytest.param("tasks", "task named", 1.0, id="tasks"),
    ],
)
def test_texts_of_the_fourth_author_that_nobody_learnt_from(
    name: str, about: str, floor: float
) -> None:
    assert measure(f"fourth_author/{name}_kept").share(about) >= floor


@pytest.mark.parametrize(
    ("name", "about", "floor"),
    [
        pytest.param("emergencies_open", "emergency caught", 1.0, id="learnt-emergencies"),
        pytest.param("emergencies_kept", "emergency caught", 0.97, id="unseen-emergencies"),
        pytest.param("ordinary_open", "ordinary left alone", 1.0, id="learnt-ordinary"),
        pytest.param("ordinary_kept", "ordinary left alone", 0.98, id="unseen-ordinary"),
        pytest.param("ordinary_kept", "ordinary no alert", 1.0, id="unseen-never-alarm"),
        pytest.param("ordinary_open", "kind decided", 0.88, id="learnt-kinds-decided"),
        pytest.param("ordinary_open", "kind right", 1.0, id="learnt-kinds"),
        pytest.param("ordinary_kept", "kind decided", 0.98, id="unseen-kinds-decided"),
        pytest.param("ordinary_kept", "kind right", 0.96, id="unseen-kinds"),
    ],
)
def test_emergencies_and_kinds_of_the_fifth_author(name: str, about: str, floor: float) -> None:
    """The odd texts were learnt from after one frozen run, nobody read the even ones."""
    assert measure(f"fifth_author/{name}").share(about) >= floor


@pytest.mark.parametrize(
    ("name", "caught", "left_alone"),
    [
        pytest.param("second_author/emergencies", 0.85, 1.0, id="second-author"),
        pytest.param("second_author/near_misses", 1.0, 0.93, id="near-misses"),
        pytest.param("real_styles/open", 1.0, 1.0, id="open"),
        pytest.param("real_styles/kept", 1.0, 0.90, id="kept"),
    ],
)
def test_drafts_without_any_title(name: str, caught: float, left_alone: float) -> None:
    """Worse than real mail, which has a subject: the body alone has to tell."""
    figures = measure(name, titled=False)

    assert figures.share("emergency caught") >= caught
    assert figures.share("ordinary left alone") >= left_alone


def test_the_sets_hold_what_they_promise() -> None:
    texts = [text for name in SETS for text in texts_of(name)]
    styles = {text["style"] for text in texts}

    assert len(texts) >= 200
    assert len(styles) >= 60
