"""Which lots fill a line: first expired, first out, with enough life left at the doorstep."""

from collections.abc import Sequence

from msgspec import Struct

from doorstep.base.ids import LotId, SkuId
from doorstep.core.stock.shelf import Shelf, ShelfLot
from doorstep.model.goods import Parcel


class Short(Struct, frozen=True, kw_only=True):
    """The shelf cannot fill the line; `had` is all that could leave in time, packs or grams."""

    wanted: int
    had: int


class Allotment:
    """
    The shelf while one decision is being made: what earlier lines of the same decision took is gone already.

    Nothing is changed in the shelf itself; that happens when the facts are written. `avoid` is a lot that somebody
    just found missing, whatever the books say.
    """

    __slots__ = ("_avoid", "_shelf", "_taken")

    def __init__(self, shelf: Shelf, *, avoid: LotId | None = None) -> None:
        self._shelf, self._avoid = shelf, avoid
        self._taken: dict[LotId, int] = {}

    def take(self, sku: SkuId, *, wanted: int, due_s: int, min_life_s: int) -> tuple[Parcel, ...] | Short:
        """Fill one line with `pick_fefo` and remember what it took."""
        picks = pick_fefo(
            [x for x in self._shelf.of_sku(sku) if x.lot != self._avoid],
            wanted=wanted,
            good_until_s=due_s + min_life_s,
            taken=self._taken,
        )
        if not isinstance(picks, Short):
            for x in picks:
                self._taken[x.lot] = self._taken.get(x.lot, 0) + x.amount
        return picks

    def give_back(self, parcels: Sequence[Parcel]) -> None:
        """Undo a take: the order it was for came to nothing."""
        for x in parcels:
            self._taken[x.lot] -= x.amount


def pick_fefo(
    lots: Sequence[ShelfLot], *, wanted: int, good_until_s: int, taken: dict[LotId, int] | None = None
) -> tuple[Parcel, ...] | Short:
    """
    Fill one line from the lots that expire first.

    Parameters
    ----------
    lots
        All lots of one sku at one site, in any order.
    wanted
        Packs or grams, at least 1.
    good_until_s
        A lot that expires before this instant stays on the shelf: promised arrival plus the minimum life.
    taken
        What this decision took of each lot already.

    Returns
    -------
    Parcels in order of expiry, summing to exactly `wanted`; or `Short`.

    Notes
    -----
    O(n log n) for n lots. Ties break by lot id: the same shelf gives the same picks anywhere.

    References
    ----------
    Pierskalla & Roach (1972), Optimal issuing policies for perishable inventory.
    """
    assert wanted >= 1, "a line asks for something"
    taken = taken if taken is not None else {}
    picks: list[Parcel] = []
    left = wanted
    for x in sorted(lots, key=lambda lot: (lot.sell_by_s, lot.lot)):
        if x.blocked or x.sell_by_s < good_until_s:
            continue
        take = min(x.free - taken.get(x.lot, 0), left)
        if take > 0:
            picks.append(Parcel(x.lot, take))
            left -= take
        if not left:
            return tuple(picks)
    return Short(wanted=wanted, had=wanted - left)
