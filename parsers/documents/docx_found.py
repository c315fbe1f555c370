"""What the walk through a Word document meets besides text."""

from dataclasses import dataclass, field


@dataclass(slots=True)
class Found:
    """What the walk came across besides text."""

    notes: list[tuple[str, str]] = field(default_factory=list)  # ("footnote", id), in order
    pictures: list[str] = field(default_factory=list)  # relationship ids, in order
    inline_pictures: list[str] = field(default_factory=list)  # base64 (XML of Word 2003)
    tracked: bool = False
    hidden: bool = False
    embedded: bool = False
