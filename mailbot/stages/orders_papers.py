"""放行 and 台账 by mail: the papers are made and sent by their own stage."""

from mailbot.errors import Refused
from mailbot.rules.orders import Order
from mailbot.stages.orders_hand import Done, Work

PAPERS = frozenset({"放行", "台账"})


def handle(work: Work, papers: object | None, order: Order, *, to: str) -> Done:
    """Release a bulletin to the units, or mail the ledger to whoever asked."""
    raise Refused("暂不能办理")
