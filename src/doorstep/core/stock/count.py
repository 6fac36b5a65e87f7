"""A count of hands against the books."""

from collections.abc import Sequence
from typing import Literal

from doorstep.core.stock.shelf import Shelf
from doorstep.model.facts.goods import LotCounted
from doorstep.model.goods import Parcel

CountCause = Literal["cycle_count", "missed_pick", "closing"]


def compare(shelf: Shelf, found: Sequence[Parcel], *, cause: CountCause) -> tuple[LotCounted, ...]:
    """
    Hold what hands found against the books.

    Parameters
    ----------
    found
        What lies on the shelf of each lot, set aside or not: packs, or grams.

    Returns
    -------
    One fact for each lot that differs. A shortage is booked off what is free; what is set aside for orders stays
    booked until its picker misses it, so that nobody's order is broken by a number.
    """
    facts = []
    for x in found:
        lot = shelf.lots[x.lot]
        booked = lot.free + lot.reserved
        lost = min(booked - x.amount, lot.free)
        if lost:
            facts.append(LotCounted(lot=x.lot, sku=lot.sku, booked=booked, found=x.amount, lost=lost, cause=cause))
    return tuple(facts)
