"""密级 marks: what bears one is locked, told at once, copied nowhere; ordinary words mark nothing."""

import sqlite3
import tomllib
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from cli_office import configure, run
from development_sets import SETS
from filing_samples import FilingDesk, draft_mail, filing_desk
from kept_records import Records
from office_samples import DUTY, OFFICE, POST
from order_samples import NOON, office_config

from mailbot.errors import Refused
from mailbot.rules.retention import without_personal
from mailbot.rules.secrecy import secrecy_mark
from mailbot.stages import secrecy
from mailbot.stages.pushing import Pushing
from mailbot.stages.restoring import restore
from mailbot.stages.unread import tell_unread
from mailbot.stages.verifying import compare
from parsers.facts import Block, DocumentText, ReadFile, Reading
from store.archive import Archive
from store.integrity import Damaged
from store.records import MessageRecord, MessageState, OutboxRecord

TEAM, TITLE = "直属一大队", "某项工作的安排"


def file(text: str, name: str = "稿件.docx") -> Reading:
    blocks = tuple(Block(line) for line in text.split("\n"))
    content = DocumentText("docx", blocks)
    return Reading("0" * 64, 1, None, (), files=(ReadFile(name, "0" * 64, 1, content),))


@pytest.mark.parametrize(
    ("reading", "level", "where"),
    [
        pytest.param(file("机密★1年\n达市城管〔2023〕1号"), "机密", "附件", id="first-page"),
        pytest.param(file("机 密 ★\n关于"), "机密", "附件", id="spaced-without-a-term"),
        pytest.param(file(f"{'正文。' * 900}\n绝密★启用前"), "绝密", "附件", id="star-anywhere"),
        pytest.param(file("秘密\n某某局文件"), "秘密", "附件", id="a-line-of-its-own"),
        pytest.param(file("【秘密】\n某某局文件"), "秘密", "附件", id="bracketed-line"),
        pytest.param(file("秘密10年\n某某局文件"), "秘密", "附件", id="with-a-term"),
        pytest.param(file("密级：机密　紧急程度：特急"), "机密", "附件", id="label"),
        pytest.param(file("正文", "【机密】方案.docx"), "机密", "文件名", id="file-name"),
        pytest.param(file("正文", "秘密-方案.docx"), "秘密", "文件名", id="prefix-of-a-file-name"),
    ],
)
def test_a_mark_is_found(reading: Reading, level: str, where: str) -> None:
    found = secrecy_mark(reading)
    assert found is not None
    assert found.level == level
    assert where in found.where
    assert "保密" in found.because


def test_a_mark_in_a_header_is_found() -> None:
    content = DocumentText("docx", (Block("正文"),), around=("某某局文件", "机密★1年"))
    reading = Reading("0" * 64, 1, None, (), files=(ReadFile("稿.docx", "0" * 64, 1, content),))

    found = secrecy_mark(reading)

    assert found is not None
    assert (found.level, found.where) == ("机密", "第1个附件的页眉页脚")


@pytest.mark.parametrize(
    "text",
    [
        "开展保守国家秘密宣传教育活动", "检查涉密载体，严防泄露国家秘密", "商业秘密保护",
        "本邮件内容机密，仅供收件人使用", "密级：无", "密级：□绝密 □机密 □秘密", "密级：机密/秘密/内部",
        "内部资料 注意保存", "秘密工作者的故事", "机密机关大楼", "密级：\n紧急程度：平急",
    ],
)  # fmt: skip
def test_a_word_is_no_mark(text: str) -> None:
    assert secrecy_mark(file(text)) is None


def test_no_draft_of_the_development_sets_is_taken_for_a_secret() -> None:
    sets = [tomllib.loads(path.read_text(encoding="utf-8")) for path in SETS.rglob("*.toml")]
    texts = [str(text) for one in sets for entry in one.get("text", []) for text in entry.values()]
    assert len(texts) > 500
    assert [text[:40] for text in texts if secrecy_mark(file(text))] == []


# ---- what becomes of such a mail


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[FilingDesk]:
    with filing_desk(tmp_path, office_config()) as opened:
        yield opened


def secret_mail(subject: str = "信息稿件") -> bytes:
    return draft_mail(TEAM, TITLE, NOON, body="机密★1年\n某项工作的具体安排。", subject=subject)


def letters(desk: FilingDesk) -> list[OutboxRecord]:
    tell_unread(desk.store, POST, office_config(), desk.filing.book, NOON)
    with desk.store.look() as uow:
        return list(uow.outbox.listing())


def test_its_words_are_nowhere_in_the_records(desk: FilingDesk, tmp_path: Path) -> None:
    assert desk.fetch(secret_mail("【机密】某项工作"), NOON, NOON) == []
    with desk.store.look() as uow:
        (mail,) = secrecy.locked(uow)
        assert uow.messages.files_of(mail.id) == []
    assert mail.subject == ""
    for database in tmp_path.glob("mailbot.db*"):
        data = database.read_bytes()
        assert TITLE.encode() not in data
        assert "某项工作".encode() not in data


