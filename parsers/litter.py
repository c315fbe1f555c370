"""What systems and mail programs leave behind: files that nobody meant to send."""

import re
from collections.abc import Sequence
from typing import Final

from parsers.facts import ReadFile, Unreadable

_NAMES: Final = frozenset({"thumbs.db", "desktop.ini", ".ds_store", "__macosx"})
_STARTS: Final = ("._", "~$", ".~")
_LOCK: Final = ("~$", ".~")
# Exchange and Apple Mail cut a mail around its attachments into such pieces.
_PIECE: Final = re.compile(r"att\d{5}\.(?:txt|html?|bin|dat)", re.IGNORECASE)


def is_litter(path: str) -> bool:
    """Whether an archive's member, by its path, was put there by a system or an editor."""
    parts = path.replace("\\", "/").lower().split("/")
    return parts[-1] in _NAMES or parts[-1].startswith(_STARTS) or "__macosx" in parts


def without_litter(files: Sequence[ReadFile]) -> list[ReadFile]:
    """The files of a mail without those; all of them where nothing else came.

    The mark by which Word holds a document open is told where the document itself is
    not there: then somebody took the one for the other.
    """
    kept = [file for file in files if not _is_left_behind(file, files)]
    return kept or list(files)


def _is_left_behind(file: ReadFile, files: Sequence[ReadFile]) -> bool:
    name = file.name.lower()
    if name.startswith(_LOCK):
        ends = name[len(_LOCK[0]) :]
        return any(other.name.lower().endswith(ends) for other in files if other is not file)
    if _PIECE.fullmatch(name):
        return isinstance(file.content, Unreadable)
    return is_litter(name)
