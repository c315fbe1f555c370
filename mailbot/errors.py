"""Failures by who can mend them."""


class MailbotError(Exception):
    """Base of the failures we name; its text is one clear Chinese line."""


class ConfigError(MailbotError):
    """Only the operator can mend this: key, problem, remedy."""

    def __init__(self, key: str, problem: str, remedy: str) -> None:
        super().__init__(f"配置 {key}：{problem}。{remedy}")
        self.key, self.problem, self.remedy = key, problem, remedy


class Refused(MailbotError):
    """A command that cannot be carried out as given; the text says what to do."""


class Temporary(MailbotError):
    """The network or a server failed; the same step is tried again later."""


class StorageFailed(MailbotError):
    """The disk refused a write: fetching stops, and no mail is to blame."""


class AuthenticationFailed(MailbotError):
    """The server refused our password (授权码): no retry until the breaker closes."""
