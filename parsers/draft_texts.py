"""Which texts of a mail may be drafts, and what belongs to each.

One mail may hold ten drafts, or none. When in doubt a text is a draft: the rules
still have their say, and a text dropped here would never be seen.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256

from parsers.approvals import is_form, is_named_form, stem
from parsers.documents.outcome import paragraphs
from parsers.draft_pieces import CUT_APART, SEEMS_SEVERAL, pieces_of, seems_several
from parsers.facts import Block, DocumentText, DraftText, ImageFact, ReadFile, WordCount
from parsers.segment_parts import core
from parsers.segments import segment
from parsers.wordcount import count

MAIL_FORMAT = "mail"
"""`DraftText.format` of a draft written into the mail itself."""

_SHEETS = frozenset({"xlsx", "xls", "ods", "pptx", "ppt", "csv"})
_EDITABLE = ("docx", "wordxml", "doc", "rtf", "odt", "txt", "html", "mht", "ofd", "pdf")
_TABLE_NAME = re.compile(
    "台账|统计表|汇总表|花名册|名单|通讯录|签到|一览表|登记表|排班|附件|附表|目录"
)
_HAND_OVER = re.compile(
    "请查收|请审阅|请查阅|请收阅|见附件|附件|现报送|现上报|现报上|请予采用|稿件"
)
_SENTENCE_END = re.compile(r"[。！？；\n]")

_PROSE_PARAGRAPH = 40
_PROSE_SHARE = 0.6
_PROSE_WORDS = 150
_NOTE_WORDS = 60  # shorter, a text beside others is a covering note
_LETTER_WORDS = 200  # longer, words of handing over do not make a text a covering letter
_SHORT_REPORT_WORDS = 25  # beside files that hold no draft: an emergency in two lines
_LAST_RESORT_WORDS = 10
_TELLING_CHARS = 20
_TELLING_SENTENCE = 8
_SAME_SHARE = 0.8
_MOST_COMPARED = 30  # comparing each with each is quadratic
_COMPARED_CHARS = 20_000


@dataclass(frozen=True, slots=True)
class Candidate:
    """A text that may be a draft; `part` counts from 1 where a file holds several."""

    source: str
    sha256: str
    container: str
    document: DocumentText
    part: int = 0

    def words(self) -> int:
        """全文字数."""
        return count(self.document.blocks)[0]


def candidate_of(file: ReadFile) -> Candidate | None:
    """The file's text, where it has any."""
    content = file.content
    if not isinstance(content, DocumentText) or not content.text.strip():
        return None
    return Candidate(file.name, file.sha256, file.container, content)


def body_candidate(text: str) -> Candidate | None:
    """The mail's own words, where there are any."""
    if not text.strip():
        return None
    document = DocumentText(MAIL_FORMAT, tuple(paragraphs(text)))
    return Candidate("", _digest(text), "", document)


def choose(files: Sequence[ReadFile], body: str, *, other_content: bool) -> list[Candidate]:
    """The candidates that may be drafts, in the order of the mail, its body last.

    Args:
        files: Every file read.
        body: The mail's own or forwarded words; "" where they cannot be a draft.
        other_content: Files could not be read, or stand behind links: then a short
            body is most likely their covering note.
    """
    texts = [found for file in files if not is_form(file) and (found := candidate_of(file))]
    chosen = _without_copies([text for text in texts if is_draft_document(text)])
    own = body_candidate(body)
    if own and _is_draft_body(own, chosen, other_content or bool(texts)):
        chosen.append(own)
    return [piece for text in chosen or _last_resort(files) for piece in _cut_apart(text)]


def _cut_apart(text: Candidate) -> list[Candidate]:
    """Each numbered draft of a file by itself; its digest is that of its own words."""
    pieces = pieces_of(text.document.blocks)
    if len(pieces) == 1:
        return [text]
    warnings = (*text.document.warnings, CUT_APART)
    return [
        Candidate(
            text.source,
            _digest("\n".join(block.text for block in piece)),
            text.container,
            replace(text.document, blocks=piece, images=(), warnings=warnings),
            part,
        )
        for part, piece in enumerate(pieces, 1)
    ]


