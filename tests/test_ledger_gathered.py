"""What is read at every tick answers like everything on record does."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from random import Random

import pytest
from duty_samples import NOTICE, SCHEDULE, at, draft, only
from office_samples import opened
from year_model import came_in, hasten

from mailbot.rules.obligations import all_obligations
from mailbot.stages.ledgers import gather
from store.records import EventRecord
from store.unit_of_work import Store

UNITS = ("直属一大队", "市政管理科", "投诉指挥中心")
SMALL = only(*UNITS)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """Two years of drafts: tasks, pictures, joint ones, undecided ones, an old emergency."""
    chance = Random(5)
    with opened(tmp_path_factory.mktemp("gathered")) as found:
        hasten(found)
        first = at("2023-01-02 08:00")
        for number in range(1, 260):
            received = first + timedelta(days=chance.randrange(700), minutes=chance.randrange(600))
            unit = chance.choice(UNITS)
            more: dict[str, object] = {
                "task": chance.choice((None, None, None, 12, 16)),
                "distinct_images": tuple(f"{chance.randrange(99)}" for _ in range(chance.choice((0, 0, 4)))),
                "state": chance.choice(("counted", "counted", "withdrawn")),
                "joint": chance.choice(((), (), UNITS[:2])),
                "column": chance.choice((1, 1, 2, 3)),
            }  # fmt: skip
            if chance.random() < 0.1:
                more.update(kind="待审", column=None, state="not_counted")
            came_in(found, draft(number, unit, received, **more))
        old = came_in(
            found,
            draft(999, UNITS[0], "2023-02-01 09:00", emergency="alert", elements_missing=("伤亡",)),
        )
        with found.work() as uow:
            at_ = at("2023-02-01 09:00")
            event = EventRecord(0, UNITS[0], "坍塌", "坍塌", "alert", "open", at_, opened_by="mail",
                                written_at=at_, last_report_at=at_, draft_ids=(old,))  # fmt: skip
            uow.events.add(event)
            uow.commit()
        yield found


@pytest.mark.parametrize("counts", [True, False], ids=["incomplete-counts", "or-not"])
@pytest.mark.parametrize(
    "moment", ["2023-01-10", "2023-04-20", "2023-12-20", "2024-01-05", "2024-07-01", "2024-11-30"]
)
def test_the_short_reading_tells_the_same_duties(store: Store, moment: str, counts: bool) -> None:
    now: datetime = at(f"{moment} 10:00")
    questions = NOTICE.open_questions.model_copy(update={"incomplete_first_report_counts": counts})
    notice = SMALL.model_copy(update={"open_questions": questions})
    with store.look() as uow:
        whole, short = gather(uow, now), gather(uow, now, for_readers=False)
    assert len(short.drafts) <= len(whole.drafts)
    assert all_obligations(notice, short, now, SCHEDULE) == all_obligations(
        notice, whole, now, SCHEDULE
    )
