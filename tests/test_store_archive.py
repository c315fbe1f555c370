"""The raw archive: a file that bears a digest's name holds those bytes, whenever the power failed."""

import hashlib
import subprocess
import sys
from pathlib import Path

import pytest

from store.archive import Archive, digest_of

MAIL, OTHER = b"Subject: one\r\n\r\nfirst\r\n", b"Subject: two\r\n\r\nsecond\r\n"

CRASHING = """
import os, sys
from pathlib import Path
from store.archive import Archive

left = int(sys.argv[2])
def step(real):
    def counted(*arguments, **options):
        global left
        if left == 0:
            os._exit(9)
        left -= 1
        return real(*arguments, **options)
    return counted

archive = Archive(Path(sys.argv[1]))
os.fsync, Path.replace = step(os.fsync), step(Path.replace)
Path.mkdir, Path.write_bytes = step(Path.mkdir), step(Path.write_bytes)
with archive.batch() as batch:
    batch.keep(sys.argv[3].encode())
    batch.keep(sys.argv[4].encode())
    batch.sync()
"""


def names(archive: Archive) -> list[Path]:
    return [file for file in archive.root.rglob("*") if file.is_file()]


def test_a_mail_is_found_by_its_digest(tmp_path: Path) -> None:
    archive = Archive(tmp_path)
    digest = archive.keep(MAIL)

    assert digest == hashlib.sha256(MAIL).hexdigest()
    assert archive.has(digest)
    assert archive.read(digest) == MAIL
    assert archive.path(digest) == tmp_path / digest[:2] / f"{digest}.eml"
    assert digest_of(archive.path(digest)) == digest


def test_a_mail_never_archived_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        Archive(tmp_path).read("0" * 64)


def test_the_same_mail_is_kept_once(tmp_path: Path) -> None:
    archive = Archive(tmp_path)
    with archive.batch() as batch:
        first, second = batch.keep(MAIL), batch.keep(MAIL)
        batch.sync()
    archive.keep(MAIL)

    assert first == second
    assert len(names(archive)) == 1


def test_a_batch_bears_no_name_before_its_sync(tmp_path: Path) -> None:
    archive = Archive(tmp_path)
    with archive.batch() as batch:
        digests = [batch.keep(MAIL), batch.keep(OTHER)]
        assert not any(archive.has(digest) for digest in digests)
        batch.sync()

    assert all(archive.has(digest) for digest in digests)
    assert sorted(archive.digests()) == sorted(digests)


def test_a_batch_given_up_leaves_nothing_behind(tmp_path: Path) -> None:
    archive = Archive(tmp_path)
    with pytest.raises(ConnectionResetError), archive.batch() as batch:  # noqa: PT012
        batch.keep(MAIL)
        raise ConnectionResetError

    assert names(archive) == []


def test_a_streamed_file_is_taken_over_or_dropped(tmp_path: Path) -> None:
    """The second time its bytes are known: the copy goes, the archived file stays."""
    archive = Archive(tmp_path)
    for _ in range(2):
        with archive.batch() as batch:
            streamed = archive.incoming_path()
            streamed.write_bytes(MAIL)
            digest = batch.keep_file(streamed)
            batch.sync()
        assert not streamed.exists()

    assert archive.read(digest) == MAIL
    assert len(names(archive)) == 1


def test_what_an_interrupted_fetch_left_is_swept(tmp_path: Path) -> None:
    archive = Archive(tmp_path)
    digest = archive.keep(MAIL)
    archive.incoming_path().write_bytes(b"half a ma")

    assert Archive(tmp_path).sweep() == 1
    assert archive.sweep() == 0
    assert archive.read(digest) == MAIL


def test_a_torn_file_is_mended_when_the_mail_comes_again(tmp_path: Path) -> None:
    """A disk that lost the end of a file does not keep the mail from being archived whole."""
    archive = Archive(tmp_path)
    digest = archive.keep(MAIL)
    archive.path(digest).write_bytes(MAIL[:7])

    assert archive.keep(MAIL) == digest
    assert archive.read(digest) == MAIL

    archive.path(digest).write_bytes(b"")
    with archive.batch() as batch:
        streamed = archive.incoming_path()
        streamed.write_bytes(MAIL)
        batch.keep_file(streamed)
        batch.sync()
    assert archive.read(digest) == MAIL


@pytest.mark.parametrize("steps", range(13))
def test_power_failure_after_any_step(tmp_path: Path, steps: int) -> None:
    """Whatever was done before the plug was pulled: no name lies, and a second run completes."""
    command = [sys.executable, "-c", CRASHING, str(tmp_path), str(steps)]
    process = subprocess.run(
        [*command, MAIL.decode(), OTHER.decode()],
        cwd=Path(__file__).parents[1],
        timeout=60,
        check=False,
    )
    archive = Archive(tmp_path)
    assert process.returncode == (9 if steps < 12 else 0)
    for digest in archive.digests():
        assert digest_of(archive.path(digest)) == digest

    archive.sweep()
    kept = {archive.keep(MAIL), archive.keep(OTHER)}

    assert set(archive.digests()) == kept
    assert len(names(archive)) == 2
