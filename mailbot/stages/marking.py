"""What config asks to be done on the server with filed mail: nothing, mark read, or move."""

from collections.abc import Sequence

from mailbot import log
from mailbot.config import MailboxConfig
from mailbot.errors import Temporary
from mailbot.ports import Mailbox
from store.unit_of_work import Store


def mark_filed(
    mailbox: Mailbox, store: Store, config: MailboxConfig, message_ids: Sequence[int]
) -> None:
    """Mark or move filed mails where they were seen; the ledger does not depend on it.

    One set aside stays where it is: somebody has to look at it there.
    A mail that another person moved meanwhile, or a server that is out of reach, is
    passed over: the mail is on record, and its place on the server is its owner's.
    """
    if config.after_filing == "nothing" or not message_ids:
        return
    with store.look() as uow:
        mails = [uow.messages.get(number) for number in message_ids]
        filed = [mail.id for mail in mails if mail is not None and mail.state == "filed"]
        seen = [place for mail in filed for place in uow.cursors.sightings_of(mail)]
    try:
        for folder in dict.fromkeys(place.folder for place in seen):
            state = mailbox.select(folder)
            for place in seen:
                if place.folder == folder and place.uid_validity == state.uid_validity:
                    mailbox.after_filing(place.uid)
    except Temporary as trouble:
        log.warning("marking_interrupted", reason=str(trouble)[:120])
