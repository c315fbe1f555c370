"""Pairs of drafts through the whole reader and the rule of the same item (附件2, 三).

The first of a pair is filed; the second is judged against it only where the ledger would find
it, by a shared band. `python -m tests.development_pairs NAME…` prints the figures of sets by
name or by path, and `--wrong` the pairs that went wrong.
"""

import argparse
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from mailbot.records.verdicts import DuplicateVerdict
from mailbot.rules.duplicates import Fingerprint, of_unit
from mailbot.rules.judgement import fingerprint_of, judge_draft
from mailbot.rules.outward import same_headline, same_story
from parsers.facts import DraftText, Reading
from parsers.reading import read_mail
from tests.development_sets import Text, book, instant, mail_of, rows_of

NAMES = ("pairs/tuned",)
Pair = Mapping[str, Any]
_FIRST, _SECOND = "first@unit.example", "second@unit.example"
_MAY_BE: Mapping[str, tuple[str | None, ...]] = {
    "resend": ("exact",),
    "revision": ("revision",),
    "near_identical": ("near", "revision"),  # under the same title it is a revision
    "same_text_two_units": ("other_unit",),
    "same_title_other_text": ("same_title",),
    "follow_up": (None, "same_title"),
    "different": (None, "same_title"),  # where the titles are the same; nobody is to be asked
}
_COUNTS_AGAIN = frozenset({"same_title_other_text", "follow_up", "different"})


@dataclass(frozen=True, slots=True)
class Judged:
    """What was found of a pair.

    Attributes:
        verdict: On the second draft.
        warned: It would be marked 不外宣不外传, had the first been adopted inside.
        headline: The office would be warned when it enters the second's title as a media item.
    """

    verdict: DuplicateVerdict
    warned: bool
    headline: bool


@dataclass(slots=True)
class PairFigures:
    """What was right of what could be told; `wrong` holds a line for each miss."""

    name: str
    counts: dict[str, list[int]] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)

    def count(self, about: str, *, right: bool, pair: Pair, found: object = "") -> None:
        """One more pair judged about something."""
        held = self.counts.setdefault(about, [0, 0])
        held[0] += right
        held[1] += 1
        if not right:
            titles = " / ".join(str(pair[side].get("title", "")) for side in ("first", "second"))
            self.wrong.append(f"{about}: {found} ({pair.get('style', '')}) {titles}")

    def share(self, about: str) -> float:
        """Right ones of those judged; 1 where nothing was to judge."""
        right, of = self.counts.get(about, (0, 0))
        return right / of if of else 1.0

    def lines(self) -> Iterator[str]:
        """The figures, a line each."""
        for about, (right, of) in sorted(self.counts.items()):
            yield f"{self.name:32} {about:38} {right:3}/{of:<3} {right / of:.3f}"


def judged_pair(pair: Pair) -> Judged:
    """The second of a pair against the first, as filing would judge it."""
    first, second = (_whole(pair[side]) for side in ("first", "second"))
    known = {
        address: text["unit"]
        for address, text in ((_FIRST, first), (_SECOND, second))
        if text.get("unit")
    }
    draft, reading = _read(first, _FIRST)
    verdicts = judge_draft(
        draft,
        reading,
        received_at=instant(first["received"]),
        known_addresses=known,
        earlier=(),
        book=book(),
    )
    mark = fingerprint_of(draft, first["subject"])
    old = of_unit(mark, verdicts.unit.name or "", instant(first["received"]))
    old = replace(old, draft_id=1)
    return _against(old, second, known)


def _against(old: Fingerprint, second: Text, known: Mapping[str, str]) -> Judged:
    draft, reading = _read(second, _SECOND)
    mark = fingerprint_of(draft, second["subject"])
    met = bool(set(mark.bands) & set(old.bands))
    judgement = judge_draft(
        draft,
        reading,
        received_at=instant(second["received"]),
        known_addresses=known,
        earlier=[old] if met else [],
        book=book(),
    )
    return Judged(
        verdict=judgement.duplicate,
        warned=met and same_story(mark, old),
        headline=same_headline(mark.title, old.title),
    )


def _whole(text: Text) -> Text:
    """With a subject and an instant, whatever the set leaves out."""
    title = text.get("title", "")
    return {
        "body": "",
        **text,
        "subject": text.get("subject") or title or "信息",
        "received": text.get("received") or "2023-04-19T09:00:00+08:00",
    }


def _read(text: Text, address: str) -> tuple[DraftText, Reading]:
    mail = mail_of(text).replace(b"nobody@example.com", address.encode(), 1)
    reading = read_mail(mail)
    drafts = reading.all_drafts
    assert drafts, f"no draft found in {text['subject']}"
    return drafts[0], reading


def measure(name: str) -> PairFigures:
    """Every figure of a set of pairs."""
    figures = PairFigures(name)
    for pair in rows_of(name):
        relation, found = pair["relation"], judged_pair(pair)
        verdict = found.verdict
        told = (verdict.relation, verdict.similarity)
        if relation == "media_copy":
            figures.count("media_copy warned", right=found.warned, pair=pair, found=told)
            figures.count("media_copy headline", right=found.headline, pair=pair)
            continue
        right = verdict.relation in _MAY_BE[relation]
        figures.count(f"{relation} told", right=right, pair=pair, found=told)
        again = relation in _COUNTS_AGAIN
        about = "counted again" if again else "counted once"
        figures.count(
            f"{relation} {about}", right=verdict.counts == again, pair=pair, found=verdict.relation
        )
        figures.count(f"all {about}", right=verdict.counts == again, pair=pair)
        if relation == "same_text_two_units":
            asked = any("联合报送" in doubt for doubt in verdict.needs_review)
            figures.count(f"{relation} asked", right=asked, pair=pair)
        if relation == "different":
            figures.count(f"{relation} not asked", right=not verdict.needs_review, pair=pair)
    return figures


def main() -> None:
    """Print the figures."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("names", nargs="*", default=NAMES)
    options.add_argument("--wrong", action="store_true")
    given = options.parse_args()
    for name in given.names:
        figures = measure(name)
        told = [*figures.lines(), *(figures.wrong if given.wrong else ())]
        sys.stdout.write("".join(f"{line}\n" for line in told))


if __name__ == "__main__":
    main()
