"""How much of a stranger's bytes we are willing to read.

The defaults hold for a unit's ordinary mail with a wide margin; every excess is
reported as `Unreadable` with a remedy, never cut silently.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Caps of one mail; sizes in bytes."""

    mail_bytes: int = 72_000_000  # 163's APPENDLIMIT
    file_bytes: int = 64_000_000
    header_bytes: int = 64_000
    parts: int = 500
    mime_depth: int = 50
    archive_total_bytes: int = 200_000_000
    archive_member_bytes: int = 50_000_000
    archive_entries: int = 2_000
    archive_depth: int = 3
    compression_ratio: int = 100  # applied above 1 MB of output
    pages: int = 300
    pixels: int = 50_000_000
    text_chars: int = 2_000_000
    nested_mails: int = 20
    careful: bool = False  # open nothing that native libraries read: one killed a worker
    recognise: bool = False  # read scans and pictures: slow, needs the OCR extra
