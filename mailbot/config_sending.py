"""[bounces]: when an address is given up."""

from pydantic import Field

from mailbot.notice import Frozen


class BouncesConfig(Frozen):
    """[bounces]: addresses whose mail comes back.

    Attributes:
        give_up_after: So many bounces, and routine letters are no longer sent there; the
            office is told. Emergency letters always are.
        forget_after_days: So many days after its last bounce an address is tried again.
    """

    give_up_after: int = Field(3, ge=1, le=100)
    forget_after_days: int = Field(30, ge=1, le=3650)
