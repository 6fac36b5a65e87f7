"""When something was not right: claims and recalls."""

from doorstep.app.state import SiteState
from doorstep.base.ids import LotId
from doorstep.core.order import after
from doorstep.core.trace import recall
from doorstep.model.facts import Fact
from doorstep.model.facts.goods import LotReturned
from doorstep.model.facts.orders import ClaimMade
from doorstep.ports import Store


def make_claim(store: Store[SiteState], made: ClaimMade, *, now_s: int) -> tuple[Fact, ...]:
    """Answer a claim from the record; the same claim twice is answered once."""
    with store.transaction(now_s=now_s) as tx:
        state = tx.state
        if made.claim in state.orders.claims:
            return ()
        facts = after.claim(
            made,
            state.orders.by_id.get(made.order),
            orders=state.orders,
            now_s=now_s,
            params=state.params.order,
        )
        tx.write(facts)
    return facts


def recall_lot(store: Store[SiteState], lot: LotId, *, now_s: int) -> int:
    """
    Take a bad lot back from everywhere: the shelf, and every doorstep it reached.

    Returns
    -------
    How much hands must take off the shelf now, packs or grams: all that is not set aside. 0 where the lot is not here
    or was recalled before.
    """
    with store.transaction(now_s=now_s) as tx:
        state = tx.state
        on_shelf = state.shelf.lots.get(lot)
        found = recall(lot, where=state.where, free=on_shelf.free if on_shelf else 0)
        if found is None:
            return 0
        tx.write(found.facts)
        for order, _ in found.doorsteps:
            tx.write(after.refund_recalled(state.orders.by_id[order], lot, orders=state.orders))
    return sum(x.amount for x in found.facts if isinstance(x, LotReturned))
