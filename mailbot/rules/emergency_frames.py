"""The parts of a draft that emergency cues are looked for in."""

import re
from dataclasses import dataclass
from functools import cached_property

from mailbot.rules.chinese_numerals import narrow
from mailbot.rules.cues import CueTable, asserted
from mailbot.rules.passages import Passage

_SENTENCE_END = re.compile(r"[。；！？\n][。；！？\s”\"]*")
# Digits are joined one by one (2 0 2 3 年), never a date to the clock behind it (4/19 8:33).
_BLANK = r"[ \t\u3000\xa0]"
_GAP = re.compile(  # looks behind from the first blank: texts hold few
    rf"{_BLANK}(?:(?<=[\u4e00-\u9fa5].){_BLANK}{{0,3}}(?=[\u4e00-\u9fa5\d])"
    rf"|(?<=\d.){_BLANK}{{0,3}}(?=[\u4e00-\u9fa5])"
    rf"|(?<=(?<![\d/.:-])\d.){_BLANK}{{0,3}}(?=\d(?![\d:])))"
)
_STOPS = {",": "，", ";": "；", "!": "！", "?": "？"}
_ASCII_STOP = re.compile(r"[,;!?](?:(?<=[;!?])|(?<!\d,)(?!\d{3})|(?<=\d,)(?!\d))")
_MOST = 6000  # characters judged in full; the rest of a longer text is judged by its head
_MOST_EVENTS = 20
_WITNESSES = ("event.body", "event.shape")


@dataclass(frozen=True)
class Parts:
    """A draft cut for the cues; spaces between characters (Word's justified lines) are gone.

    Attributes:
        terse: The body holds so few words that the headline was put before them.
    """

    title: str
    body: str
    terse: bool = False

    def with_head(self, table: CueTable) -> "Parts":
        """A mail of a few words (“情况如题”) says in its subject what others say below it."""
        if len(self.body) >= table.settings["short_words"] or not self.title:
            return self
        return Parts(self.title, f"{self.title}。\n{self.body}", terse=True)

    @cached_property
    def whole(self) -> Passage:
        """Title and body together."""
        return Passage(f"{self.title}\n{self.body}")

    @cached_property
    def told(self) -> Passage:
        """The body, as cues look into it."""
        return Passage(self.body, self.whole, len(self.title) + 1)

    def scopes(self, table: CueTable) -> dict[str, str | Passage]:
        """Scope → text, as the cue file names them; `near_events` is the one left, "near"."""
        lead = self.body[: int(table.settings["lead"])]
        return {
            "title": self.title,
            "body": self.told,
            "lead": lead,
            "open": lead[: int(table.settings["open"])],
            "raw": self.whole,
            "hazard": self.whole,
        }

    def near_events(self, table: CueTable) -> str:
        """Sentences that assert an event, each with the one before it."""
        starts = [0, *(found.end() for found in _SENTENCE_END.finditer(self.body))]
        near: set[int] = set()
        for witness in _WITNESSES:
            for at in asserted(table, witness, self.told, _MOST_EVENTS):
                place = _place(starts, at)
                near |= {place, max(0, place - 1)}
        ends = [*starts[1:], len(self.body)]
        return "\n".join(self.body[starts[place] : ends[place]] for place in sorted(near))


def _place(starts: list[int], at: int) -> int:
    low, high = 0, len(starts)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if starts[middle] <= at else (low, middle)
    return low


def cut(title: str, subject: str, body: str) -> Parts:
    """Cut a draft; a subject that only repeats the title is left out."""
    plain_title, plain_subject = plain(title), plain(subject)
    heads = [head for head in (plain_subject, plain_title) if head]
    if len(heads) > 1 and plain_title in plain_subject:
        heads = [plain_subject]
    return Parts("\n".join(heads), plain(body))


def plain(text: str) -> str:
    """Half-width signs kept apart from Chinese ones, no spaces inside words, bounded length."""
    head = text[:_MOST]
    return _GAP.sub("", _keep_punctuation(head)).strip()


def _keep_punctuation(text: str) -> str:
    """Half-width letters and digits, full-width punctuation: one form for the cues to meet."""
    return _ASCII_STOP.sub(lambda found: _STOPS[found[0]], narrow(text))