def test_the_office_is_called_at_once_and_the_sender_gets_nothing(desk: FilingDesk) -> None:
    desk.fetch(secret_mail(), NOON, NOON)
    (letter,) = letters(desk)
    assert letter.lane == "urgent"
    assert set(letter.to) == {OFFICE, DUTY}
    assert "疑似涉密" in letter.text + letter.subject
    assert "不要请对方重发" in letter.text
    assert TITLE not in letter.text + letter.subject + letter.html
    assert letters(desk) == [letter], "once"


def test_an_unreadable_mail_beside_it_has_its_own_letter(desk: FilingDesk) -> None:
    desk.fetch(secret_mail(), NOON, NOON)
    broken = MessageRecord(
        0, "f" * 64, 1, NOON, NOON, "quarantined", subject="简讯", reason="打不开"
    )
    with desk.store.work() as uow:
        uow.messages.add(broken)
        uow.commit()
    unread, marked = letters(desk)
    assert (unread.lane, marked.lane) == ("answer", "urgent")
    assert "打不开" in unread.text
    assert "密" not in unread.text
    assert "换一种格式" not in marked.text


def test_the_second_channel_calls_too(desk: FilingDesk) -> None:
    told: list[str] = []

    class Phone:
        channels = ("phone",)

        def push(self, _channel: str, title: str, body: str) -> bool:
            told.append(title + body)
            return True

    desk.fetch(secret_mail(), NOON, NOON)
    letters(desk)
    pushing = Pushing(desk.store, Phone(), lambda _uow, _now: {})
    assert (pushing.run(NOON), pushing.run(NOON + timedelta(minutes=1))) == (1, 0)
    assert TITLE not in told[0]


def test_released_by_the_office_it_is_filed_like_any_other(desk: FilingDesk) -> None:
    desk.fetch(secret_mail(), NOON, NOON)
    with desk.store.work() as uow:
        (mail,) = secrecy.locked(uow)
        secrecy.release(uow, mail.id, "王某", NOON)
        uow.commit()
    desk.filing.file_waiting(NOON)
    with desk.store.look() as uow:
        assert [draft.title for draft in uow.drafts.of_message(mail.id)] == [TITLE]
        assert [act.verb for act in uow.acts.all()] == ["secrecy-released"]


def test_one_that_was_purged_is_released_no_more(desk: FilingDesk) -> None:
    desk.fetch(secret_mail(), NOON, NOON)
    with desk.store.work() as uow:
        (mail,) = secrecy.locked(uow)
        uow.retention.purge_mails([mail.id], NOON, without_personal)
        with pytest.raises(Refused, match="已到保存期限"):
            secrecy.release(uow, mail.id, "王某", NOON)


def test_an_older_backup_stays_whole_though_it_knew_the_mail_as_ordinary(tmp_path: Path) -> None:
    """What was taken out for its mark is missed by no copy, and a restore says where it went."""
    office = Records(tmp_path)
    digest, other = office.receive("secret", "other")
    older = office.back_up()
    with office.store() as store, store.work() as uow:
        number = uow.messages.id_of(digest)
        assert number is not None
        uow.messages.settle(number, "quarantined", "secret", "标有“机密”")
        uow.commit()
    office.back_up(timedelta(hours=1))
    office.check(older)
    office.archive.path(digest).unlink()
    office.place.database.unlink()

    restore(office.place, office.backups, older, NOON, lambda _more: None)

    with office.store() as store, store.look() as uow:
        (locked,) = secrecy.locked(uow)
    assert locked.sha256 == digest
    assert secrecy.is_erased(locked)
    assert compare(office.place, readable=True, advance=lambda _more: None).lost == ()
    office.backups.archive.path(other).unlink()
    with pytest.raises(Damaged):
        office.check(older)


def test_released_after_a_backup_left_it_out_it_is_kept_and_missed_again(tmp_path: Path) -> None:
    office = Records(tmp_path)
    (digest,) = office.receive("secret")

    def settle(state: MessageState, kind: str) -> None:
        with office.store() as store, store.work() as uow:
            uow.messages.settle(uow.messages.id_of(digest) or 0, state, kind, "")
            uow.commit()

    settle("quarantined", "secret")
    office.back_up()
    assert office.backups.dropped() == {digest}
    settle("filed", "draft")
    newer = office.back_up(timedelta(hours=1))
    assert office.backups.dropped() == frozenset()
    office.check(newer)
    office.backups.archive.path(digest).unlink()
    with pytest.raises(Damaged):
        office.check(newer)


