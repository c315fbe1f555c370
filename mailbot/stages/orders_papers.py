"""放行 and 台账 by mail: the papers are made and sent by their own stage."""

from mailbot.errors import Refused
from mailbot.ports import Papers
from mailbot.rules.orders import Order
from mailbot.stages.orders_hand import Done, Work
from mailbot.stages.papers import mail_ledger, release_bulletin

PAPERS = frozenset({"放行", "台账"})


def handle(work: Work, papers: Papers | None, order: Order, *, to: str) -> Done:
    """Release a bulletin to the units, or mail the ledger to whoever asked.

    Raises:
        Refused: No such paper; or this program cannot make papers.
    """
    if papers is None:
        raise Refused("本机没有装公文组件，不能办理")
    uow, config, post = work.uow, work.config, work.post
    if order.verb == "放行":
        said = release_bulletin(uow, config, post, papers, order.rest, by=work.by, now=work.now)
        return Done(said)
    key = f"ledger/{work.sha256}/{order.rest}"
    return Done(mail_ledger(uow, config, post, papers, order.rest, to=to, key=key, now=work.now))
