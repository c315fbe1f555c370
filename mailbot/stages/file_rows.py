"""Rows for the files and links of a mail: what came, and what could not be read."""

from parsers.facts import ReadFile, Reading, Unreadable
from store.records import CloudLinkRecord, FileRecord
from store.unit_of_work import UnitOfWork


def keep_files(uow: UnitOfWork, message_id: int, reading: Reading) -> None:
    """Record every file and cloud link of a mail, attached mails included."""
    for file in _files(reading):
        uow.messages.add_file(_file_row(message_id, file))
    for link in _links(reading, message_id):
        uow.messages.add_cloud_link(link)


def _files(reading: Reading) -> list[ReadFile]:
    return [*reading.files, *(file for inner in reading.nested for file in _files(inner))]


def _links(reading: Reading, message_id: int) -> list[CloudLinkRecord]:
    own = reading.message.cloud_links if reading.message else ()
    found = [
        CloudLinkRecord(
            0, message_id, link.provider, link.name, link.size, link.url, link.expires_at
        )
        for link in own
    ]
    return found + [link for inner in reading.nested for link in _links(inner, message_id)]


def _file_row(message_id: int, file: ReadFile) -> FileRecord:
    content = file.content
    unreadable = content if isinstance(content, Unreadable) else None
    return FileRecord(
        id=0,
        message_id=message_id,
        name=file.name,
        sha256=file.sha256,
        size=file.size,
        format="" if isinstance(content, Unreadable) else content.format,
        readable=unreadable is None,
        reason=unreadable.reason if unreadable else "",
        remedy=unreadable.remedy if unreadable else "",
        container=file.container,
    )
