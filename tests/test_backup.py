"""Backups: complete or not there, whole under writes, each flaw found, the right ones kept."""

import json
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cli_office import configure, news_mail, run
from kept_records import NOW, Records, going, nobody_looks, records

from mailbot.clock import SHANGHAI
from mailbot.config import Config
from mailbot.config_files import load
from mailbot.stages.backups import Backups
from mailbot.storage_health import BACKUP_FAILURE, last_backup, storage_problems
from store.backup import Busy, Interrupted, Sources, copy_database
from store.integrity import Damaged, row_counts
from store.thinning import Keep, kept

HOUR = timedelta(hours=1)


def test_a_backup_holds_every_mail_and_every_row(tmp_path: Path) -> None:
    office = records(tmp_path, "one", "two")
    snapshot = office.back_up()

    office.check(snapshot)
    assert snapshot.mails == 2
    assert dict(snapshot.rows) == dict(row_counts(office.place.database))
    assert set(office.backups.archive.digests()) == office.digests
    assert set(snapshot.files) == {"mailbot.db", "signing.key"}
    assert [one.name for one in office.backups.snapshots()] == [snapshot.name]
    assert (snapshot.database.stat().st_mode & 0o077) == 0


def test_raw_mails_are_copied_once(tmp_path: Path) -> None:
    office = records(tmp_path, "one")
    office.back_up()
    (first,) = office.backups.archive.digests()
    copied = office.backups.archive.path(first).stat().st_mtime_ns
    office.receive("two")
    newer = office.back_up(HOUR)

    assert len(set(office.backups.archive.digests())) == 2
    assert office.backups.archive.path(first).stat().st_mtime_ns == copied
    assert office.backups.snapshots()[0] == newer


def test_a_copy_made_under_writes_is_whole(tmp_path: Path) -> None:
    office = records(tmp_path, "one")
    stop = threading.Event()

    def write() -> None:
        with office.store() as store:
            number = 0
            while not stop.is_set():
                with store.work() as uow:
                    uow.acts.add(NOW, "cli", "test", f"draft:{number}", {"n": number})
                    uow.commit()
                number += 1

    writer = threading.Thread(target=write)
    writer.start()
    try:
        for number in range(5):
            target = tmp_path / f"{number}.db"
            assert copy_database(office.place.database, target) == row_counts(target)
    finally:
        stop.set()
        writer.join()


