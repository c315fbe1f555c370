"""The board as files: static pages that a browser opens from the disk, without a server.

Nothing is loaded from anywhere: style and script stand in each page, and a policy
by their digests forbids all else. A page is replaced in one step and only when it
changed; the overview always, because its time says that the system is alive.
"""

import base64
import errno
import hashlib
import os
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Literal

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from mailbot.clock import shanghai
from mailbot.reports.board_facts import Facts
from mailbot.reports.board_pages import pages_of
from mailbot.reports.board_parts import Bar, Page

SECTIONS = (
    ("index.html", "总览"),
    ("drafts.html", "稿件"),
    ("units.html", "单位"),
    ("events.html", "突发事件"),
    ("tasks.html", "任务"),
    ("overdue.html", "逾期"),
    ("ranking.html", "排名"),
)
OVERVIEW = "index.html"
_OURS = re.compile(r"(?:unit-\d{3,}|drafts-\d{4}-\d{2})\.html")
_MARK = b'<meta name="generator" content="mailbot board">'
_TIME = "\x00time\x00"  # in no page: control characters are taken out of all words


@dataclass(frozen=True, slots=True)
class Drawn:
    """What a writing of the board did, by number of pages; those left want more time."""

    written: int
    unchanged: int
    removed: int
    left: int = 0


def _always() -> bool:
    return True


class BoardWriter:
    """Renders pages from `templates`/board; it remembers what they said."""

    def __init__(self, templates: Path) -> None:
        self._templates = templates / "board"
        self._said: dict[Path, int] = {}

    @cached_property
    def environment(self) -> Environment:
        """Strict, everything escaped."""
        environment = Environment(
            loader=FileSystemLoader(self._templates),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        environment.filters.update(total=_total, zip=zip)
        return environment

    @cached_property
    def _assets(self) -> dict[str, Markup]:
        found = {}
        for name, file in (("style", "board.css"), ("script", "board.js")):
            text = (self._templates / file).read_text(encoding="utf-8")
            digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
            found[name], found[f"{name}_hash"] = Markup(text), Markup(digest)  # noqa: S704  ours
        return found

    def check(self) -> None:
        """Compile every template; raises what the library raises."""
        for name in self.environment.list_templates(["j2"]):
            self.environment.get_template(name)
        assert self._assets

    def render(self, page: Page, office: str) -> str:
        """A page whose time is still left open."""
        words = "更新于" if page.file == OVERVIEW else "本页内容截至"
        html = self.environment.get_template("page.html.j2").render(
            page=page,
            sections=SECTIONS,
            office=office,
            drawn_words=words,
            drawn=_TIME,
            **self._assets,
        )
        return html.encode("utf-8", "replace").decode("utf-8").strip() + "\n"

    def write(
        self,
        folder: Path,
        facts: Facts,
        going: Callable[[], bool] = _always,
        watched: Callable[[Iterable[Page]], Iterable[Page]] = iter,
    ) -> Drawn:
        """Write the pages into `folder`; pages of units and months no longer shown are removed.

        Once `going` says no, pages that changed are left for the next writing. Whoever
        watches the work gets the pages through its hands by `watched`.

        Raises:
            OSError: The folder cannot be written, or is somebody else's. Pages written before
                are whole.
        """
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        if _foreign(folder / OVERVIEW):
            raise FileExistsError(errno.EEXIST, "文件夹里有别的 index.html，没有动它")
        done = Counter[str]()
        names = set()
        for page in watched(pages_of(facts)):
            names.add(page.file)
            done[self._write(folder / page.file, page, facts, going)] += 1
        removed = sum(_remove(path) for path in _left_over(folder, names))
        return Drawn(done["written"], done["unchanged"], removed, done["left"])

    def _write(
        self, path: Path, page: Page, facts: Facts, going: Callable[[], bool]
    ) -> Literal["written", "unchanged", "left"]:
        alive = page.file == OVERVIEW
        said = hash(page)
        if not alive and self._said.get(path) == said and path.exists():
            return "unchanged"
        if not alive and not going():
            return "left"
        html = self.render(page, facts.config.office.name)
        written = _replace(path, html, facts.now, always=alive)
        self._said[path] = said
        return "written" if written else "unchanged"


def _total(bar: Bar) -> int:
    return bar.lower + bar.upper


def _replace(path: Path, html: str, now: datetime, *, always: bool) -> bool:
    """Put a page in its place unless it says the same already; whether it was written."""
    local = shanghai(now)
    time = f"{local.year}年{local.month}月{local.day}日 {local:%H:%M}"
    head, _, tail = html.partition(_TIME)
    if not always and _says(path, head.encode(), tail.encode()):
        return False
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        temporary.write_bytes(f"{head}{time}{tail}".encode())
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
    return True


def _says(path: Path, head: bytes, tail: bytes) -> bool:
    try:
        there = path.read_bytes()
    except FileNotFoundError:
        return False
    between = len(there) - len(head) - len(tail)
    return 0 < between < 64 and there.startswith(head) and there.endswith(tail)


def _foreign(path: Path) -> bool:
    return path.is_file() and path.stat().st_size > 0 and not _ours(path)


def _ours(path: Path) -> bool:
    with path.open("rb") as file:
        return _MARK in file.read(1024)


def _left_over(folder: Path, names: set[str]) -> Iterator[Path]:
    for path in folder.iterdir():
        old = path.name not in names and _OURS.fullmatch(path.name)
        if old and path.is_file() and _ours(path):
            yield path


def _remove(path: Path) -> bool:
    path.unlink(missing_ok=True)
    return True
