"""Persons in charge (责任人) of annex 3 and the units they belong to."""

from mailbot.notice import Notice
from mailbot.rules.unit_names import resolver


def persons_of(unit: str, notice: Notice) -> frozenset[str]:
    """Names paired with this unit where a task lists as many persons as units, in row order.

    Annex 3 prints units and persons side by side; a task of many units and persons
    (局属各单位) does not say who is whose.
    """
    resolve = resolver(notice)
    return frozenset(
        person
        for task in notice.tasks
        if len(task.units) == len(task.owners)
        for name, person in zip(task.units, task.owners, strict=True)
        if resolve(name) == (unit,)
    )
