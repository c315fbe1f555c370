"""How long `due` takes: five years of records of 300 units, in memory and from a database.

Run: python bench/due.py [runs]. Prints median and worst in milliseconds.
"""

import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter, process_time

from mailbot.config_files import load
from mailbot.notice import Notice
from mailbot.records.ledger import Ledger
from mailbot.records.obligations import Nudge
from mailbot.rules.obligations import all_obligations
from mailbot.rules.reminders import letters_due, reminder_key
from mailbot.stages.ledgers import gather
from store.opening import open_store
from store.records import DraftRecord
from store.rows import to_row
from store.tables import drafts, messages, outbox
from store.unit_of_work import Store

UNITS, YEARS, SEED = 300, 5, 20230420
NOW = datetime(2028, 12, 20, 2, 0, tzinfo=UTC)  # late in the year, when most must be looked at
GOAL_MS = 200


def many_units(notice: Notice) -> Notice:
    """The notice with its rows repeated under numbered names."""
    parts = {name: getattr(notice, name) for name in Notice.model_fields}
    rows = [
        notice.units[n % len(notice.units)].model_copy(
            update={
                "name": f"{notice.units[n % len(notice.units)].name}{n}",
                "aliases": (),
                "aliases_in_context": (),
                "addresses": (f"u{n}@example.com",),
            }
        )
        for n in range(UNITS)
    ]
    return Notice.model_validate({**parts, "units": tuple(rows)})


def five_years(notice: Notice, chance: Random) -> Ledger:
    """About 1.2 drafts a week and unit, and a reminder a fortnight."""
    first = NOW - timedelta(days=365 * YEARS)
    drafts: list[DraftRecord] = []
    nudges: list[Nudge] = []
    for unit in notice.units:
        for number in range(int(52 * YEARS * 1.2)):
            at = first + timedelta(seconds=chance.randrange(365 * YEARS * 86_400))
            drafts.append(
                DraftRecord(
                    id=len(drafts) + 1,
                    message_id=len(drafts) + 1,
                    ordinal=1,
                    received_at=at,
                    unit=unit.name,
                    title="",
                    kind="动态简讯",
                    column=2 if number % 6 == 0 else 1,
                    words=400,
                    words_total=400,
                    words_cjk=400,
                )
            )
        for week in range(0, 52 * YEARS, 2):
            day = (first + timedelta(weeks=week)).date()
            key = f"quota/1/{unit.name}/{day:%G-W%V}"
            nudges.append(
                Nudge(reminder_key(unit.name, day), first + timedelta(weeks=week), (key,))
            )
    return Ledger(drafts=tuple(drafts), nudges=tuple(nudges))


def kept(folder: Path, ledger: Ledger, notice: Notice) -> Store:
    """The same records in a database, with texts and letters of their usual size."""
    store = open_store("sqlite:///mailbot.db", folder)
    reasons = [{"verdict": "类型", "because": "正文" * 40, "clause": "二·一"}] * 6
    with store.engine.begin() as connection:
        mails = [
            {
                "sha256": f"{one.id:064}",
                "size": 40_000,
                "received_at": one.received_at,
                "fetched_at": one.received_at,
                "state": "filed",
            }
            for one in ledger.drafts
        ]
        connection.execute(messages.insert(), mails)
        rows = [
            {**to_row(one), "text": "正" * one.words, "reasons": reasons} for one in ledger.drafts
        ]
        connection.execute(drafts.insert(), rows)
        connection.execute(
            outbox.insert(),
            [_letter(number, one) for number, one in enumerate(ledger.nudges)],
        )
        connection.execute(
            outbox.insert(), [_receipt(number, one) for number, one in enumerate(ledger.drafts)]
        )
    with store.work() as uow:
        for number, unit in enumerate(notice.units):
            uow.acts.add(NOW - number * DAY, "cli", "media", "media", {
                "unit": unit.name, "on": f"{NOW - number * DAY:%Y-%m-%d}", "count": 1,
            })  # fmt: skip
        uow.commit()
    return store


DAY = timedelta(days=1)
_LETTER_TEXT, _LETTER_HTML = "催报" * 300, "<td>催报</td>" * 500


def _letter(number: int, nudge: Nudge) -> dict[str, object]:
    return {
        "key": nudge.key,
        "lane": "reminder",
        "subject": "催报",
        "state": "sent",
        "created_at": nudge.queued_at,
        "sent_at": nudge.queued_at,
        "message_id": f"<n{number}@example.com>",
        "text": _LETTER_TEXT,
        "html": _LETTER_HTML,
        "concerns": list(nudge.concerns),
    }


def _receipt(number: int, draft: DraftRecord) -> dict[str, object]:
    nudge = Nudge(f"receipt/{draft.id}", draft.received_at)
    return {**_letter(number, nudge), "lane": "receipt", "message_id": f"<r{number}@example.com>"}


def timed(runs: int, work: Callable[[], object]) -> list[tuple[float, float]]:
    """Milliseconds of each run: by the clock, and of the processor (on a busy machine)."""
    found = []
    for _ in range(runs):
        start, used = perf_counter(), process_time()
        work()
        found.append(((perf_counter() - start) * 1000, (process_time() - used) * 1000))
    return found


def main(runs: int) -> int:
    """Measure and print; exit 1 when the median misses the goal."""
    shipped = load(Path(__file__).parents[1] / "config.toml")
    notice, schedule = many_units(shipped.notice), shipped.schedule
    ledger = five_years(notice, Random(SEED))
    print(f"{len(notice.units)} units, {len(ledger.drafts)} drafts, {len(ledger.nudges)} letters")
    due = timed(runs, lambda: all_obligations(notice, ledger, NOW, schedule))
    both = timed(
        runs,
        lambda: letters_due(
            notice,
            schedule,
            ledger,
            NOW,
            obligations=all_obligations(notice, ledger, NOW, schedule),
        ),
    )
    _print("obligations, ledger at hand", due)
    _print("with letters, ledger at hand", both)
    with TemporaryDirectory() as folder:
        store = kept(Path(folder), ledger, notice)
        size = (Path(folder) / "mailbot.db").stat().st_size
        print(f"database of {size / 1e6:.0f} MB")

        def look() -> Ledger:
            with store.look() as uow:
                return gather(uow, NOW, for_readers=False)

        def whole() -> None:
            found = look()
            duties = all_obligations(notice, found, NOW, schedule)
            letters_due(notice, schedule, found, NOW, obligations=duties)

        _print("loading from the database", timed(runs, look))
        everything = timed(runs, whole)
        _print("all of it, loading included", everything)
        store.close()
    return int(median(wall for wall, _ in everything) > GOAL_MS)


def _print(what: str, found: list[tuple[float, float]]) -> None:
    clock, used = (median(column) for column in zip(*found, strict=True))
    worst = max(wall for wall, _ in found)
    print(f"{what}: median {clock:.0f} ms, worst {worst:.0f} ms, processor {used:.0f} ms")


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 11))
