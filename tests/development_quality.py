"""Quality hints (四（二）) on faultless and on faulty texts, through the whole reader.

A set of faultless texts is measured by its false hints in every 2,000 characters. A text with
`faults` ({kind, quote} each) tells how many of them have their place quoted by one of the at
most five hints, and how many hints point at nothing listed. `python -m
tests.development_quality NAME…` prints the figures of sets by name or by path, and `--wrong`
the hints and faults that went wrong.
"""

import argparse
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from mailbot.records.verdicts import Hint
from tests.development_sets import judged, rows_of

NAMES = ("quality/clean", "quality/clean_figures", "quality/faulty")
PAGE = 2_000  # characters
_MOST = 5


@dataclass(slots=True)
class QualityFigures:
    """Hints told, faults found; `wrong` holds a line for each that went wrong.

    Attributes:
        characters: Of the faultless texts.
        false_hints: Told of faultless texts.
        faults: Kind → found, of how many. Those beyond five of one text cannot all be told.
        pointed: Hints on faulty texts that point at a listed fault, of how many.
        full: Texts with more faults than hints may be told.
    """

    name: str
    characters: int = 0
    clean: int = 0
    false_hints: int = 0
    faults: dict[str, list[int]] = field(default_factory=dict)
    pointed: list[int] = field(default_factory=lambda: [0, 0])
    wrong: list[str] = field(default_factory=list)

    @property
    def false_a_page(self) -> float:
        """False hints in 2,000 characters of faultless text."""
        return self.false_hints * PAGE / self.characters if self.characters else 0.0

    @property
    def found(self) -> float:
        """Share of the listed faults whose place is quoted."""
        pairs = self.faults.values()
        of = sum(pair[1] for pair in pairs)
        return sum(pair[0] for pair in pairs) / of if of else 1.0

    @property
    def true(self) -> float:
        """Share of the hints on faulty texts that point at a listed fault."""
        right, of = self.pointed
        return right / of if of else 1.0

    def lines(self) -> Iterator[str]:
        """The figures, a line each."""
        if self.characters:
            yield (
                f"{self.name:32} {'false hints':28} {self.false_hints} in {self.clean} texts, "
                f"{self.characters} characters: {self.false_a_page:.2f} in {PAGE}"
            )
        for kind, (right, of) in sorted(self.faults.items()):
            yield f"{self.name:32} {kind:28} {right:3}/{of:<3} {right / of:.3f}"
        if self.faults:
            right, of = (sum(pair[at] for pair in self.faults.values()) for at in (0, 1))
            yield f"{self.name:32} {'all faults found':28} {right:3}/{of:<3} {self.found:.3f}"
            right, of = self.pointed
            yield f"{self.name:32} {'hints that point at one':28} {right:3}/{of:<3} {self.true:.3f}"


def measure(name: str) -> QualityFigures:
    """Every figure of a set."""
    figures = QualityFigures(name)
    for text in rows_of(name):
        _, drafts = judged(text)
        told = [hint for _, judgement in drafts for hint in judgement.hints][:_MOST]
        whole = "\n".join(text.get(part, "") for part in ("title", "body", "signature"))
        if text.get("faults"):
            _faulty(figures, text, whole, told)
        else:
            _clean(figures, text, whole, told)
    return figures


def _clean(
    figures: QualityFigures, text: Mapping[str, Any], whole: str, told: Sequence[Hint]
) -> None:
    figures.clean += 1
    figures.characters += len("".join(whole.split()))
    figures.false_hints += len(told)
    figures.wrong += [f"false {_said(hint)} {_named(text)}" for hint in told]


def _faulty(
    figures: QualityFigures, text: Mapping[str, Any], whole: str, told: Sequence[Hint]
) -> None:
    faults = [(fault["kind"], _places(fault["quote"], whole)) for fault in text["faults"]]
    quoted = [_places(hint.quote, whole) for hint in told]
    for (kind, places), fault in zip(faults, text["faults"], strict=True):
        pair = figures.faults.setdefault(kind, [0, 0])
        found = any(_meet(places, spans) for spans in quoted)
        pair[0] += found
        pair[1] += 1
        if not found:
            figures.wrong.append(f"missed {kind}: {fault['quote']} {_named(text)}")
    for hint, spans in zip(told, quoted, strict=True):
        points = any(_meet(places, spans) for _, places in faults)
        figures.pointed[0] += points
        figures.pointed[1] += 1
        if not points:
            figures.wrong.append(f"beside {_said(hint)} {_named(text)}")


def _places(quote: str, whole: str) -> list[tuple[int, int]]:
    """Every place a quotation stands at."""
    found, at = [], whole.find(quote) if quote else -1
    while at >= 0:
        found.append((at, at + len(quote)))
        at = whole.find(quote, at + 1)
    return found


def _meet(some: Sequence[tuple[int, int]], others: Sequence[tuple[int, int]]) -> bool:
    return any(a < d and c < b for a, b in some for c, d in others)


def _said(hint: Hint) -> str:
    return f"{hint.about}: “{hint.quote}” {hint.advice}"


def _named(text: Mapping[str, Any]) -> str:
    return f"({text.get('title') or text.get('subject') or text['body'][:20]})"


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