def office_with_a_secret(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    config = configure(tmp_path)
    (tmp_path / "mail.eml").write_bytes(secret_mail())
    assert run(capsys, "--config", config, "import", tmp_path / "mail.eml").code == 0
    return config


def rebuilt(capsys: pytest.CaptureFixture[str], config: Path, *more: str) -> list[str]:
    """Titles on record after a rebuild that finds no difference."""
    done = run(capsys, "--config", config, "rebuild", "--json", *more)
    assert done.code == 0, done.out
    listed = run(capsys, "--config", config, "drafts", "list", "--json").json
    return [draft["title"] for draft in listed["drafts"]]


def test_a_rebuild_keeps_what_the_office_released_and_locks_nothing_filed_before(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config = office_with_a_secret(tmp_path, capsys)
    assert run(capsys, "--config", config, "secrecy", "release", "1", "--by", "王某").code == 0
    other = draft_mail(TEAM, "另一项工作", NOON)
    (tmp_path / "mail.eml").write_bytes(other)
    assert run(capsys, "--config", config, "import", tmp_path / "mail.eml").code == 0
    assert sorted(rebuilt(capsys, config)) == sorted([TITLE, "另一项工作"])
    assert len(rebuilt(capsys, config)) == 2, "and again"

    with closing(sqlite3.connect(tmp_path / "data" / "mailbot.db")) as db:
        db.execute("DELETE FROM acts")  # as if filed before marks were read
        db.execute("UPDATE messages SET summary = '{}'")
        db.commit()
    assert len(rebuilt(capsys, config)) == 2
    with closing(sqlite3.connect(tmp_path / "data" / "mailbot.db")) as db:
        db.execute("UPDATE messages SET summary = '{}'")
        db.commit()
    assert len(rebuilt(capsys, config)) == 2


def test_what_an_earlier_rebuild_locked_again_is_given_back(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config = office_with_a_secret(tmp_path, capsys)
    assert run(capsys, "--config", config, "secrecy", "release", "1", "--by", "王某").code == 0
    with closing(sqlite3.connect(tmp_path / "data" / "mailbot.db")) as db:
        db.execute("UPDATE messages SET state='quarantined', kind='secret', summary='{}'")
        db.commit()
    assert rebuilt(capsys, config, "--accept") == [TITLE]


def test_a_rebuild_files_no_marked_stub_whose_mail_was_fetched_later(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config = office_with_a_secret(tmp_path, capsys)
    with closing(sqlite3.connect(tmp_path / "data" / "mailbot.db")) as db:
        db.execute("UPDATE messages SET state='filed'")
        db.commit()
    assert rebuilt(capsys, config) == []


def test_a_rebuild_keeps_the_row_of_what_was_erased(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config = office_with_a_secret(tmp_path, capsys)
    assert run(capsys, "--config", config, "secrecy", "erase", "1", "--by", "王某").code == 0
    assert rebuilt(capsys, config) == []
    listed = run(capsys, "--config", config, "secrecy", "list", "--json").json
    assert [mail["id"] for mail in listed["mails"]] == [1]


def test_an_erased_copy_that_comes_back_is_told_and_purged(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config = office_with_a_secret(tmp_path, capsys)
    assert run(capsys, "--config", config, "secrecy", "erase", "1", "--by", "王某").code == 0
    assert run(capsys, "--config", config, "import", tmp_path / "mail.eml").code == 0
    told = run(capsys, "--config", config, "verify")
    assert told.code == 1
    assert "应已删除的原件" in told.out
    assert run(capsys, "--config", config, "purge", "--json").json["leftovers"] == 1
    assert run(capsys, "--config", config, "verify").code == 0


def test_no_backup_holds_it_and_one_that_did_is_cleaned(tmp_path: Path) -> None:
    office = Records(tmp_path)
    digest, other = office.receive("secret", "other")
    assert set(office.back_up().files), "made before the mark was read"
    with office.store() as store, store.work() as uow:
        number = uow.messages.id_of(digest)
        assert number is not None
        uow.messages.settle(number, "quarantined", "secret", "标有“机密”")
        uow.commit()
    newer = office.back_up(timedelta(hours=1))
    assert set(office.backups.archive.digests()) == {other}
    office.check(newer)
    assert newer.mails == 1


def test_erased_it_is_in_no_archive_and_verify_does_not_miss_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config = configure(tmp_path)
    (tmp_path / "mail.eml").write_bytes(secret_mail())
    imported = run(capsys, "--config", config, "import", tmp_path / "mail.eml")
    assert imported.code == 0
    assert "登记 0 封" in imported.out
    assert "1 封标有密级" in imported.out
    listed = run(capsys, "--config", config, "secrecy", "list", "--json").out
    assert '"id": 1' in listed
    assert TITLE not in listed
    archive = Archive(tmp_path / "data" / "archive")
    assert len(list(archive.digests())) == 1

    assert run(capsys, "--config", config, "secrecy", "erase", "1", "--by", "王某").code == 0
    assert list(archive.digests()) == []
    assert run(capsys, "--config", config, "verify").code == 0
    refused = run(capsys, "--config", config, "secrecy", "release", "1", "--by", "王某")
    assert refused.code == 1
    assert "已经清除" in refused.err
    assert run(capsys, "--config", config, "secrecy", "erase", "7", "--by", "王某").code == 1
