"""OFD (GB/T 33190), the fixed-layout format of Chinese offices.

ofdkit reads it; what ofdkit refuses is tried once more with a walk of our own
over the same elements, which forgives damaged containers.
"""

import contextlib
import itertools
import posixpath
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import ofdkit
from lxml import etree

from parsers.documents.images import image_fact
from parsers.documents.outcome import around, clean, document, refuse
from parsers.documents.page_lines import Line, PageLines, is_blank, paragraphs_of, running_lines
from parsers.documents.refusals import SPLIT_UP, Refused, unreadable
from parsers.documents.xml_parts import local_name, parse_xml
from parsers.documents.zip_guard import GuardedZip, ZipRefused, open_zip
from parsers.facts import Block, DocumentText, ImageFact, Unreadable
from parsers.filenames import display_name
from parsers.limits import Limits

SEND_TEXT = "该文件是扫描件（图片），请发送 Word 或 WPS 编辑的文字稿。"

_A4 = (210.0, 297.0)  # millimetres
_MAX_RUNS = 400_000
_PICTURES = (".png", ".jpg", ".jpeg", ".bmp", ".gif", ".tif", ".tiff")
_IDENTITY = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)


@dataclass(frozen=True, slots=True)
class _Run:
    """A piece of text on a page, in millimetres; y is the baseline."""

    text: str
    x: float
    y: float
    size: float
    width: float
    template: bool = False


def read_ofd(name: str, data: bytes, limits: Limits) -> DocumentText | Unreadable:
    """The text of an OFD, lines flowed back into paragraphs; counts are approximate."""
    try:
        guarded = open_zip(data, limits)
        pages = list(_pages(data, guarded, limits))
        images = _images(guarded, limits)
    except (Refused, ZipRefused) as why:
        return unreadable(display_name(name), data, why)
    blocks = [Block(clean(b.text), centred=b.centred) for b in paragraphs_of(pages)]
    if not blocks and images:
        return refuse(name, data, "扫描件：没有文字层", SEND_TEXT)
    properties = {"pages": str(len(pages))}
    return document(
        name,
        data,
        limits,
        "ofd",
        blocks,
        images=images,
        properties=properties,
        approximate=True,
        around=around(running_lines(pages)),
    )


def _pages(data: bytes, guarded: GuardedZip, limits: Limits) -> Iterator[PageLines]:
    try:
        found = _by_ofdkit(data, _slanting_ids(guarded), limits)
    except Refused:
        raise
    except Exception:  # noqa: BLE001  young library: whatever it trips over, we try ourselves
        found = _by_walking(guarded, limits)
    seen: set[tuple[str, int, int]] = set()
    for runs, (width, height) in found:
        yield PageLines(tuple(_lines(_fresh(runs, seen))), width, height)


Found = list[tuple[list[_Run], tuple[float, float]]]


def _too_many_pages(limits: Limits) -> Refused:
    return Refused(f"超过 {limits.pages} 页", SPLIT_UP)


def _slanting_ids(guarded: GuardedZip) -> frozenset[str]:
    """Identifiers of text that runs askew: watermarks, which ofdkit does not tell apart."""
    found: set[str] = set()
    for path in guarded.names:
        if not path.lower().endswith("content.xml"):
            continue
        with contextlib.suppress(Refused, ZipRefused):  # ofdkit mends more than we do
            content = guarded.read(path)
            if b"CTM" in content:
                askew = filter(_slants, _all(parse_xml(content), "TextObject"))
                found.update(element.get("ID") or "" for element in askew)
    return frozenset(found - {""})


def _slants(text_object: etree._Element) -> bool:
    a, b = (_numbers(text_object.get("CTM"), 6) or _IDENTITY)[:2]
    return min(abs(a), abs(b)) > 0.2 * max(abs(a), abs(b))


def _by_ofdkit(data: bytes, slanting: frozenset[str], limits: Limits) -> Found:
    found: Found = []
    with ofdkit.open(data) as opened:
        if len(opened.pages) > limits.pages:
            raise _too_many_pages(limits)
        for page in opened.pages:
            runs = [
                _Run(r.text, r.x, r.y, r.size, r.width, r.from_template)
                for r in itertools.islice(page.runs, _MAX_RUNS)
                if r.object_id not in slanting
            ]
            found.append((runs, (page.width, page.height)))
    return found


def _fresh(runs: Iterable[_Run], seen: set[tuple[str, int, int]]) -> list[_Run]:
    """Without what is drawn twice: fake bold on a page, a template on every page."""
    kept = []
    here: set[tuple[str, int, int]] = set()
    for run in runs:
        key = (run.text, round(run.x * 4), round(run.y * 4))
        if not run.text.strip() or key in here or (run.template and key in seen):
            continue
        here.add(key)
        if run.template:
            seen.add(key)
        kept.append(run)
    return kept


