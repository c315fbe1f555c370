"""[board]: the pages that show the office where everything stands."""

from pydantic import Field

from mailbot.notice import Frozen


class BoardConfig(Frozen):
    """[board]: static pages, written after the deadlines were looked at.

    Attributes:
        folder: Where the pages are written; "" = none. Relative paths start at the config file.
        titles: Whether drafts and emergencies are shown with their titles.
        every_seconds: Seconds that pass at least between two writings.
    """

    folder: str = "data/board"
    titles: bool = True
    every_seconds: int = Field(60, ge=10, le=86_400)
