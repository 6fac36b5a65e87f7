"""The shelf as the books know it: lots by sku, what is free of each and what is set aside."""

from collections.abc import Iterable, Sequence
from typing import ClassVar

from doorstep.base.ids import LotId, SkuId
from doorstep.ledger import MOVES_GOODS
from doorstep.model.facts import Fact
from doorstep.model.facts.goods import LotBlocked, LotReceived
from doorstep.model.transfer import Transfer


class ShelfLot:
    """One lot on the shelf: `free` can be sold, `reserved` is set aside; a blocked lot is neither sold nor picked."""

    __slots__ = ("blocked", "free", "lot", "reserved", "sell_by_s", "sku")

    def __init__(self, lot: LotId, sku: SkuId, *, sell_by_s: int, free: int = 0) -> None:
        self.lot, self.sku, self.sell_by_s = lot, sku, sell_by_s
        self.free, self.reserved, self.blocked = free, 0, False


class Shelf:
    """All lots of one site. Owned by one fold, changed in place."""

    hears: ClassVar[frozenset[type[Fact]]] = frozenset((*MOVES_GOODS, LotBlocked, LotReceived))

    __slots__ = ("_by_sku", "lots")

    def __init__(self) -> None:
        self.lots: dict[LotId, ShelfLot] = {}
        self._by_sku: dict[SkuId, list[ShelfLot]] = {}

    def of_sku(self, sku: SkuId) -> Sequence[ShelfLot]:
        """Every lot of a sku, the one that expires first in front; ties by lot id."""
        return self._by_sku.get(sku, ())

    def free_of(self, sku: SkuId, *, due_s: int, min_life_s: int) -> int:
        """How much of a sku could be promised for a doorstep at `due_s`, in packs or grams."""
        return sum(x.free for x in self.of_sku(sku) if not x.blocked and x.sell_by_s - min_life_s >= due_s)

    def apply(self, fact: Fact, transfers: Iterable[Transfer]) -> None:
        """Let a fact happen to the shelf."""
        match fact:
            case LotReceived():
                fresh = ShelfLot(fact.lot, fact.sku, sell_by_s=fact.sell_by_s)
                self.lots[fact.lot] = fresh
                row = self._by_sku.setdefault(fact.sku, [])
                row.append(fresh)
                row.sort(key=lambda x: (x.sell_by_s, x.lot))
            case LotBlocked():
                self.lots[fact.lot].blocked = True
            case _:
                pass
        for x in transfers:
            if x.asset == "fen":
                continue
            if x.source == "shelf" or x.target == "shelf" or x.source == "reserved" or x.target == "reserved":
                lot = self.lots[LotId(x.asset[4:])]
                if x.source == "shelf":
                    lot.free -= x.amount
                elif x.source == "reserved":
                    lot.reserved -= x.amount
                if x.target == "shelf":
                    lot.free += x.amount
                elif x.target == "reserved":
                    lot.reserved += x.amount