def spoil_database(office: Records) -> None:
    path = office.backups.snapshots()[0].database
    raw = bytearray(path.read_bytes())
    raw[len(raw) // 2] ^= 0xFF
    path.write_bytes(raw)


def spoil_mail(office: Records) -> None:
    archive = office.backups.archive
    archive.path(next(archive.digests())).write_bytes(b"other bytes")


def lose_mail(office: Records) -> None:
    archive = office.backups.archive
    archive.path(next(archive.digests())).unlink()


def lose_key(office: Records) -> None:
    (office.backups.snapshots()[0].path / "signing.key").unlink()


@pytest.mark.parametrize("harm", [spoil_database, spoil_mail, lose_mail, lose_key])
def test_every_flaw_of_a_backup_is_found(tmp_path: Path, harm: Callable[[Records], None]) -> None:
    office = records(tmp_path, "one", "two")
    snapshot = office.back_up()
    harm(office)
    with pytest.raises(Damaged):
        office.check(snapshot)


@pytest.mark.parametrize(
    "content", [b"", b"{}", b"[]", b'{"sha256": "0", "body": "{}"}', b"\xff\xfe"]
)
def test_a_copy_without_its_manifest_is_none(tmp_path: Path, content: bytes) -> None:
    office = records(tmp_path, "one")
    snapshot = office.back_up()
    (snapshot.path / "manifest.json").write_bytes(content)
    assert office.backups.snapshots() == []


def test_a_mail_whose_raw_file_is_lost_is_named(tmp_path: Path) -> None:
    office = records(tmp_path, "one", "two")
    digests = sorted(office.digests)
    office.archive.path(digests[0]).unlink()
    office.archive.path(digests[1]).write_bytes(b"other bytes")
    snapshot = office.back_up()
    assert sorted(snapshot.missing) == digests
    office.check(snapshot)


def test_a_damaged_database_is_not_backed_up_over_good_copies(tmp_path: Path) -> None:
    office = records(tmp_path, *map(str, range(30)))
    good = office.back_up()
    path = office.place.database
    path.write_bytes(path.read_bytes()[:8192] + b"\x55" * (path.stat().st_size - 8192))
    with pytest.raises(Damaged):
        office.back_up(HOUR)
    assert office.backups.snapshots() == [good]
    assert [path.name for path in office.backups.snapshots_folder.iterdir()] == [good.name]


def test_told_to_stop_it_leaves_nothing_half_made(tmp_path: Path) -> None:
    office = records(tmp_path, "one")
    sources = Sources(office.place.database, office.archive)
    with pytest.raises(Interrupted):
        office.backups.make(sources, NOW, advance=nobody_looks, going=lambda: False)
    assert list(office.backups.snapshots_folder.iterdir()) == []


def test_two_at_once_are_refused(tmp_path: Path) -> None:
    office = records(tmp_path, "one")
    sources = Sources(office.place.database, office.archive)

    def meanwhile() -> bool:
        with pytest.raises(Busy):
            office.backups.make(sources, NOW, advance=nobody_looks, going=going)
        return True

    office.backups.make(sources, NOW, advance=nobody_looks, going=meanwhile)


# ---- which stay


def every_hour(days: int) -> list[datetime]:
    return [NOW - n * HOUR for n in range(days * 24)]


@pytest.mark.parametrize(
    ("copies", "keep", "stay"),
    [
        pytest.param([NOW], Keep(1, 0, 0), 1, id="the-only-one"),
        pytest.param(every_hour(1), Keep(48, 30, 12), 24, id="first-day"),
        # 48 hours, the last copies of 28 further days; months fall together with days
        pytest.param(every_hour(60), Keep(48, 30, 12), 48 + 27 + 1, id="two-months"),
        pytest.param(
            [NOW - timedelta(minutes=n) for n in range(180)], Keep(48, 0, 0), 4, id="each-minute"
        ),
        pytest.param(
            [NOW - timedelta(days=31 * n) for n in range(36)], Keep(2, 2, 12), 12, id="rare-ones"
        ),
    ],
)
def test_the_newest_of_each_hour_day_and_month_stays(
    copies: list[datetime], keep: Keep, stay: int
) -> None:
    found = kept(copies, keep, SHANGHAI)
    assert len(found) == stay
    assert max(copies) in found


def test_a_clock_that_ran_wild_costs_no_older_copy() -> None:
    copies = [*every_hour(2), datetime(2099, 1, 1, tzinfo=UTC)]
    assert kept(copies, Keep(48, 30, 12), SHANGHAI) >= set(copies[:47])


def test_days_are_those_of_the_office() -> None:
    late = datetime(2023, 5, 9, 15, 59, tzinfo=UTC)  # 23:59 in Shanghai
    early = late + timedelta(minutes=2)
    assert kept([late, early], Keep(1, 2, 0), SHANGHAI) == {late, early}


def test_thinning_removes_whole_copies(tmp_path: Path) -> None:
    office = records(tmp_path, "one")
    made = [office.back_up(n * HOUR) for n in range(4)]
    removed = office.backups.thin(lambda copies: kept(copies, Keep(2, 0, 0), SHANGHAI))
    assert removed == 2
    assert [one.name for one in office.backups.snapshots()] == [made[3].name, made[2].name]
    office.check(office.backups.snapshots()[1])


# ---- by the daemon


@pytest.fixture
def config(tmp_path: Path) -> Config:
    return load(configure(tmp_path))


def test_hourly_and_daily_work_is_done_when_due(tmp_path: Path, config: Config) -> None:
    office = records(tmp_path, "one")
    with office.store() as store:
        backups = Backups(store, office.archive, config, office.place.state)
        made = [backups.run(NOW + n * HOUR / 2) for n in range(5)]
        with store.look() as uow:
            assert last_backup(uow) == NOW + 2 * HOUR
            assert storage_problems(uow, config, NOW + 2 * HOUR) == []
            (stale,) = storage_problems(uow, config, NOW + 29 * HOUR)
    assert made == [True, False, True, False, True]
    assert "已超过26小时" in stale


def test_a_failure_is_told_and_tried_again(tmp_path: Path, config: Config) -> None:
    office = records(tmp_path, "one")
    (tmp_path / "backup").write_bytes(b"a file where the folder should be")
    with office.store() as store:
        backups = Backups(store, office.archive, config, office.place.state)
        backups.run(NOW)
        with store.look() as uow:
            told = uow.facts.get(BACKUP_FAILURE)
        assert "备份没有成功" in told
        (tmp_path / "backup").unlink()
        backups.run(NOW + timedelta(minutes=5))
        assert not office.backups.exists()
        backups.run(NOW + timedelta(minutes=10))
        assert len(office.backups.snapshots()) == 1
        with store.look() as uow:
            assert uow.facts.get(BACKUP_FAILURE) is None


def test_a_flaw_of_the_newest_backup_is_told(tmp_path: Path, config: Config) -> None:
    office = records(tmp_path, "one")
    with office.store() as store:
        backups = Backups(store, office.archive, config, office.place.state)
        backups.run(NOW)
        spoil_mail(office)
        backups.run(NOW + 24 * HOUR)
        with store.look() as uow:
            problems = storage_problems(uow, config, NOW + 24 * HOUR)
    assert any("有损坏" in problem for problem in problems)


# ---- by hand


def test_the_command_tells_what_it_made(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    office = configure(tmp_path)
    (tmp_path / "mail.eml").write_bytes(news_mail())
    run(capsys, "--config", office, "import", tmp_path / "mail.eml")
    made = run(capsys, "--config", office, "backup", tmp_path / "usb")
    assert (made.code, made.err) == (0, "")
    assert "1封邮件，已检验" in made.out
    (snapshot,) = Records(tmp_path).backups.__class__(tmp_path / "usb").snapshots()
    assert "config.toml" in snapshot.files
    status = run(capsys, "--config", office, "status", "--json").json
    assert status["last_backup"]
    listed = run(capsys, "restore", tmp_path / "usb", "--list", "--json").json
    assert [one["name"] for one in listed["backups"]] == [snapshot.name]


@pytest.mark.parametrize("target", ["file", "file/below"])
def test_a_folder_that_cannot_be_written_is_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], target: str
) -> None:
    office = configure(tmp_path)
    run(capsys, "--config", office, "status")
    (tmp_path / "file").write_bytes(b"")
    refused = run(capsys, "--config", office, "backup", tmp_path / target)
    assert refused.code == 1
    assert len(refused.err.strip().splitlines()) == 1
    assert "无法写入" in refused.err


