"""审签 pages: the signed sheet or scan a unit sends beside its draft (四（一）).

It proves the sign-off; it is no draft, and its picture is no press photo.
"""

import re
from functools import lru_cache

from parsers.facts import DocumentText, ReadFile, Unreadable
from parsers.segment_parts import core

_FORM = re.compile(
    "审签[单表卡页]|审批[单表]|签批[单表]|审核[单表]|审稿[单表]|送审[单表]|呈批[单表件]|报审[单表]|稿签"
    "|发文稿纸|拟稿纸|发稿单|签发[单表]|审核意见[单表]|签字[单表页]|保密审查[单表]|三审三校[单表]"
)
_SIGNED = re.compile(
    "审签|签批|签字(?!仪式)|签发|扫描|盖章|稿签|稿纸|camscanner|scan|"
    "^(?:审批|审核|审定|批示|原件|领导批示|已审)\\d{0,2}$"
)
_SCAN_REASON = "扫描件"
_TITLE_LINES = 3
_PROSE_CHARS = 200
_SCANNED = "审签扫描件，未读取文字。"


def is_named_form(name: str) -> bool:
    """A file that calls itself an approval form."""
    return _FORM.search(core(name)) is not None


def is_form(file: ReadFile) -> bool:
    """A text document that is an approval form and carries no draft besides.

    The form's name may stand in the file's name or its first lines. A form whose
    document goes on with the draft itself is a draft.
    """
    content = file.content
    if not isinstance(content, DocumentText):
        return False
    first = [block.text for block in content.blocks if block.text.strip()][:_TITLE_LINES]
    titled = any(len(core(line)) <= 30 and is_named_form(line) for line in first)
    if not (titled or is_named_form(file.name)):
        return False
    prose = sum(len(b.text) for b in content.blocks if b.kind != "cell" and len(b.text) >= 40)
    return prose < _PROSE_CHARS


def is_scan(file: ReadFile, draft_names: frozenset[str]) -> bool:
    """A picture or scanned PDF of a signed page.

    By its name; a PDF without text also where it bears the name of a draft that
    came as text in the same mail (the usual pair: Word file and signed page).
    """
    if isinstance(file.content, DocumentText):
        return False
    named = is_named_form(file.name) or _SIGNED.search(stem(file.name)) is not None
    if isinstance(file.content, Unreadable):
        scanned = file.content.reason.startswith(_SCAN_REASON)
        return scanned and (named or stem(file.name) in draft_names)
    return named


def without_complaint(file: ReadFile) -> ReadFile:
    """The scan as a file that was read: nobody need send a signed page as text."""
    if not isinstance(file.content, Unreadable):
        return file
    seen = DocumentText("pdf", (), warnings=(_SCANNED,))
    return ReadFile(file.name, file.sha256, file.size, seen, file.container)


@lru_cache(maxsize=4096)
def stem(name: str) -> str:
    """A file name as two files of one draft share it."""
    return core(re.sub(r"\.[A-Za-z0-9]{1,5}$", "", name))
