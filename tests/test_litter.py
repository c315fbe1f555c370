"""What systems leave behind is no file of a unit, unless nothing else came."""

import pytest

from parsers.facts import DocumentText, ReadFile, Unreadable
from parsers.litter import without_litter

DRAFT = "关于夜间整治.docx"


def file(name: str, *, read: bool = False) -> ReadFile:
    content = DocumentText("txt", ()) if read else Unreadable(name, "空", "请重发。")
    return ReadFile(name, name, 1, content)


@pytest.mark.parametrize(
    ("names", "kept"),
    [
        pytest.param([DRAFT, "Thumbs.db"], [DRAFT], id="pictures of Windows"),
        pytest.param([DRAFT, "desktop.ini", ".DS_Store"], [DRAFT], id="views of folders"),
        pytest.param([DRAFT, "._" + DRAFT], [DRAFT], id="fork of a Mac"),
        pytest.param([DRAFT, "~$夜间整治.docx"], [DRAFT], id="lock beside its document"),
        pytest.param(
            ["另稿.docx", "~$夜间整治.docx"], ["另稿.docx", "~$夜间整治.docx"], id="lock instead"
        ),
        pytest.param(["~$夜间整治.docx"], ["~$夜间整治.docx"], id="nothing but a lock"),
        pytest.param(["Thumbs.db"], ["Thumbs.db"], id="nothing else"),
        pytest.param(
            [DRAFT, "ATT00001.txt", "ATT00002.htm"], [DRAFT], id="empty pieces of Exchange"
        ),
        pytest.param([DRAFT, "att-2023.txt"], [DRAFT, "att-2023.txt"], id="any other name"),
    ],
)
def test_left_out(names: list[str], kept: list[str]) -> None:
    assert [found.name for found in without_litter([file(name) for name in names])] == kept


def test_a_piece_that_holds_words_stays() -> None:
    assert len(without_litter([file(DRAFT), file("ATT00001.txt", read=True)])) == 2
