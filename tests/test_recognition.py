"""The slow second reading: text in scans and pictures, where the OCR extra is installed."""

from collections.abc import Callable
from concurrent.futures import Future
from email.message import EmailMessage
from pathlib import Path

import pytest
from pdf_making import FULL_PAGE_PICTURE, gray_image, pdf

from parsers.documents import ocr
from parsers.documents.page_lines import Line, PageLines
from parsers.facts import DocumentText, Reading
from parsers.limits import Limits
from parsers.reading import read_document, read_mail
from parsers.recognition import awaits_recognition, recognised
from parsers.sandbox import Budget, Sandbox, recognise_file

PAGE = Path(__file__).parent / "golden" / "documents" / "photographed-page.png"
SCAN = pdf(FULL_PAGE_PICTURE, image=gray_image(64, 64))
SLOW = Limits(recognise=True)
DRAFT = (
    "某区综合执法局开展城市清洁行动\n近日，某区综合执法局组织开展“城市清洁”行动，"
    "出动执法人员120人次、车辆35台次，清理占道经营56处，劝导流动摊贩31户，群众反映良好。"
)


@pytest.fixture
def extra(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if the extra were installed: what to do is decided without it."""
    monkeypatch.setattr(ocr, "available", lambda: True)


def mail(*files: tuple[str, bytes], body: str = "") -> bytes:
    message = EmailMessage()
    message["From"], message["Subject"] = "unit@example.com", "信息报送"
    message.set_content(body)
    for name, data in files:
        message.add_attachment(data, maintype="application", subtype="x", filename=name)
    return message.as_bytes()


@pytest.mark.usefixtures("extra")
@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        pytest.param(mail(("稿件.pdf", SCAN)), True, id="scan-alone"),
        pytest.param(mail(("IMG_1.png", PAGE.read_bytes())), True, id="picture-alone"),
        pytest.param(mail(body=DRAFT), False, id="draft-in-the-body"),
        pytest.param(
            mail(("现场.png", PAGE.read_bytes()), body=DRAFT), False, id="draft-and-photo"
        ),
        pytest.param(mail(("稿件.pdf", SCAN), body=DRAFT), True, id="draft-and-another-scan"),
    ],
)
def test_worth_a_second_reading(raw: bytes, expected: bool) -> None:
    assert awaits_recognition(read_mail(raw)) is expected


def test_without_the_extra_a_scan_is_refused_once_and_for_all() -> None:
    if ocr.available():
        pytest.skip("the extra is installed")
    assert not awaits_recognition(read_mail(mail(("稿件.pdf", SCAN))))


def test_a_scan_that_calls_itself_a_scan_is_not_dropped_where_nothing_else_came() -> None:
    alone = read_mail(mail(("扫描全能王 2026-3-2.pdf", SCAN)))
    beside = read_mail(mail(("审签扫描件.pdf", SCAN), body=DRAFT))

    assert [why.name for why in alone.unreadable] == ["扫描全能王 2026-3-2.pdf"]
    assert not beside.unreadable


def lines(text: str) -> Callable[[bytes], PageLines]:
    found = tuple(
        Line(t, 50, 50 + 16.0 * len(t), 40.0 * n, 16) for n, t in enumerate(text.split("\n"), 1)
    )
    return lambda _data: PageLines(found, 600, 800)


@pytest.mark.usefixtures("extra")
def test_a_picture_of_a_page_becomes_a_draft_and_stays_a_picture(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(ocr, "picture_lines", lines(DRAFT))
    reading = read_mail(mail(("IMG_1.png", PAGE.read_bytes())), limits=SLOW)

    assert [(d.segments.title, d.count.approximate) for d in reading.drafts] == [
        ("某区综合执法局开展城市清洁行动", True)
    ]
    assert "识别" in reading.drafts[0].warnings[0]
    assert len(reading.images) == 1


@pytest.mark.usefixtures("extra")
@pytest.mark.parametrize(
    "said",
    [
        pytest.param(lines("严禁占道经营\n城管执法"), id="signs-in-a-photo"),
        pytest.param(lines("Ê±Ç°ÖÐ¹úÊ±Ç°" * 30), id="mojibake"),
        pytest.param(None, id="recogniser-fails"),
    ],
)
def test_a_photo_stays_a_photo(
    said: Callable[[bytes], PageLines] | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ocr, "picture_lines", said)
    reading = read_mail(mail(("IMG_1.png", PAGE.read_bytes())), limits=SLOW)

    assert not reading.drafts
    assert len(reading.images) == 1


@pytest.mark.usefixtures("extra")
def test_only_so_many_pictures_are_recognised(monkeypatch: pytest.MonkeyPatch) -> None:
    tried: list[bytes] = []
    monkeypatch.setattr(ocr, "picture_lines", tried.append)
    files = [(f"{n}.png", PAGE.read_bytes() + bytes([n])) for n in range(9)]
    read_mail(mail(*files), limits=SLOW)

    assert len(tried) == ocr.MAX_PAGES


def answer(value: Reading | BaseException) -> "Future[Reading]":
    future: Future[Reading] = Future()
    if isinstance(value, Reading):
        future.set_result(value)
    else:
        future.set_exception(value)
    return future


FIRST = Reading("a", 1, None, (), read_document("稿件.png", PAGE.read_bytes()).files)
SECOND = Reading("b", 1, None, ())


@pytest.mark.parametrize(
    ("second", "expected"),
    [
        pytest.param(SECOND, SECOND, id="it-succeeds"),
        pytest.param(MemoryError(), FIRST, id="its-worker-dies"),
    ],
)
def test_the_first_reading_stands_where_the_second_fails(
    second: Reading | BaseException, expected: Reading
) -> None:
    assert recognised(answer(FIRST), lambda: answer(second)).result(1) is expected


def test_a_mail_without_pictures_is_read_once() -> None:
    def again() -> "Future[Reading]":
        raise AssertionError

    assert recognised(answer(SECOND), again).result(1) is SECOND


def test_a_dead_first_reading_is_reported() -> None:
    with pytest.raises(MemoryError):
        recognised(answer(MemoryError()), lambda: answer(SECOND)).result(1)


def test_the_real_recogniser_in_its_sandbox() -> None:
    """Only where the extra is installed; a page of 160 words, recognised to the character."""
    pytest.importorskip("rapidocr")
    budget = Budget(memory_bytes=2000 << 20, cpu_seconds=180, wall_seconds=300)
    with Sandbox(1, budget=budget) as sandbox:
        reading = sandbox.submit(recognise_file, str(PAGE), "稿件.png").result(300)

    (file,) = reading.files
    assert isinstance(file.content, DocumentText)
    assert file.content.approximate
    assert "出动执法人员120人次、车辆35台次，清理占道经营56处" in file.content.text
