"""How long searching takes: 100,000 drafts of Chinese text, words common and rare.

Run: python -m bench.search [drafts]. Prints the median and worst milliseconds of the
whole listing of 1,000 drafts, as `drafts list --text` asks for it, without the start of
the interpreter, and the processor's share of them, which other work on the machine does
not swell; and what the index costs in time and space.
"""

import sys
import tempfile
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from statistics import median
from time import perf_counter, process_time

from store import search
from store.drafts import DraftFilter
from store.migrate import upgrade
from store.opening import open_store
from store.tables import drafts, messages
from store.unit_of_work import Store

DRAFTS, SEED, RUNS, BATCH = 100_000, 20230417, 11, 2000
LENGTHS = (300, 350, 400, 450, 500, 1200)
START = datetime(2023, 4, 20, tzinfo=UTC)
GOAL_MS = 100
_COMMON, _RARE = "城市", "罕见"


class Author:
    """Drafts of words whose frequencies fall as those of a language do (Zipf)."""

    def __init__(self, chance: Random) -> None:
        letters = [chr(0x4E00 + n) for n in range(3000)]
        self._chance = chance
        fall = [1 / (n + 10) for n in range(len(letters))]
        self.words = [_COMMON, *("".join(chance.choices(letters, fall, k=2)) for _ in range(8000))]
        self._fall = [1 / (n + 5) for n in range(len(self.words))]

    def write(self, length: int) -> str:
        """So many characters."""
        return "".join(self._chance.choices(self.words, self._fall, k=length // 2))


def rows(author: Author, chance: Random, count: int) -> Iterator[dict[str, object]]:
    """Drafts as columns, one in a thousand with the rare word."""
    for number in range(1, count + 1):
        body = author.write(chance.choice(LENGTHS)) + (_RARE if number % 1000 == 0 else "")
        yield {
            "id": number,
            "message_id": 1,
            "ordinal": number,
            "received_at": START + timedelta(minutes=20 * number),
            "unit": f"单位{number % 66}",
            "title": author.write(20),
            "kind": "动态简讯" if number % 6 else "经验做法",
            "words": len(body),
            "words_total": len(body),
            "words_cjk": len(body),
            "text": body,
        }


def fill(store: Store, count: int) -> Author:
    """The drafts, not yet findable."""
    chance = Random(SEED)
    author = Author(chance)
    mail = {"id": 1, "sha256": "0", "size": 1, "received_at": START, "fetched_at": START}
    waiting: list[dict[str, object]] = []
    with store.engine.begin() as db:
        db.execute(messages.insert(), {**mail, "state": "filed"})
        for row in rows(author, chance, count):
            waiting.append(row)
            if len(waiting) == BATCH:
                db.execute(drafts.insert(), waiting)
                waiting.clear()
        if waiting:
            db.execute(drafts.insert(), waiting)
    return author


def enter_all(store: Store) -> float:
    """Seconds to make all findable."""
    start = perf_counter()
    with store.engine.begin() as db:
        for row in db.execute(drafts.select()).mappings().all():
            search.enter(db, row["id"], row["title"], row["text"])
    return perf_counter() - start


def measured(store: Store, wanted: DraftFilter) -> tuple[int, Sequence[float], Sequence[float]]:
    """How many are found; milliseconds of each run, and those of the processor."""
    times, busy = [], []
    for _ in range(RUNS):
        start, work = perf_counter(), process_time()
        with store.look() as uow:
            found = len(uow.drafts.listing(wanted))
        times.append((perf_counter() - start) * 1000)
        busy.append((process_time() - work) * 1000)
    return found, times, busy


def main(count: int) -> int:
    """Measure and print; exit 1 when a median misses the goal."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        store = open_store("sqlite:///mailbot.db", folder)
        upgrade(store.engine)
        author = fill(store, count)
        before = (folder / "mailbot.db").stat().st_size
        seconds = enter_all(store)
        store.close()
        store = open_store("sqlite:///mailbot.db", folder)
        after = (folder / "mailbot.db").stat().st_size
        print(f"{count} drafts, {before >> 20} MB; index {(after - before) >> 20} MB more,")
        print(f"made in {seconds:.0f} s: {1000 * seconds / count:.2f} ms a draft")
        common, second, middle = author.words[0], author.words[1], author.words[500]
        cases = {
            "two characters, in most drafts": DraftFilter(text=common),
            "two characters, in some": DraftFilter(text=middle),
            "two characters, one draft in 1000": DraftFilter(text=_RARE),
            "two characters, in none": DraftFilter(text="龘龘"),
            "four characters": DraftFilter(text=common + second),
            "one character, in most": DraftFilter(text=common[0]),
            "two words": DraftFilter(text=f"{common} {_RARE}"),
            "two common words of one unit": DraftFilter(text=f"{common} {second}", unit="单位3"),
            "common word, one kind, 600 words or more": DraftFilter(
                text=common, kind="经验做法", fewest=600
            ),
            "rare word, last year": DraftFilter(text=_RARE, start=START + timedelta(days=1000)),
        }
        worst = 0.0
        for case, wanted in cases.items():
            found, times, busy = measured(store, wanted)
            worst = max(worst, median(times))
            told = f"{median(times):>7.1f} ms, worst {max(times):.1f}, processor {median(busy):.1f}"
            print(f"{case:<42}{found:>5} found {told}")
        store.close()
    print(f"slowest median {worst:.0f} ms, goal {GOAL_MS} ms")
    return int(worst > GOAL_MS)


if __name__ == "__main__":
    raise SystemExit(main(int(sys.argv[1]) if len(sys.argv) > 1 else DRAFTS))
