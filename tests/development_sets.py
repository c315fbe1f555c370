"""Texts of the development sets through the whole reader and every rule, and their figures.

A text becomes a mail with a plain-text draft attached, from an address nobody knows, so
that title, 落款 and body are found as in a real mail. `python -m tests.development_sets`
prints the figures of every set, and `--wrong` the texts that went wrong.
"""

import argparse
import re
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from email.message import EmailMessage
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from mailbot.config_files import load
from mailbot.cue_files import load_rule_book
from mailbot.records.verdicts import Judgement
from mailbot.rules.judgement import RuleBook, judge_draft, judge_mail
from parsers.facts import DraftText, Reading
from parsers.reading import read_mail

HERE = Path(__file__).parent
SETS = HERE / "development"
ZONE = ZoneInfo("Asia/Shanghai")
Text = dict[str, str]
_OF_OTHERS = re.compile("pairs|clean|faulty")
_RECEIVED = "2023-04-19T09:00:00+08:00"  # where a set does not care


@cache
def book() -> RuleBook:
    """The shipped rules and notice."""
    return load_rule_book(load(HERE.parent / "config.toml").notice)


def rows_of(name: str) -> list[dict[str, Any]]:
    """Rows of a set by its name, such as "second_author/kinds", or by its path; in file order."""
    path = Path(name) if name.endswith(".toml") else SETS / f"{name}.toml"
    held = tomllib.loads(path.read_text(encoding="utf-8"))
    found: list[dict[str, Any]] = next(rows for rows in held.values() if isinstance(rows, list))
    return found


def texts_of(name: str) -> list[Text]:
    """Texts of a set, in file order."""
    return rows_of(name)


def mail_of(text: Text, *, titled: bool = True) -> bytes:
    """The text as a mail: its words in a .txt attachment, or in the mail itself if so marked."""
    title = text.get("title", "") if titled else ""
    words = "\n".join(part for part in (title, text["body"], text.get("signature", "")) if part)
    mail = EmailMessage()
    mail["From"] = f"{text.get('sender_name', '')} <nobody@example.com>"
    mail["To"] = "office@example.com"
    mail["Subject"] = text.get("subject") or title or "信息"
    mail["Date"] = instant(text.get("received", _RECEIVED))
    if text.get("place") == "mail":
        mail.set_content(words)
    else:
        mail.set_content("请查收。")
        name = f"{text.get('file') or title or '信息'}.txt"
        mail.add_attachment(words.encode(), "text", "plain", filename=name)
    return bytes(mail)


def instant(text: str) -> datetime:
    """An aware instant; the sets write Chinese local time."""
    found = datetime.fromisoformat(text)
    return found if found.tzinfo else found.replace(tzinfo=ZONE)


def judged(text: Text, *, titled: bool = True) -> tuple[Reading, list[tuple[DraftText, Judgement]]]:
    """The reading of a text's mail and every draft's judgement."""
    reading = read_mail(mail_of(text, titled=titled))
    at = instant(text.get("received", _RECEIVED))
    drafts = [
        (
            draft,
            judge_draft(
                draft, reading, received_at=at, known_addresses={}, earlier=(), book=book()
            ),
        )
        for draft in reading.all_drafts
    ]
    if not drafts:
        alone = judge_mail(reading, received_at=at, known_addresses={}, book=book())
        drafts = [alone] if alone else []
    return reading, drafts


@dataclass(slots=True)
class Figures:
    """What was right of what could be told; `wrong` holds a line for each miss."""

    name: str
    counts: dict[str, list[int]] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)

    def count(self, about: str, *, right: bool, text: Text, found: object = "") -> None:
        """One more text judged about something."""
        pair = self.counts.setdefault(about, [0, 0])
        pair[0] += right
        pair[1] += 1
        if not right:
            title = text.get("title") or text.get("subject") or text["body"][:20]
            self.wrong.append(f"{about}: {found} ({text.get('style', '')}) {title}")

    def share(self, about: str) -> float:
        """Right ones of those judged; 1 where nothing was to judge."""
        right, of = self.counts.get(about, (0, 0))
        return right / of if of else 1.0

    def lines(self) -> Iterator[str]:
        """The figures, a line each."""
        for about, (right, of) in self.counts.items():
            yield f"{self.name:32} {about:28} {right:3}/{of:<3} {right / of:.3f}"


