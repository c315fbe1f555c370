"""Every package of the base install with version, licence and size: `make licences`.

Fails on GPL and AGPL, and on a package that tells no licence; LGPL is a library's
licence and may stay. Sizes are those of the installed files without compiled caches.
"""

import re
import sys
from collections.abc import Iterator
from importlib.metadata import Distribution, distribution
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from tabulate import tabulate

ROOT = "mailbot"
MEGABYTE = 1_000_000
_FORBIDDEN = re.compile(r"(?<!L)(?:A?GPL)|(?<!Lesser )General Public License", re.IGNORECASE)
_LESSER = re.compile(r"LGPL|Lesser General Public", re.IGNORECASE)


def closure(root: str = ROOT) -> Iterator[Distribution]:
    """The package and everything it needs here without extras, each once."""
    waiting, seen = [root], set[str]()
    while waiting:
        name = canonicalize_name(waiting.pop())
        if name in seen:
            continue
        seen.add(name)
        found = distribution(name)
        yield found
        for line in found.requires or ():
            wanted = Requirement(line)
            if wanted.marker is None or wanted.marker.evaluate({"extra": ""}):
                waiting.append(wanted.name)


def licence(package: Distribution) -> str:
    """What the package says of its licence; "" where it says nothing."""
    told = package.metadata
    for field in ("License-Expression", "License"):
        short = (told[field] or "").strip() if field in told else ""
        if short:
            return short.splitlines()[0][:60]
    classifiers = told.get_all("Classifier") or []
    names = [line.rpartition(" :: ")[2] for line in classifiers if line.startswith("License ::")]
    return ", ".join(names) or _from_file(package)


def _from_file(package: Distribution) -> str:
    """The licence by the file that came along: BSD by its words, others by their heading."""
    for file in package.files or ():
        if re.search(r"licen[cs]e|copying", file.name, re.IGNORECASE):
            text = Path(str(file.locate())).read_text("utf-8", "replace")
            if "Redistribution and use in source and binary forms" in text:
                return "BSD"
            return next((line.strip()[:60] for line in text.splitlines() if line.strip()), "")
    return ""


def is_forbidden(text: str) -> bool:
    """Whether a licence is GPL or AGPL; the lesser one is not."""
    return _FORBIDDEN.search(_LESSER.sub("", text)) is not None


def size(package: Distribution) -> int:
    """Bytes of the installed files."""
    files = (Path(str(file.locate())) for file in package.files or () if file.suffix != ".pyc")
    return sum(file.stat().st_size for file in files if file.is_file())


def main() -> int:
    """Print the table; 1 where a licence is forbidden or missing."""
    packages = sorted(closure(), key=lambda package: package.name.lower())
    rows = [
        (package.name, package.version, licence(package), f"{size(package) / MEGABYTE:.1f}")
        for package in packages
    ]
    print(tabulate(rows, headers=("package", "version", "licence", "MB"), disable_numparse=True))
    total = sum(map(size, packages)) / MEGABYTE
    print(f"{len(rows)} packages, {total:.1f} MB without compiled caches")
    wrong = [name for name, _, text, _ in rows if not text or is_forbidden(text)]
    if wrong:
        print(f"not allowed or not told: {', '.join(wrong)}", file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
