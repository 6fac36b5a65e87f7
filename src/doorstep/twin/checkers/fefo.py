"""First expired, first out, with enough life left at the doorstep."""

from collections.abc import Iterable
from typing import ClassVar

from doorstep.app.certificate import Violation
from doorstep.base.ids import LotId, OrderId, SkuId
from doorstep.journal import Entry
from doorstep.ledger import MOVES_GOODS
from doorstep.model.facts import Fact
from doorstep.model.facts.goods import LotBlocked, LotReceived
from doorstep.model.facts.orders import OrderPlaced, Quoted
from doorstep.model.facts.site import SkuListed
from doorstep.model.facts.work import LineMissed, LinePicked, LineSwapped
from doorstep.model.goods import Parcel


class FefoLaw:
    """
    Nothing fresher is set aside while something older that would still be good at the doorstep is free.

    The lot that a picker has just found empty does not count, whatever the books say until it is counted.
    """

    law = "fefo"
    hears: ClassVar[frozenset[type[Fact]]] = frozenset((*MOVES_GOODS, LotBlocked, Quoted, SkuListed))

    def __init__(self) -> None:
        self._min_life_s: dict[SkuId, int] = {}
        self._lots: dict[SkuId, list[LotId]] = {}
        self._sell_by_s: dict[LotId, int] = {}
        self._blocked: dict[LotId, None] = {}
        self._free: dict[str, int] = {}
        self._due_s: dict[OrderId, int] = {}
        self._doubted: tuple[OrderId, int, LotId] | None = None

    def see(self, entry: Entry) -> None:
        """Check what is set aside, then follow the shelf."""
        fact = entry.fact
        match fact:
            case SkuListed():
                self._min_life_s[fact.sku] = fact.min_life_s
            case LotReceived():
                self._lots.setdefault(fact.sku, []).append(fact.lot)
                self._sell_by_s[fact.lot] = fact.sell_by_s
            case LotBlocked():
                self._blocked[fact.lot] = None
            case Quoted():
                self._due_s[fact.order] = fact.promised_at_s
            case OrderPlaced():
                for x in fact.lines:
                    self._check(entry.seq, fact.order, x.sku, x.held, doubted=None)
                    self._move_held(x.held)
                return
            case LineSwapped():
                doubted = None
                if self._doubted is not None and self._doubted[:2] == (fact.order, fact.line):
                    doubted = self._doubted[2]
                self._check(entry.seq, fact.order, fact.sku, fact.held, doubted=doubted)
            case LinePicked() | LineMissed():
                self._doubted = (fact.order, fact.line, fact.lot)
            case _:
                pass
        for t in entry.transfers:
            if t.source == "shelf":
                self._free[t.asset] = self._free.get(t.asset, 0) - t.amount
            elif t.target == "shelf":
                self._free[t.asset] = self._free.get(t.asset, 0) + t.amount

    def close(self, seq: int) -> None:
        """Nothing more to say."""

    def _move_held(self, held: Iterable[Parcel]) -> None:
        for x in held:
            self._free[f"lot:{x.lot}"] = self._free.get(f"lot:{x.lot}", 0) - x.amount

    def _check(self, seq: int, order: OrderId, sku: SkuId, held: tuple[Parcel, ...], *, doubted: LotId | None) -> None:
        good_until_s = self._due_s[order] + self._min_life_s[sku]
        taken = {x.lot: x.amount for x in held}
        freshest = max(((self._sell_by_s[x], x) for x in taken), default=(0, LotId("")))
        for lot in taken:
            if self._sell_by_s[lot] < good_until_s:
                raise Violation(self.law, seq, f"{order} gets lot {lot}, too old at its doorstep")
            if lot in self._blocked:
                raise Violation(self.law, seq, f"{order} gets lot {lot}, which is blocked")
        for lot in self._lots[sku]:
            older = (self._sell_by_s[lot], lot) < freshest
            sellable = self._sell_by_s[lot] >= good_until_s and lot not in self._blocked
            left = self._free.get(f"lot:{lot}", 0) - taken.get(lot, 0)
            if older and sellable and left > 0 and lot != doubted:
                raise Violation(
                    self.law, seq, f"{order} gets lot {freshest[1]} while {left} of older lot {lot} are free"
                )
