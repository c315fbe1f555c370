"""How long `due` takes: five years of records of 300 units, the ledger at hand.

Run: python bench/due.py [runs]. Prints median and worst in milliseconds.
"""

import sys
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random
from statistics import median
from time import perf_counter

from mailbot.config_files import load
from mailbot.notice import Notice
from mailbot.records.ledger import Ledger
from mailbot.records.obligations import Nudge
from mailbot.rules.obligations import all_obligations
from mailbot.rules.reminders import letters_due, reminder_key
from store.records import DraftRecord

UNITS, YEARS, SEED = 300, 5, 20230420
NOW = datetime(2028, 4, 20, 2, 0, tzinfo=UTC)
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
            day = date(2023, 4, 20) + timedelta(weeks=week)
            key = f"quota/1/{unit.name}/{day:%G-W%V}"
            nudges.append(
                Nudge(reminder_key(unit.name, day), first + timedelta(weeks=week), (key,))
            )
    return Ledger(drafts=tuple(drafts), nudges=tuple(nudges))


def main(runs: int) -> int:
    """Measure and print; exit 1 when the median misses the goal."""
    shipped = load(Path(__file__).parents[1] / "config.toml")
    notice = many_units(shipped.notice)
    ledger = five_years(notice, Random(SEED))
    print(f"{len(notice.units)} units, {len(ledger.drafts)} drafts, {len(ledger.nudges)} letters")
    due, both = [], []
    for _ in range(runs):
        start = perf_counter()
        duties = all_obligations(notice, ledger, NOW, shipped.schedule)
        due.append((perf_counter() - start) * 1000)
        letters = letters_due(notice, shipped.schedule, ledger, NOW, obligations=duties)
        both.append((perf_counter() - start) * 1000)
    print(f"obligations {len(duties)}: median {median(due):.0f} ms, worst {max(due):.0f} ms")
    print(f"with {len(letters)} letters: median {median(both):.0f} ms, worst {max(both):.0f} ms")
    return int(median(both) > GOAL_MS)


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 11))
