"""The witness of an interrupted send: our Message-ID in 已发送."""

from collections.abc import Sequence
from dataclasses import dataclass

from mailbot import log
from mailbot.config import SmtpConfig
from mailbot.errors import AuthenticationFailed, ConfigError, Temporary
from mailbot.ports import Mailbox

LOOK_SECONDS = 120


@dataclass(frozen=True, slots=True)
class SentFolder:
    """Looks for Message-IDs in the sent folder over a connection of its own."""

    mailbox: Mailbox
    config: SmtpConfig

    def __call__(self, message_ids: Sequence[str]) -> frozenset[str] | None:
        """Those found; None when the folder could not be read.

        Where the provider keeps no copy (`sent_copy = false`), nothing can ever be found:
        a letter is then repeated once its wait has settled.
        """
        if not self.config.sent_copy:
            return frozenset()
        try:
            with self.mailbox.deadline(LOOK_SECONDS):
                folder = self.config.sent_folder or self.mailbox.sent_folder()
                if folder is None:
                    log.warning("no_sent_folder")
                    return None
                return self.mailbox.find_message_id(folder, message_ids)
        except (Temporary, AuthenticationFailed, ConfigError) as trouble:
            log.warning("witness_unavailable", reason=str(trouble)[:120])
            return None

    def close(self) -> None:
        """Drop the connection."""
        self.mailbox.close()
