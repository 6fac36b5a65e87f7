"""First expired, first out, unit by unit: slow, and obvious."""

from collections.abc import Mapping, Sequence
from itertools import groupby

from doorstep.base.ids import LotId
from doorstep.core.stock.shelf import ShelfLot


def units_that_could_leave(
    lots: Sequence[ShelfLot], *, good_until_s: int, taken: Mapping[LotId, int]
) -> list[tuple[int, LotId]]:
    """Lay every single pack or gram that may leave in a row, the one that expires first in front."""
    row: list[tuple[int, LotId]] = []
    for x in lots:
        if not x.blocked and not x.sell_by_s < good_until_s:
            row += [(x.sell_by_s, x.lot) for unit in range(x.free) if unit >= taken.get(x.lot, 0)]
    return sorted(row)


def fefo(
    lots: Sequence[ShelfLot], *, wanted: int, good_until_s: int, taken: Mapping[LotId, int]
) -> list[tuple[LotId, int]] | int:
    """Take from the front of the row; or say how many there are where that is too few."""
    row = units_that_could_leave(lots, good_until_s=good_until_s, taken=taken)
    if len(row) < wanted:
        return len(row)
    return [(lot, len(list(units))) for (_, lot), units in groupby(row[:wanted])]
