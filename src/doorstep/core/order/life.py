"""The state of every order, and how facts change it."""

import itertools
from typing import ClassVar, Literal

from msgspec import Struct

from doorstep.base.ids import ClaimId, LotId, OrderId, SkuId
from doorstep.base.units import GRAMS_PER_KG, half_up
from doorstep.model.facts import Fact
from doorstep.model.facts.money import PaymentAuthorised, PaymentCaptured, RefundDue
from doorstep.model.facts.orders import (
    BasketAbandoned,
    BasketRefused,
    ClaimMade,
    DropCollected,
    OrderCancelled,
    OrderHandedOver,
    OrderLoaded,
    OrderPacked,
    OrderPlaced,
    Quoted,
    QuoteLapsed,
)
from doorstep.model.facts.site import SkuListed, SkuPriced
from doorstep.model.facts.work import LineMissed, LinePicked, LineSwapped, WaveStarted
from doorstep.model.goods import Parcel, Sku
from doorstep.model.orders import Drop, Swap

Status = Literal[
    "quoted",
    "refused",
    "abandoned",
    "lapsed",
    "placed",
    "paid",
    "picking",
    "packed",
    "carried",
    "delivered",
    "cancelled",
]


class Held(Struct, frozen=True, array_like=True):
    """Goods of one lot set aside for a line, and the price they will be charged at."""

    sku: SkuId
    amount: int
    price_fen: int


class Picked(Struct, frozen=True, array_like=True):
    """Goods of one lot in the bag, and the price they are charged at, per pack or per kilogram."""

    lot: LotId
    sku: SkuId
    amount: int
    price_fen: int


class LineState:
    """
    One line of an order: what is set aside for it, what lies in the bag, what was given back of its price.

    `amount` is what was ordered; `swapped` that something stands in for (a part of) it.
    """

    __slots__ = ("amount", "held", "line", "picked", "price_fen", "refunded_fen", "sku", "swap", "swapped")

    def __init__(self, line: int, sku: SkuId, amount: int, price_fen: int, swap: Swap) -> None:
        self.line, self.sku, self.amount, self.price_fen, self.swap = line, sku, amount, price_fen, swap
        self.swapped, self.refunded_fen = False, 0
        self.held: dict[LotId, Held] = {}
        self.picked: list[Picked] = []

    def hold(self, parcels: tuple[Parcel, ...], *, sku: SkuId, price_fen: int) -> None:
        """Set more aside for this line."""
        for x in parcels:
            before = self.held[x.lot].amount if x.lot in self.held else 0
            self.held[x.lot] = Held(sku, before + x.amount, price_fen)

    def wanted_of(self, lot: LotId) -> int:
        """How much of a lot that is set aside is still needed: what was ordered less what lies in the bag."""
        return max(0, min(self.held[lot].amount, self.amount - sum(x.amount for x in self.picked)))


class OrderState:
    """
    One order from its quote on. Instants and fen are 0 until they are known.

    `prices` are those of the instant of the quote, by line: nobody agreed to pay more.
    """

    __slots__ = (
        "captured",
        "delivered_at_s",
        "drop",
        "due_fen",
        "fee_fen",
        "late_s",
        "lines",
        "order",
        "place_held",
        "placed_at_s",
        "prices",
        "quote",
        "refunded_fen",
        "refunds",
        "status",
    )

    status: Status

    def __init__(self, quote: Quoted, *, prices: dict[int, int]) -> None:
        self.prices = prices
        self.order, self.quote, self.status = quote.order, quote, "quoted"
        self.lines: dict[int, LineState] = {}
        self.fee_fen = self.due_fen = self.refunded_fen = self.refunds = 0
        self.placed_at_s = self.delivered_at_s = self.late_s = 0
        self.captured = False
        self.drop: Drop = quote.drop
        self.place_held: Drop | None = None

    def goods(self) -> tuple[Parcel, ...]:
        """Everything in the bags, by lot, in order of line."""
        total: dict[LotId, int] = {}
        for line in self.lines.values():
            for x in line.picked:
                total[x.lot] = total.get(x.lot, 0) + x.amount
        return tuple(Parcel(lot, amount) for lot, amount in total.items() if amount)

    def bag(self) -> list[tuple[SkuId, int]]:
        """Sku and amount of everything in the bags."""
        return [(x.sku, x.amount) for line in self.lines.values() for x in line.picked]

    def held(self) -> tuple[Parcel, ...]:
        """Everything still set aside, by lot."""
        total: dict[LotId, int] = {}
        for line in self.lines.values():
            for lot, x in line.held.items():
                total[lot] = total.get(lot, 0) + x.amount
        return tuple(Parcel(lot, amount) for lot, amount in total.items() if amount)