def _digest(text: str) -> str:
    return sha256(text.encode("utf-8", "replace")).hexdigest()


def is_draft_document(text: Candidate) -> bool:
    """Prose long enough; sheets, tables and lists only where they read like prose."""
    words = text.words()
    if text.document.format in _SHEETS or _is_mostly_table(text.document.blocks):
        return words >= _PROSE_WORDS and _is_prose(text.document.blocks)
    if _TABLE_NAME.search(text.source) and not _is_prose(text.document.blocks):
        return False
    return words >= _NOTE_WORDS or (words >= _SHORT_REPORT_WORDS and _reports(text.document))


def _reports(document: DocumentText) -> bool:
    """A few words that tell something: an emergency's first report in one paragraph."""
    telling = any(
        len(block.text) >= _TELLING_CHARS and "。" in block.text and block.kind != "cell"
        for block in document.blocks
    )
    return telling and _HAND_OVER.search(document.text) is None


def _is_mostly_table(blocks: Iterable[Block]) -> bool:
    cells = others = 0
    for block in blocks:
        if block.kind == "cell":
            cells += len(block.text)
        else:
            others += len(block.text)
    return cells > 2 * others


def _is_prose(blocks: Sequence[Block]) -> bool:
    """Most characters stand in paragraphs of whole sentences."""
    total = sum(len(block.text) for block in blocks)
    prose = sum(
        len(block.text)
        for block in blocks
        if len(block.text) >= _PROSE_PARAGRAPH and ("。" in block.text or "，" in block.text)
    )
    return prose > total * _PROSE_SHARE


def _without_copies(texts: list[Candidate]) -> list[Candidate]:
    """One of each draft: a PDF beside the Word file it was made from is no second draft."""
    if len(texts) > _MOST_COMPARED:
        return texts
    kept: list[Candidate] = []
    for text in sorted(texts, key=_rank):
        if not any(_is_copy(text, other) for other in kept):
            kept.append(text)
    return sorted(kept, key=texts.index)


def _rank(text: Candidate) -> int:
    return _EDITABLE.index(text.document.format) if text.document.format in _EDITABLE else 99


def _is_copy(text: Candidate, other: Candidate) -> bool:
    if text.document.format == other.document.format:
        return core(text.document.text) == core(other.document.text)
    one, two = text.document.text, other.document.text
    if is_named_form(text.source):  # the form with the draft printed on it
        return says_the_same(two, one)
    return says_the_same(one, two) and says_the_same(two, one)


def says_the_same(text: str, other: str) -> bool:
    """Whether nearly all that `text` says stands in `other` too."""
    whole = core(other[:_COMPARED_CHARS])
    pieces = _SENTENCE_END.split(text[:_COMPARED_CHARS])
    sentences = [key for piece in pieces if (key := core(piece))]
    telling = [key for key in sentences if len(key) >= _TELLING_SENTENCE] or sentences
    said = sum(map(len, telling))
    return said > 0 and sum(len(key) for key in telling if key in whole) >= _SAME_SHARE * said


def _is_draft_body(own: Candidate, documents: list[Candidate], accompanied: bool) -> bool:
    found, blocks = segment(own.document.blocks)
    words = count(blocks)[0]
    if any(
        says_the_same(found.body, document.document.text)
        or says_the_same(document.document.text, found.body)
        for document in documents[:_MOST_COMPARED]
    ):
        return False
    least = _LAST_RESORT_WORDS
    if documents or accompanied:
        least = _NOTE_WORDS if documents else _SHORT_REPORT_WORDS
    return words >= least and not _is_covering(found.body, words)


def _is_covering(text: str, words: int) -> bool:
    return words < _LETTER_WORDS and _HAND_OVER.search(text) is not None