# ---- killed at every step

BACKUP = """
import shutil, sys
from pathlib import Path
from datetime import timedelta
from kept_records import Records, records
from killed import killed_at_each_step

base = Path(sys.argv[1])
office = records(base / "scene", "one", "two")
office.back_up()
office.receive("three")

def prepare():
    shutil.rmtree(base / "now", ignore_errors=True)
    shutil.copytree(base / "scene", base / "now")
    return Records(base / "now")

def operate(office):
    office.back_up(timedelta(hours=1))

def judge(office):
    for snapshot in office.backups.snapshots():
        office.check(snapshot)
    found = len(office.backups.snapshots())
    office.back_up(timedelta(hours=2))
    assert len(office.backups.snapshots()) == found + 1
    assert not list(office.backups.snapshots_folder.glob(".*"))
    office.check(office.backups.snapshots()[0])
    return "old" if found == 1 else "new"

killed_at_each_step(prepare, operate, judge)
"""


def verdicts(script: str, folder: Path) -> list[str]:
    """What the judge of a script said, one word a kill."""
    ended = subprocess.run(
        [sys.executable, "-c", script, str(folder)],
        cwd=Path(__file__).parents[1],
        env={"PYTHONPATH": "tests:."},
        capture_output=True,
        text=True,
        timeout=110,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr[-3000:]
    found: list[str] = json.loads(ended.stdout.strip().splitlines()[-1])
    return found


def test_killed_at_any_step_a_backup_is_there_or_not(tmp_path: Path) -> None:
    found = verdicts(BACKUP, tmp_path)
    assert found[-1] == "new"
    assert Counter(found)["old"] >= 10
    assert found == sorted(found, reverse=True), "once there, it stays"


# ---- what `doctor` says of it


def backup_check(capsys: pytest.CaptureFixture[str], office: Path) -> dict[str, object]:
    """The doctor's line on backups."""
    checks = run(capsys, "--config", office, "doctor", "--offline", "--json").json["checks"]
    (found,) = [check for check in checks if check["what"] == "备份"]
    return dict(found)


def test_the_doctor_tells_the_age_and_that_one_disk_is_not_enough(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    office = configure(tmp_path)
    assert "还没有备份" in str(backup_check(capsys, office)["found"])
    run(capsys, "--config", office, "status")
    assert run(capsys, "--config", office, "backup").code == 0
    fresh = backup_check(capsys, office)
    assert fresh["good"] is True
    assert "0小时前" in str(fresh["found"])
    assert "同一块磁盘" in str(fresh["remedy"])


def test_the_doctor_misses_an_old_backup_and_a_missing_setting(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    office = configure(tmp_path)
    records(tmp_path, "one").back_up()  # made in 2023
    assert backup_check(capsys, office)["good"] is False
    text = office.read_text(encoding="utf-8").replace('folder = "backup"', 'folder = ""')
    office.write_text(text, encoding="utf-8")
    assert backup_check(capsys, office)["good"] is False
    assert "没有设置备份文件夹" in run(capsys, "--config", office, "status").out