def _lines(runs: list[_Run]) -> Iterator[Line]:
    """Runs on one baseline as a line, top to bottom."""
    ordered = sorted(runs, key=lambda run: (run.y, run.x))
    row: list[_Run] = []
    for run in ordered:
        if row and run.y - row[0].y > 0.5 * max(min(run.size, row[0].size), 1.0):
            yield _line(row)
            row = []
        row.append(run)
    if row:
        yield _line(row)


def _line(row: list[_Run]) -> Line:
    row = sorted(row, key=lambda run: run.x)
    parts = [row[0].text]
    for before, run in itertools.pairwise(row):
        gap = run.x - before.x - before.width
        size = max(min(before.size, run.size), 1.0)
        parts.append((" " if is_blank(before.text, run.text, gap, size) else "") + run.text)
    sizes = sorted(run.size for run in row)
    right = max(run.x + run.width for run in row)
    return Line("".join(parts).strip(), row[0].x, right, row[0].y, sizes[len(sizes) // 2])


def _images(guarded: GuardedZip, limits: Limits) -> list[ImageFact]:
    facts: dict[str, ImageFact] = {}
    for path in guarded.names:
        if path.lower().endswith(_PICTURES):
            try:
                fact = image_fact("", guarded.read(path), limits)
            except ZipRefused:
                continue  # a blank picture compresses absurdly well
            if fact:
                facts[fact.sha256] = fact
    return list(facts.values())


def _by_walking(guarded: GuardedZip, limits: Limits) -> Found:
    found: Found = []
    for root_path in _texts_of(_part(guarded, "OFD.xml"), "DocRoot"):
        doc_path = _resolve("OFD.xml", root_path)
        body = _part(guarded, doc_path)
        size = _page_size(body) or _A4
        templates = {
            e.get("ID") or "": _resolve(doc_path, e.get("BaseLoc") or "")
            for e in _all(body, "TemplatePage")
        }
        for page in _all(body, "Page"):
            if len(found) >= limits.pages:
                raise _too_many_pages(limits)
            path = _resolve(doc_path, page.get("BaseLoc") or "")
            if page.get("BaseLoc") and path in guarded:
                found.append(_walked_page(guarded, path, templates, size))
    if not found:
        raise Refused("OFD 结构损坏或不完整")
    return found


def _walked_page(
    guarded: GuardedZip, path: str, templates: dict[str, str], size: tuple[float, float]
) -> tuple[list[_Run], tuple[float, float]]:
    page = _part(guarded, path)
    runs: list[_Run] = []
    for reference in _all(page, "Template"):
        template = templates.get(reference.get("TemplateID") or "", "")
        if template in guarded:
            runs += _runs(_part(guarded, template), template=True)
    runs += _runs(page, template=False)
    return runs[:_MAX_RUNS], _page_size(page) or size


def _runs(root: etree._Element, *, template: bool) -> Iterator[_Run]:
    for text_object in _all(root, "TextObject"):
        if _slants(text_object):
            continue
        box = _numbers(text_object.get("Boundary"), 4) or (0.0, 0.0, 0.0, 0.0)
        a, b, c, d, e, f = _numbers(text_object.get("CTM"), 6) or _IDENTITY
        size = (_numbers(text_object.get("Size"), 1) or (4.0,))[0] * (
            abs(a * d - b * c) ** 0.5 or 1
        )
        x = y = 0.0
        for code in _all(text_object, "TextCode"):
            x = (_numbers(code.get("X"), 1) or (x,))[0]
            y = (_numbers(code.get("Y"), 1) or (y,))[0]
            text = "".join(str(part) for part in code.itertext()).strip("\r\n")
            width = sum(size if ord(char) > 0x2E7F else size / 2 for char in text)
            place = (a * x + c * y + e + box[0], b * x + d * y + f + box[1])
            yield _Run(text, *place, size, width, template)


def _part(guarded: GuardedZip, path: str) -> etree._Element:
    try:
        return parse_xml(guarded.read(path))
    except KeyError as exc:
        raise Refused("OFD 结构损坏或不完整") from exc


def _resolve(base: str, location: str) -> str:
    joined = posixpath.join(posixpath.dirname(base), location.strip().replace("\\", "/"))
    return posixpath.normpath(joined).lstrip("/")


def _all(root: etree._Element, name: str) -> list[etree._Element]:
    return [element for element in root.iter() if local_name(element) == name]


def _texts_of(root: etree._Element, name: str) -> list[str]:
    return [element.text or "" for element in _all(root, name)]


def _page_size(root: etree._Element) -> tuple[float, float] | None:
    for text in _texts_of(root, "PhysicalBox"):
        box = _numbers(text, 4)
        if box:
            return box[2], box[3]
    return None


def _numbers(text: str | None, count: int) -> tuple[float, ...] | None:
    """The first numbers of an attribute; None where they are missing or not finite."""
    try:
        numbers = tuple(float(part) for part in (text or "").split()[:count])
    except ValueError:
        return None
    sound = len(numbers) == count and all(abs(number) < 1e6 for number in numbers)
    return numbers if sound else None
