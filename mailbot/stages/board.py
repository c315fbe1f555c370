"""The board is drawn after the deadlines were looked at; its failure stops nothing.

At most once in `board.every_seconds`, for about two seconds, and never more than a
twentieth of the time, however many the records are: what is left of a board of many
units and years is drawn at the next times.
"""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from mailbot import log
from mailbot.config import Config
from mailbot.fact_names import BOARD_FAILURE
from mailbot.reports.board import BoardWriter, Drawn
from mailbot.reports.board_facts import Facts, facts_of, oldest_day
from mailbot.reports.board_parts import Page
from mailbot.resources import shipped
from mailbot.rules.obligations import all_obligations
from mailbot.stages.acts import recorded
from mailbot.stages.beginnings import FIRST_STARTED, since_start
from mailbot.stages.ledgers import gather
from store.unit_of_work import Store

_SHARE = 20
_BUDGET_SECONDS = 2.0


def board_facts(store: Store, config: Config, now: datetime) -> Facts:
    """What the board shows at `now`."""
    with store.look() as uow:
        ledger = gather(uow, now, oldest_day(now))
        acts = recorded(uow)
        started = uow.facts.get(FIRST_STARTED)
    duties = all_obligations(config.notice, ledger, now, config.schedule)
    first = datetime.fromisoformat(str(started)) if started else None
    return facts_of(config, ledger, acts, since_start(duties, first), now)


def write_board(
    folder: Path,
    store: Store,
    config: Config,
    now: datetime,
    watched: Callable[[Iterable[Page]], Iterable[Page]] = iter,
) -> Drawn:
    """Write the board's pages into `folder`, which is made when it is missing.

    Raises:
        OSError: The folder cannot be written.
    """
    writer = BoardWriter(shipped("templates"))
    return writer.write(folder, board_facts(store, config, now), watched=watched)


@dataclass(slots=True)
class Drawing:
    """Draws the configured board as often as it may.

    Attributes:
        seconds: A clock that is never set.
    """

    store: Store
    config: Config
    seconds: Callable[[], float] = time.monotonic
    writer: BoardWriter = field(default_factory=lambda: BoardWriter(shipped("templates")))
    _next: float = field(default=float("-inf"), init=False)

    def draw(self, now: datetime, *, at_once: bool = False) -> bool:
        """Draw unless it was drawn a moment ago; whether it was drawn. Never raises."""
        started = self.seconds()
        if not self.config.board.folder or (started < self._next and not at_once):
            return False

        def going() -> bool:
            return at_once or self.seconds() - started < _BUDGET_SECONDS

        try:
            folder = self.config.path(self.config.board.folder)
            facts = board_facts(self.store, self.config, now)
            drawn = self.writer.write(folder, facts, going)
            self._note("", now)
        except Exception as error:  # noqa: BLE001  a picture of the work is not the work
            log.failure("board_failed")
            self._tell(error, now)
            drawn = None
        took = self.seconds() - started
        self._next = started + max(self.config.board.every_seconds, _SHARE * took)
        if drawn is not None and drawn.written > 1:
            milliseconds = round(took * 1000)
            log.event("board_drawn", pages=drawn.written, left=drawn.left, ms=milliseconds)
        return drawn is not None

    def _tell(self, error: Exception, now: datetime) -> None:
        why = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        remedy = "请检查 [board] folder 的文件夹是否可写、磁盘是否已满"
        try:
            self._note(f"看板没有写成（{log.masked(why)[:80]}），{remedy}", now)
        except Exception:  # noqa: BLE001  the store's own troubles are told elsewhere
            log.failure("board_failure_not_noted")

    def _note(self, words: str, now: datetime) -> None:
        with self.store.look() as uow:
            noted = uow.facts.get(BOARD_FAILURE)
        if (noted or "") == words:
            return
        with self.store.work() as uow:
            if words:
                uow.facts.put(BOARD_FAILURE, words, now)
            else:
                uow.facts.drop(BOARD_FAILURE)
            uow.commit()