@cache
def measure(name: str, *, titled: bool = True) -> Figures:
    """Every figure of a set; judged once, however many ask."""
    figures = Figures(name if titled else f"{name} (no titles)")
    texts = texts_of(name)
    units_told = any("unit" in text for text in texts)
    for text in texts:
        _, drafts = judged(text, titled=titled)
        _emergency(figures, text, name, [judgement for _, judgement in drafts])
        if drafts:
            _draft(figures, text, drafts[0][1], units_told=units_told)
        else:
            figures.count("found", right=text.get("kind") == "非稿件", text=text)
    return figures


def _emergency(figures: Figures, text: Text, name: str, found: list[Judgement]) -> None:
    levels = {judgement.emergency.level for judgement in found} or {"none"}
    best = next(level for level in ("alert", "review", "none") if level in levels)
    default = "emergency" if "emergenc" in name else "ordinary"
    if text.get("label", default) == "emergency":
        figures.count("emergency caught", right=best != "none", text=text)
        figures.count("emergency alert", right=best == "alert", text=text, found=best)
    else:
        figures.count("ordinary left alone", right=best == "none", text=text, found=best)
        figures.count("ordinary no alert", right=best != "alert", text=text)


def _draft(figures: Figures, text: Text, judgement: Judgement, *, units_told: bool) -> None:
    if "kind" in text:
        _kind(figures, text, judgement)
    if units_told:
        _unit(figures, text, judgement)
    if "event" in text:
        found = judgement.emergency.event_time
        right = found is not None and found.earliest == instant(text["event"])
        figures.count("event time", right=right, text=text, found=found and found.matched)
        if found is not None and right:
            role = text.get("event_role", "event")
            figures.count("event role", right=found.role == role, text=text)
    if "stage" in text:
        stage = judgement.emergency.stage
        figures.count("stage", right=stage == text["stage"], text=text, found=stage)
    if "task" in text:
        _task(figures, text, judgement.task.no or 0, judgement.task.maybe or 0)
    if "joint" in text:
        right = set(judgement.unit.joint) == set(text["joint"])
        figures.count("joint", right=right, text=text, found=judgement.unit.joint)


def _task(figures: Figures, text: Text, named: int, maybe: int) -> None:
    wanted = int(text["task"])
    if named:
        figures.count("task named", right=named == wanted, text=text, found=named)
    if wanted:
        figures.count("task found", right=named == wanted, text=text, found=named)
        told = named or maybe
        figures.count("task found or proposed", right=told == wanted, text=text, found=told)
    if maybe:
        figures.count("task proposed", right=maybe == wanted, text=text, found=maybe)


def _kind(figures: Figures, text: Text, judgement: Judgement) -> None:
    kind = judgement.kind
    decided = kind.kind != "待审"
    figures.count("kind decided", right=decided, text=text, found=[*kind.candidates])
    if decided:
        figures.count("kind right", right=kind.kind == text["kind"], text=text, found=kind.kind)


def _unit(figures: Figures, text: Text, judgement: Judgement) -> None:
    verdict, wanted = judgement.unit, text.get("unit")
    if wanted:
        figures.count("unit", right=verdict.name == wanted, text=text, found=verdict.name)
    elif text.get("kind", "非稿件") != "非稿件":
        figures.count("unit unknown", right=verdict.name is None, text=text, found=verdict.name)
    if verdict.confidence == "certain" and (wanted or text.get("kind") != "非稿件"):
        figures.count("unit certain", right=verdict.name == wanted, text=text, found=verdict.name)


def main() -> None:
    """Print the figures."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("names", nargs="*", default=sorted(set_names()))
    options.add_argument("--wrong", action="store_true")
    given = options.parse_args()
    for name in given.names:
        for titled in (True, False):
            figures = measure(name, titled=titled)
            told = [*figures.lines(), *(figures.wrong if given.wrong else ())]
            sys.stdout.write("".join(f"{line}\n" for line in told))


def set_names() -> Iterator[str]:
    """Sets of single texts; pairs and quality have their own figures."""
    for path in SETS.rglob("*.toml"):
        if not _OF_OTHERS.match(path.stem) and path.parent.name not in ("pairs", "quality"):
            yield str(path.relative_to(SETS).with_suffix(""))


if __name__ == "__main__":
    main()
