"""The office's papers made for real: .docx by python-docx, .xlsx by XlsxWriter.

Both libraries are slow to import and used once a month: they are loaded when needed.
"""

from collections.abc import Callable, Sequence

from mailbot.records.notices import LedgerBook, NoticeFigures


class OfficePapers:
    """What `ports.Papers` asks for."""

    def bulletin(self, figures: NoticeFigures) -> bytes:
        """The notice (通报) as .docx."""
        from mailbot.reports.bulletin import write_bulletin  # noqa: PLC0415

        return write_bulletin(figures)

    def differences(self, paper: bytes, figures: NoticeFigures) -> Sequence[str]:
        """What in a notice disagrees with its figures or with itself."""
        from mailbot.reports.bulletin_check import differences  # noqa: PLC0415

        return differences(paper, figures)

    def ledger(
        self, book: LedgerBook, advance: Callable[[int], None] = lambda _rows: None
    ) -> bytes:
        """The ledger (台账) as .xlsx; `advance` hears of every row written."""
        from mailbot.reports.ledger import write_ledger  # noqa: PLC0415

        return write_ledger(book, advance)
