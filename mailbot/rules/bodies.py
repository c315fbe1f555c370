"""Rows of annex 2 that name several bodies: one joint quota, or one each (left open)."""

from mailbot.notice import OpenQuestions, Unit


def bodies_of(unit: Unit, questions: OpenQuestions) -> int:
    """How many times a row's quotas are owed.

    One row, five bodies (机关党委、机关纪委、工会、妇委会、火管办): one joint quota unless the
    office reads it otherwise.
    """
    return 1 if questions.joint_row_shares_quota else len(unit.name.split("、"))
