"""The sums behind the indicators: one fold over the journal, no state of any other room."""

from typing import ClassVar

from doorstep.base.ids import LotId, OrderId, ShopperId, SkuId
from doorstep.base.units import goods_fen
from doorstep.model.facts import Fact
from doorstep.model.facts.goods import LotCounted, LotReceived, LotWasted
from doorstep.model.facts.money import PaymentAuthorised, PaymentCaptured, RefundDue
from doorstep.model.facts.orders import (
    BasketAbandoned,
    BasketRefused,
    ClaimMade,
    OrderCancelled,
    OrderHandedOver,
    OrderPlaced,
    Quoted,
    QuoteLapsed,
)
from doorstep.model.facts.site import SiteOpened, SkuListed
from doorstep.model.facts.work import LineDropped, LineSwapped
from doorstep.model.goods import Parcel, Sku
from doorstep.model.orders import Wanted


class Tally:
    """Running sums of one site's day, owned by one fold."""

    hears: ClassVar[frozenset[type[Fact]]] = frozenset(
        {
            BasketAbandoned,
            BasketRefused,
            ClaimMade,
            LineDropped,
            LineSwapped,
            LotCounted,
            LotReceived,
            LotWasted,
            OrderCancelled,
            OrderHandedOver,
            OrderPlaced,
            PaymentAuthorised,
            PaymentCaptured,
            QuoteLapsed,
            Quoted,
            RefundDue,
            SiteOpened,
            SkuListed,
        }
    )

    def __init__(self) -> None:
        self.opened_at_s = 0
        self.skus: dict[SkuId, Sku] = {}
        self.lot_sku: dict[LotId, SkuId] = {}
        self.lot_sell_by_s: dict[LotId, int] = {}
        self.shoppers: dict[ShopperId, None] = {}
        self.quotes: dict[OrderId, Quoted] = {}
        self.placed_at_s: dict[OrderId, int] = {}
        self.paid: dict[OrderId, None] = {}
        self.state: dict[OrderId, str] = {}
        self.door_s: list[int] = []
        self.life_left_bp: list[int] = []
        self.kept: dict[OrderId, bool] = {}
        self.captured_fen = self.refunded_fen = self.fees_fen = 0
        self.wanted_fen = self.delivered_fen = 0
        self.lost_baskets = self.lost_fen = 0
        self.received_cost_fen = self.waste_cost_fen = self.lost_cost_fen = 0
        self.waste_g = 0
        self.category_g: dict[str, int] = {}
        self.swaps = self.drops = self.claims = self.contactless = self.delivered = 0

    def apply(self, fact: Fact, *, at_s: int) -> None:
        """Let a fact count."""
        match fact:
            case SiteOpened():
                self.opened_at_s = at_s
            case SkuListed():
                self.skus[fact.sku] = Sku(**{x: getattr(fact, x) for x in Sku.__struct_fields__})
            case LotReceived():
                self.lot_sku[fact.lot] = fact.sku
                self.lot_sell_by_s[fact.lot] = fact.sell_by_s
                self.received_cost_fen += self._cost(fact.sku, fact.amount)
            case LotWasted():
                self.waste_cost_fen += fact.cost_fen
                self.waste_g += self.skus[fact.sku].grams(fact.amount)
            case LotCounted():
                sign = 1 if fact.lost > 0 else -1
                self.lost_cost_fen += sign * self._cost(fact.sku, abs(fact.lost))
            case _:
                self._order(fact, at_s)

    def _order(self, fact: Fact, at_s: int) -> None:
        match fact:
            case Quoted():
                self.quotes[fact.order] = fact
                self.state[fact.order] = "quoted"
                self.shoppers[fact.shopper] = None
                self.wanted_fen += self._worth(fact.lines)
            case BasketRefused():
                if fact.order not in self.quotes:
                    self.shoppers[fact.shopper] = None
                    self.wanted_fen += fact.lost_fen
                self._lose(fact.order, "refused", fact.lost_fen)
            case BasketAbandoned():
                self._lose(fact.order, "abandoned", fact.lost_fen)
            case QuoteLapsed():
                self._lose(fact.order, "lapsed", self._worth(self.quotes[fact.order].lines))
            case OrderPlaced():
                self.placed_at_s[fact.order] = at_s
                self.state[fact.order] = "placed"
            case OrderCancelled():
                self._lose(fact.order, "cancelled", self._worth(self.quotes[fact.order].lines))
                self.paid.pop(fact.order, None)
            case PaymentAuthorised():
                self.paid[fact.order] = None
                self.state[fact.order] = "paid"
            case PaymentCaptured():
                self.captured_fen += fact.amount_fen
            case RefundDue():
                self.refunded_fen += fact.amount_fen
            case LineSwapped():
                self.swaps += 1
            case LineDropped():
                self.drops += 1
            case ClaimMade():
                self.claims += 1
            case OrderHandedOver():
                self._handed_over(fact, at_s)
            case _:
                pass

    def _handed_over(self, fact: OrderHandedOver, at_s: int) -> None:
        self.state[fact.order] = "delivered"
        self.delivered += 1
        self.contactless += fact.drop != "door"
        self.kept[fact.order] = fact.late_s == 0
        self.door_s.append(at_s - self.placed_at_s[fact.order])
        for x in fact.goods:
            self._delivered(x, at_s)

    def _delivered(self, parcel: Parcel, at_s: int) -> None:
        sku = self.skus[self.lot_sku[parcel.lot]]
        grams = sku.grams(parcel.amount)
        self.category_g[sku.category] = self.category_g.get(sku.category, 0) + grams
        self.delivered_fen += sku.fen(parcel.amount)
        left_s = max(0, self.lot_sell_by_s[parcel.lot] - at_s)
        self.life_left_bp.append(min(10_000, left_s * 10_000 // sku.life_s))

    def _lose(self, order: OrderId, state: str, fen: int) -> None:
        self.state[order] = state
        self.lost_baskets += 1
        self.lost_fen += fen

    def _worth(self, lines: tuple[Wanted, ...]) -> int:
        return sum(self.skus[x.sku].fen(x.amount) for x in lines)

    def _cost(self, sku: SkuId, amount: int) -> int:
        return goods_fen(amount, price_fen=self.skus[sku].cost_fen, sold_by=self.skus[sku].sold_by)