def _last_resort(files: Sequence[ReadFile]) -> list[Candidate]:
    """No draft at all: then the longest text that says anything is one."""
    texts = [found for file in files if (found := candidate_of(file))]
    texts = [text for text in texts if not _is_figures(text.document)]
    best = max(texts, key=Candidate.words, default=None)
    return [best] if best and best.words() >= _LAST_RESORT_WORDS else []


def _is_figures(document: DocumentText) -> bool:
    """A sheet or slides that hold no sentences: nobody's draft."""
    return document.format in _SHEETS and not _is_prose(document.blocks)


def drafts_of(
    candidates: Sequence[Candidate], subject: str, photos: Sequence[ReadFile]
) -> tuple[DraftText, ...]:
    """Candidates taken apart and counted, each with its pictures."""
    # The subject names the mail's one draft; of several it names none.
    hint = subject if len(candidates) == 1 else ""
    owners = [_owner(photo, candidates) for photo in photos]
    return tuple(
        _draft(text, hint, [p for p, at in zip(photos, owners, strict=True) if at == index])
        for index, text in enumerate(candidates)
    )


def _draft(text: Candidate, subject: str, photos: Sequence[ReadFile]) -> DraftText:
    document = text.document
    name = "" if text.part else text.source  # the file's name is that of all its drafts
    segments, body = segment(document.blocks, file_name=name, subject=subject)
    words, cjk = count(body)
    total, _ = count(document.blocks)
    beside = [photo.content for photo in photos if isinstance(photo.content, ImageFact)]
    images = {image.sha256: image for image in (*document.images, *beside)}
    several = (SEEMS_SEVERAL,) if seems_several(body) else ()
    return DraftText(
        source=text.source,
        sha256=text.sha256,
        segments=segments,
        count=WordCount(words, total, cjk, approximate=document.approximate),
        format=document.format,
        container=text.container,
        images=tuple(images.values()),
        warnings=(*document.warnings, *several),
    )


def _owner(photo: ReadFile, candidates: Sequence[Candidate]) -> int:
    """Index of the draft a photo belongs to, -1 where that cannot be told.

    The only draft; else the one whose name it bears, or that alone lies in the
    same folder or archive, or in the nearest above it.
    """
    if len(candidates) == 1:
        return 0
    above = [len(text.container) if _lies_in(photo, text) else -1 for text in candidates]
    beside = [i for i, depth in enumerate(above) if 0 <= depth == max(above)]
    named = [i for i, text in enumerate(candidates) if _share_name(photo, text.source)]
    for group in ([i for i in named if i in beside], named, beside if photo.container else []):
        if len(group) == 1:
            return group[0]
    return -1


_NUMBER = re.compile(r"[（(]?(\d{1,2})(?!\d)")
_SUFFIX = re.compile(r"\.[A-Za-z0-9]{1,5}$")  # an archive, no folder
_SHARED_NAME = 4


def _lies_in(photo: ReadFile, text: Candidate) -> bool:
    """Whether the photo lies beside the draft or in a folder below it."""
    return f"{photo.container}/".startswith(f"{text.container}/") or not text.container


def _share_name(photo: ReadFile, source: str) -> bool:
    """Like "3-1.jpg" and "3.某某.docx", "3照片/a.jpg", or "某某照片.zip" and "某某.docx"."""
    if not source:
        return False
    folder = photo.container.rpartition("/")[2]
    numbered = None if _SUFFIX.search(folder) else _NUMBER.match(folder)
    mine, theirs = numbered or _NUMBER.match(photo.name), _NUMBER.match(source)
    if mine and theirs:
        return mine[1] == theirs[1]
    key = stem(source)
    names = [stem(photo.name), *map(stem, photo.container.split("/"))]
    return len(key) >= _SHARED_NAME and any(
        key in name or (len(name) >= _SHARED_NAME and name in key) for name in names
    )
