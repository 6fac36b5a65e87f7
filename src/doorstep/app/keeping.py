"""Counting the shelf, and closing the day."""

from collections.abc import Sequence
from typing import Literal

from doorstep.app.state import SiteState
from doorstep.base.errors import CheckFailed
from doorstep.base.ids import LotId
from doorstep.core.payment import statement
from doorstep.core.stock import compare, write_off
from doorstep.model.facts.goods import LotReturned, ShelfCounted
from doorstep.model.facts.site import SiteClosed
from doorstep.model.goods import Parcel
from doorstep.ports import Gateway, Store


def lots_to_count(store: Store[SiteState], *, turn: int, now_s: int) -> tuple[LotId, ...]:
    """Name the part of the shelf that is counted in the given turn: section by section, every lot once a round."""
    with store.transaction(now_s=now_s) as tx:
        lots = sorted(tx.state.shelf.lots)
        size = tx.state.params.stock.count_lots
    if not lots:
        return ()
    sections = -(-len(lots) // size)
    start = turn % sections * size
    return tuple(lots[start : start + size])


def count(
    store: Store[SiteState],
    found: Sequence[Parcel],
    *,
    cause: Literal["cycle_count", "closing"],
    now_s: int,
) -> int:
    """
    Hold what hands found against the books and book every difference as lost.

    Returns
    -------
    How many lots differed.
    """
    with store.transaction(now_s=now_s) as tx:
        differences = compare(tx.state.shelf, found, cause=cause)
        tx.write(differences)
        tx.write([ShelfCounted(lots=len(found), differences=len(differences), cause=cause)])
    return len(differences)


def open_work(store: Store[SiteState], *, now_s: int) -> tuple[str, ...]:
    """Say what is not finished yet, one sentence part each; nothing when the day can be closed."""
    with store.transaction(now_s=now_s) as tx:
        state = tx.state
        rows = state.payments
        still: dict[str, list[str]] = {
            "orders": list(state.orders.unsettled),
            "payments": [*rows.to_authorise, *rows.to_capture, *rows.to_void],
            "refunds": list(rows.to_refund),
            "couriers on a trip": list(state.fleet.trips),
            "pickers in a wave": list(state.floor.waves),
        }
    return tuple(f"{len(x)} {name} (first: {x[0]})" for name, x in still.items() if x)


def close_site(
    store: Store[SiteState], gateway: Gateway, found: Sequence[Parcel], *, now_s: int
) -> tuple[Parcel, ...]:
    """
    Close the day: count everything, send recalled lots back, write off waste, read the gateway's statement.

    Returns
    -------
    What hands must take off the shelf, to send back or to throw.

    Raises
    ------
    CheckFailed
        Something is not finished yet; nothing was written.
    """
    open_rows = open_work(store, now_s=now_s)
    if open_rows:
        raise CheckFailed(f"the day cannot be closed: still open are {', '.join(open_rows)}")
    count(store, found, cause="closing", now_s=now_s)
    with store.transaction(now_s=now_s) as tx:
        shelf = tx.state.shelf
        back = [
            LotReturned(lot=x, amount=shelf.lots[x].free)
            for x in tx.state.where.recalled
            if x in shelf.lots and shelf.lots[x].free
        ]
        tx.write(back)
    read = gateway.statement(now_s=now_s)
    with store.transaction(now_s=now_s) as tx:
        wasted = write_off(tx.state.shelf, tx.state.orders.skus, now_s=now_s, params=tx.state.params.stock)
        tx.write([*wasted, statement(read), SiteClosed()])
    return (*(Parcel(x.lot, x.amount) for x in back), *(Parcel(x.lot, x.amount) for x in wasted))
