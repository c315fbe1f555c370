"""Scans: what is said without the extra, and lines as the recogniser finds them."""

from dataclasses import dataclass

import pytest
from pdf_making import FULL_PAGE_PICTURE, gray_image, pdf

from parsers.documents import ocr
from parsers.documents.page_lines import Line
from parsers.documents.pdf import read_pdf
from parsers.facts import Unreadable
from parsers.limits import Limits

SCAN = pdf(FULL_PAGE_PICTURE, image=gray_image(64, 64))


@dataclass
class Recognised:
    boxes: list[list[tuple[float, float]]]
    txts: tuple[str, ...]
    scores: tuple[float, ...]


class Picture:
    shape = (842, 595, 3)


def box(left: float, top: float, right: float, bottom: float) -> list[tuple[float, float]]:
    return [(left, top), (right, top), (right, bottom), (left, bottom)]


def test_without_the_extra_both_sides_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ocr, "available", lambda: False)
    refused = read_pdf("扫描.pdf", SCAN, Limits())

    assert isinstance(refused, Unreadable)
    assert "未启用文字识别" in refused.reason
    assert "文字稿" in refused.remedy


def test_failing_recogniser_is_a_refusal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ocr, "available", lambda: True)
    monkeypatch.setattr(ocr, "page_lines", None)

    refused = read_pdf("扫描.pdf", SCAN, Limits(recognise=True))

    assert isinstance(refused, Unreadable)
    assert "文字识别失败" in refused.reason


def test_the_first_reading_leaves_scans_to_the_second(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ocr, "available", lambda: True)
    refused = read_pdf("扫描.pdf", SCAN, Limits())

    assert isinstance(refused, Unreadable)
    assert refused.reason == ocr.UNRECOGNISED


def test_lines_come_top_down_without_doubtful_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    found = Recognised(
        [box(10, 60, 90, 78), box(10, 20, 90, 40), box(10, 100, 90, 122), box(0, 0, 5, 5)],
        ("第二行", "第一行", "第三行", "污"),
        (0.9, 0.98, 0.9, 0.2),
    )
    monkeypatch.setattr(ocr, "_engine", lambda: lambda _picture: found)
    page = ocr.page_lines(Picture())

    assert page.lines == (
        Line("第一行", 10, 90, 40, 20),
        Line("第二行", 10, 90, 78, 20),
        Line("第三行", 10, 90, 122, 20),
    )


def test_blank_page_has_no_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ocr, "_engine", lambda: lambda _picture: Recognised([], (), ()))

    assert ocr.page_lines(Picture()).lines == ()