class Orders:
    """All orders of one site and day, the catalogue they are priced by, and the shared places they wait in."""

    hears: ClassVar[frozenset[type[Fact]]] = frozenset(
        {
            BasketAbandoned,
            BasketRefused,
            ClaimMade,
            DropCollected,
            LineMissed,
            LinePicked,
            LineSwapped,
            OrderCancelled,
            OrderHandedOver,
            OrderLoaded,
            OrderPacked,
            OrderPlaced,
            PaymentAuthorised,
            PaymentCaptured,
            QuoteLapsed,
            Quoted,
            RefundDue,
            SkuListed,
            SkuPriced,
            WaveStarted,
        }
    )

    __slots__ = ("by_id", "claims", "keys", "locker_used", "shelf_used", "skus", "unsettled")

    def __init__(self) -> None:
        self.claims: dict[ClaimId, None] = {}
        self.by_id: dict[OrderId, OrderState] = {}
        self.keys: dict[str, OrderId] = {}
        self.skus: dict[SkuId, Sku] = {}
        self.locker_used = self.shelf_used = 0
        self.unsettled: dict[OrderId, None] = {}

    def line_fen(self, line: LineState) -> int:
        """Price a line at the amounts in the bag, in fen."""
        return sum(self.parts_fen(line))

    def parts_fen(self, line: LineState) -> list[int]:
        """
        Price what is in the bag part by part, in fen.

        The line is rounded once: parts are differences of running sums, so that a line out of two lots costs no more
        than one on one scale, and never more than the estimate.
        """
        sums, packs_fen, grams_fen = [0], 0, 0
        for x in line.picked:
            if self.skus[x.sku].sold_by == "pack":
                packs_fen += x.amount * x.price_fen
            else:
                grams_fen += x.amount * x.price_fen
            sums.append(packs_fen + half_up(grams_fen, GRAMS_PER_KG))
        return [b - a for a, b in itertools.pairwise(sums)]

    def bill_fen(self, order: OrderState) -> int:
        """Price an order at the amounts in its bags, delivery included, in fen."""
        return order.fee_fen + sum(self.line_fen(x) for x in order.lines.values())

    def apply(self, fact: Fact, *, at_s: int) -> None:
        """Let a fact happen to the orders."""
        match fact:
            case SkuListed():
                self.skus[fact.sku] = Sku(**{x: getattr(fact, x) for x in Sku.__struct_fields__})
            case SkuPriced():
                old = self.skus[fact.sku]
                fields = {x: getattr(old, x) for x in Sku.__struct_fields__}
                self.skus[fact.sku] = Sku(**{**fields, "price_fen": fact.price_fen})
            case Quoted():
                prices = {x.line: self.skus[x.sku].price_fen for x in fact.lines}
                self.by_id[fact.order] = OrderState(fact, prices=prices)
                self.unsettled[fact.order] = None
            case BasketAbandoned():
                self._end(fact.order, "abandoned")
            case QuoteLapsed():
                self._end(fact.order, "lapsed")
            case BasketRefused() if fact.order in self.by_id:
                self._end(fact.order, "refused")
            case OrderPlaced():
                self._placed(fact, at_s)
            case PaymentAuthorised():
                self.by_id[fact.order].status = "paid"
            case WaveStarted():
                for order in fact.orders:
                    self.by_id[order].status = "picking"
            case LinePicked():
                line = self.by_id[fact.order].lines[fact.line]
                held = line.held.pop(fact.lot)
                if fact.amount:
                    line.picked.append(Picked(fact.lot, held.sku, fact.amount, held.price_fen))
            case LineMissed():
                self.by_id[fact.order].lines[fact.line].held.pop(fact.lot)
            case LineSwapped():
                line = self.by_id[fact.order].lines[fact.line]
                line.swapped = True
                line.hold(fact.held, sku=fact.sku, price_fen=fact.price_fen)
            case OrderPacked():
                state = self.by_id[fact.order]
                state.status, state.due_fen = "packed", fact.due_fen
            case OrderLoaded():
                self.by_id[fact.order].status = "carried"
            case OrderCancelled():
                state = self.by_id[fact.order]
                for line in state.lines.values():
                    line.held.clear()
                self._end(fact.order, "cancelled")
            case PaymentCaptured():
                self.by_id[fact.order].captured = True
            case OrderHandedOver():
                self._handed_over(fact, at_s)
            case ClaimMade():
                self.claims[fact.claim] = None
            case DropCollected():
                self._free_place(self.by_id[fact.order])
            case RefundDue():
                state = self.by_id[fact.order]
                state.refunded_fen += fact.amount_fen
                state.refunds += 1
                if fact.line:
                    state.lines[fact.line].refunded_fen += fact.amount_fen
            case _:
                pass

    def _placed(self, fact: OrderPlaced, at_s: int) -> None:
        state = self.by_id[fact.order]
        state.status, state.placed_at_s, state.fee_fen = "placed", at_s, fact.fee_fen
        self.keys[fact.key] = fact.order
        for x in fact.lines:
            line = LineState(x.line, x.sku, x.amount, x.price_fen, x.swap)
            line.hold(x.held, sku=x.sku, price_fen=x.price_fen)
            state.lines[x.line] = line

    def _handed_over(self, fact: OrderHandedOver, at_s: int) -> None:
        state = self.by_id[fact.order]
        state.delivered_at_s, state.late_s, state.drop = at_s, fact.late_s, fact.drop
        self._end(fact.order, "delivered")
        if fact.drop == "locker":
            self.locker_used += 1
            state.place_held = "locker"
        elif fact.drop == "shelf":
            self.shelf_used += 1
            state.place_held = "shelf"

    def _free_place(self, state: OrderState) -> None:
        if state.place_held == "locker":
            self.locker_used -= 1
        elif state.place_held == "shelf":
            self.shelf_used -= 1
        state.place_held = None

    def _end(self, order: OrderId, status: Status) -> None:
        self.by_id[order].status = status
        self.unsettled.pop(order, None)
