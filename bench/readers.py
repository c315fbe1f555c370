"""What reading costs: documents per CPU second, 字数, and what the sandbox adds.

Run: python -m bench.readers [documents]. Inputs are made here, small and alike; the
comparison with python-docx in the same run is what counts on a noisy machine.
"""

import io
import sys
import tempfile
from collections.abc import Callable, Sequence
from email.message import EmailMessage
from importlib import import_module
from pathlib import Path
from statistics import median
from time import perf_counter, process_time
from typing import Any

import docx

from parsers.documents.registry import Leaf, read_leaf
from parsers.facts import DocumentText
from parsers.limits import Limits
from parsers.reading import read_mail
from parsers.sandbox import Sandbox, read_archived
from parsers.segments import segment
from parsers.wordcount import count

DOCUMENTS = 60
ROUNDS = 5
LIMITS = Limits()
GOAL_TIMES_PYTHON_DOCX = 5.0
GOAL_SANDBOX_MS = 2.0
# Start, JFIF, frame of 1280 × 960: all that sizes of pictures are read from.
_JPEG_HEAD = bytes.fromhex(
    "ffd8ffe000104a46494600010100000100010000ffc0000b0803c005000101110000ffda0008010100003f00"
)
_SENTENCE = (
    "近日，某区综合执法局组织开展“城市清洁”行动，"
    "出动执法人员120人次、车辆35台次，清理占道经营56处。"
)


def paragraphs(number: int) -> list[str]:
    """A draft of some 900 characters, different for every number."""
    title = f"某区开展城市清洁行动（第{number}期）"
    return [title, *(f"{n}．{_SENTENCE}" for n in range(number, number + 18)), "某区综合执法局"]


def docx_file(number: int) -> bytes:
    """The draft as Word writes it."""
    document = docx.Document()
    for text in paragraphs(number):
        document.add_paragraph(text)
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def doc_file(number: int) -> bytes:
    """The draft in the binary format."""
    sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
    made: bytes = import_module("word_files").make_doc(["\r".join(paragraphs(number)) + "\r"])
    return made


def per_cpu_second(work: Callable[[bytes], Any], files: Sequence[bytes]) -> float:
    """Files a second of processor time; the median of several rounds."""
    rates = []
    for _ in range(ROUNDS):
        start = process_time()
        for data in files:
            work(data)
        rates.append(len(files) / (process_time() - start))
    return median(rates)


def read_as(kind: str) -> Callable[[bytes], DocumentText]:
    """Our reader of a format; a refusal would make the figure worthless."""

    def work(data: bytes) -> DocumentText:
        content = read_leaf(Leaf(f"x.{kind}", data, "", kind), LIMITS).content
        assert isinstance(content, DocumentText)
        return content

    return work


def python_docx_text(data: bytes) -> str:
    """What python-docx does for the same end."""
    return "\n".join(p.text for p in docx.Document(io.BytesIO(data)).paragraphs)


def mail_of(number: int) -> bytes:
    """A mail with one draft and 60 KB of picture."""
    message = EmailMessage()
    message["From"], message["Subject"] = "unit@example.com", "报送信息"
    message.set_content("现报送信息一篇，请审阅。")
    attach = message.add_attachment
    attach(docx_file(number), maintype="application", subtype="msword", filename="稿件.docx")
    picture = _JPEG_HEAD + bytes((number + n * 31) % 251 for n in range(60_000))
    attach(picture, maintype="image", subtype="jpeg", filename="现场.jpg")
    return message.as_bytes()


def sandbox_overhead(mails: Sequence[bytes]) -> tuple[float, float, float]:
    """Milliseconds of a mail inside the sandbox and without it, and of the first one."""
    with tempfile.TemporaryDirectory() as folder, Sandbox(1) as sandbox:
        paths = []
        for number, raw in enumerate(mails):
            path = Path(folder) / f"{number}.eml"
            path.write_bytes(raw)
            paths.append(str(path))
        start = perf_counter()
        sandbox.submit(read_archived, paths[0], ()).result()
        first = perf_counter() - start
        inside, direct = [], []
        for _ in range(ROUNDS):
            start = perf_counter()
            for path_ in paths:
                sandbox.submit(read_archived, path_, ()).result()
            inside.append((perf_counter() - start) / len(paths))
            start = perf_counter()
            for path_ in paths:
                read_mail(Path(path_).read_bytes())
            direct.append((perf_counter() - start) / len(paths))
    return median(inside) * 1e3, median(direct) * 1e3, first * 1e3


def run(documents: int = DOCUMENTS) -> dict[str, float]:
    """All figures by name."""
    words = [docx_file(number) for number in range(documents)]
    binary = [doc_file(number) for number in range(documents)]
    texts = [read_as("docx")(data) for data in words]
    blocks = [text.blocks for text in texts]
    chars = sum(len(text.text) for text in texts)
    inside, direct, first = sandbox_overhead([mail_of(n) for n in range(min(documents, 40))])
    start = process_time()
    for text in blocks:
        count(text)
    counting = chars / (process_time() - start)
    start = process_time()
    for text in blocks:
        segment(text)
    segmenting = len(blocks) / (process_time() - start)
    return {
        "docx_per_cpu_second": per_cpu_second(read_as("docx"), words),
        "python_docx_per_cpu_second": per_cpu_second(python_docx_text, words),
        "doc_per_cpu_second": per_cpu_second(read_as("doc"), binary),
        "counted_million_chars_per_cpu_second": counting / 1e6,
        "segmented_per_cpu_second": segmenting,
        "mail_ms_in_sandbox": inside,
        "mail_ms_without": direct,
        "sandbox_first_mail_ms": first,
    }


def main() -> int:
    """Print the figures; 1 where a goal is missed."""
    figures = run(int(sys.argv[1]) if len(sys.argv) > 1 else DOCUMENTS)
    for name, value in figures.items():
        print(f"{name:40} {value:10.1f}")
    ratio = figures["docx_per_cpu_second"] / figures["python_docx_per_cpu_second"]
    added = figures["mail_ms_in_sandbox"] - figures["mail_ms_without"]
    print(f"{'docx against python-docx':40} {ratio:10.1f}  (goal {GOAL_TIMES_PYTHON_DOCX})")
    print(f"{'sandbox adds, ms a mail':40} {added:10.1f}  (goal {GOAL_SANDBOX_MS})")
    return 0 if ratio >= GOAL_TIMES_PYTHON_DOCX and added <= GOAL_SANDBOX_MS else 1


if __name__ == "__main__":
    sys.exit(main())
