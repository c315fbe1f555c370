"""What judging costs: every verdict on one draft, in processor time for 1,000 characters.

Run: python -m bench.judging [rounds]. The development texts (tests/development) one by one
and several joined to longer drafts, judged as filing judges them; then a draft that grows
from 1,000 to 64,000 characters. The peer of the same run only searches the same cues one by
one with `re`: no score, no times, no names, no fingerprint.
"""

import sys
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from importlib import import_module
from itertools import cycle
from os import getloadavg
from pathlib import Path
from time import process_time
from typing import Any

from mailbot.rules import duplicates, kinds
from mailbot.rules.cues import CueTable
from mailbot.rules.emergency_frames import cut
from mailbot.rules.judgement import RuleBook, fingerprint_of, judge_draft
from mailbot.rules.passages import Passage
from parsers.facts import DraftText, Reading
from parsers.reading import read_mail

ROUNDS = 5
GOAL_MS = 5.0  # for a draft of 1,000 characters, on average
JOINED = (1000, 3000)
GROWTH = (1000, 4000, 16_000, 64_000)
_SENDER = "nobody@example.com"


@dataclass(frozen=True, slots=True)
class Task:
    """A draft to be judged, and the mail it came in."""

    draft: DraftText
    reading: Reading
    at: datetime

    @property
    def length(self) -> int:
        """Characters of title and body."""
        return len(self.draft.segments.title) + len(self.draft.segments.body)


@dataclass(frozen=True, slots=True)
class Cost:
    """Processor milliseconds of a set of drafts; the least of several rounds."""

    drafts: int
    characters: int
    judged: float
    peer: float

    @property
    def per_thousand(self) -> float:
        """Milliseconds for 1,000 characters."""
        return 1000 * self.judged / self.characters

    def line(self, name: str) -> str:
        """As a row of the table."""
        return (
            f"{name:<28}{self.drafts:>7}{self.characters / self.drafts:>9.0f}"
            f"{self.judged / self.drafts:>9.2f}{self.per_thousand:>10.2f}"
            f"{1000 * self.peer / self.characters:>10.2f}"
        )


def development_sets() -> Any:
    """The module beside the tests that reads the development texts."""
    sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
    return import_module("development_sets")


def texts() -> list[dict[str, str]]:
    """Every committed development text, in the order of the sets' names."""
    found = []
    for path in sorted(development_sets().SETS.rglob("*.toml")):
        listed = tomllib.loads(path.read_text(encoding="utf-8"))
        found += [text for text in listed.get("text", ()) if text.get("body")]
    return found


def joined(told: Sequence[dict[str, str]], least: int) -> Iterator[dict[str, str]]:
    """Texts of one kind put together until each has at least so many characters."""
    by_kind: dict[str, dict[str, str]] = {}
    for text in told:
        kind = text.get("kind", "")
        before = by_kind.get(kind)
        body = f"{before['body']}\n{text['body']}" if before else text["body"]
        by_kind[kind] = {**(before or text), "body": body}
        if len(body) >= least:
            yield by_kind.pop(kind)


def grown(told: Sequence[dict[str, str]], length: int) -> dict[str, str]:
    """A made-up draft of exactly so many characters out of all texts in turn."""
    body = ""
    for text in cycle(told):
        body += text["body"] + "\n"
        if len(body) >= length:
            return {**told[0], "body": body[:length]}
    raise AssertionError("no texts")


def task_of(text: dict[str, str]) -> Iterator[Task]:
    """The drafts of one text, read as a mail."""
    sets = development_sets()
    reading = read_mail(sets.mail_of(text))
    at = sets.instant(text.get("received", "2023-04-19T09:00:00+08:00"))
    yield from (Task(draft, reading, at) for draft in reading.all_drafts)


def judge(tasks: Sequence[Task], book: RuleBook) -> None:
    """All verdicts, with the earlier drafts that filing would find beside each."""
    duplicates.fingerprint.cache_clear()
    earlier: list[duplicates.Fingerprint] = []
    for number, task in enumerate(tasks, 1):
        message = task.reading.message
        mark = fingerprint_of(task.draft, message.subject if message else "")
        judge_draft(
            task.draft,
            task.reading,
            received_at=task.at,
            known_addresses={_SENDER: "直属一大队"},
            earlier=tuple(earlier[-3:]),
            book=book,
        )
        earlier.append(replace(mark, draft_id=number, received_at=task.at))


def search_one_by_one(tasks: Sequence[Task], book: RuleBook) -> None:
    """The peer: each cue of the three tables searched for in the text of its scope."""
    for task in tasks:
        parts = task.draft.segments
        emergency = cut(parts.title, "", parts.body).scopes(book.emergency_cues)
        kind = kinds.scopes(parts.title, parts.body, kinds.outline(parts.body))
        theme = {"title": parts.title, "opening": parts.body[:120], "body": parts.body[:4000]}
        _search(book.emergency_cues, emergency)
        _search(book.kind_cues, kind)
        _search(book.task_cues, theme)


def _search(table: CueTable, scopes: Mapping[str, str | Passage]) -> None:
    for rule in table.compiled:
        found = scopes.get(rule.cue.scope)
        text = found.text if isinstance(found, Passage) else found
        if text:
            rule.words.pattern.search(text)


def spent(work: Callable[[], None]) -> float:
    """Processor milliseconds."""
    start = process_time()
    work()
    return 1000 * (process_time() - start)


def measure(sets: Mapping[str, Sequence[Task]], book: RuleBook, rounds: int) -> dict[str, Cost]:
    """What judging each set costs, and the peer: all sets in turn, the least of the rounds.

    A shared machine runs now faster and now slower: a set must not meet one such spell alone.
    """
    judged = dict.fromkeys(sets, float("inf"))
    peer = dict(judged)
    for _ in range(rounds):
        for name, tasks in sets.items():
            judged[name] = min(judged[name], spent(partial(judge, tasks, book)))
            peer[name] = min(peer[name], spent(partial(search_one_by_one, tasks, book)))
    return {
        name: Cost(
            drafts=len(tasks),
            characters=sum(task.length for task in tasks),
            judged=judged[name],
            peer=peer[name],
        )
        for name, tasks in sets.items()
    }


def main(rounds: int = ROUNDS) -> int:
    """Print the figures; 1 where drafts of 1,000 characters miss the goal."""
    book: RuleBook = development_sets().book()
    told = texts()
    print(f"load {getloadavg()[0]:.1f}; least of {rounds} rounds, processor time")
    print(f"{'':<28}{'drafts':>7}{'signs':>9}{'ms each':>9}{'ms/1,000':>10}{'peer/1,000':>11}")
    sets = {"as written": [task for text in told for task in task_of(text)]}
    for length in JOINED:
        sets[f"joined to {length} and more"] = [
            task for text in joined(told, length) for task in task_of(text)
        ]
    for length in GROWTH:
        sets[f"grown to {length}"] = list(task_of(grown(told, length)))
    measured = measure(sets, book, rounds)
    for name, figure in measured.items():
        print(figure.line(name))
    found = measured[f"joined to {JOINED[0]} and more"].per_thousand
    print(f"{'drafts of 1,000 characters':<28}{found:>26.2f} ms  (goal {GOAL_MS})")
    return 0 if found <= GOAL_MS else 1


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else ROUNDS))
