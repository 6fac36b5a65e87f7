"""What the page of a day must know, gathered from the facts as they happen."""

from typing import ClassVar, Final

from msgspec import Struct

from doorstep.base.ids import CourierId, LotId, OrderId, PickerId, SkuId, TripId, WaveId
from doorstep.base.units import goods_fen
from doorstep.journal import Entry
from doorstep.model.facts import Fact
from doorstep.model.facts.goods import LotBlocked, LotCounted, LotRecalled, LotReceived, LotWasted
from doorstep.model.facts.money import PaymentAuthorised, RefundDue
from doorstep.model.facts.orders import (
    BasketAbandoned,
    BasketRefused,
    OrderCancelled,
    OrderHandedOver,
    OrderPacked,
    OrderPlaced,
    Quoted,
    QuoteLapsed,
)
from doorstep.model.facts.site import (
    CourierEnded,
    CourierStarted,
    PickerEnded,
    PickerStarted,
    SiteOpened,
    SkuListed,
    SkuPriced,
    WorkerMissing,
)
from doorstep.model.facts.work import (
    CourierArrived,
    LineMissed,
    TripDeparted,
    TripEnded,
    TripPlanned,
    TripReason,
    WaveEnded,
    WaveStarted,
)
from doorstep.model.goods import Sku
from doorstep.model.orders import PromiseReason, Wanted
from doorstep.model.people import Place

LIFE_BINS: Final = 20
"""Life left at handover is counted in twentieths of a fresh lot's life."""


class Told(Struct, kw_only=True):
    """One basket from the click on: what was promised, and when it came to what."""

    order: OrderId
    asked_at_s: int
    at: Place | None = None
    lines: tuple[Wanted, ...] = ()
    missing: tuple[int, ...] = ()
    promised_at_s: int = 0
    why: PromiseReason | None = None
    placed_at_s: int | None = None
    paid_at_s: int | None = None
    wave_at_s: int | None = None
    packed_at_s: int | None = None
    departed_at_s: int | None = None
    arrived_at_s: int | None = None
    handed_over_at_s: int | None = None
    late_s: int = 0
    trip: TripId | None = None
    lost: bool = False


class Lost(Struct, frozen=True, kw_only=True):
    """A basket that came to nothing: why, and what it was worth at list prices."""

    at_s: int
    order: OrderId
    cause: str
    fen: int
    lines: int


class Ridden(Struct, kw_only=True):
    """One trip as it was ridden."""

    trip: TripId
    courier: CourierId
    orders: tuple[OrderId, ...]
    planned_at_s: int
    why: TripReason
    departed_at_s: int | None = None
    ended_at_s: int | None = None


class Span(Struct, kw_only=True):
    """Somebody at work from one instant to another; until the close where nobody said otherwise."""

    begins_at_s: int
    ends_at_s: int | None = None


class Category(Struct, kw_only=True):
    """What a category of goods lost, in fen: waste and counts at cost, sales at list prices."""

    waste_fen: int = 0
    missing_fen: int = 0
    lost_fen: int = 0
    left_out_fen: int = 0


class Gathered:
    """The day as the page needs it. Owned by one fold, changed in place."""

    hears: ClassVar[frozenset[type[Fact]]] = frozenset(
        {
            *(BasketAbandoned, BasketRefused, CourierArrived, CourierEnded, CourierStarted, LineMissed, LotBlocked),
            *(LotCounted, LotRecalled, LotReceived, LotWasted, OrderCancelled, OrderHandedOver, OrderPacked),
            *(OrderPlaced, PaymentAuthorised, PickerEnded, PickerStarted, Quoted, QuoteLapsed, RefundDue),
            *(SiteOpened, SkuListed, SkuPriced, TripDeparted, TripEnded, TripPlanned, WaveEnded, WaveStarted),
            WorkerMissing,
        }
    )

    def __init__(self) -> None:
        self.opened: SiteOpened | None = None
        self.told: dict[OrderId, Told] = {}
        self.lost: list[Lost] = []
        self.trips: dict[TripId, Ridden] = {}
        self.waves: dict[WaveId, Span] = {}
        self.pickers: dict[PickerId, Span] = {}
        self.couriers: dict[CourierId, Span] = {}
        self.categories: dict[str, Category] = {}
        self.life: dict[str, list[int]] = {}
        self.lots: dict[LotId, LotReceived] = {}
        self.reached: dict[LotId, OrderId] = {}
        self.warm: dict[tuple[int, str], list[LotReceived]] = {}
        self.blocked: dict[LotId, None] = {}
        self.recalls: list[tuple[int, LotRecalled]] = []
        self.recall_fen: dict[str, int] = {}
        self.counts: list[tuple[int, LotCounted]] = []
        self.missed: dict[LotId, OrderId] = {}
        self.wasted: list[tuple[int, LotWasted]] = []
        self.absent: list[tuple[int, WorkerMissing]] = []
        self.skus: dict[SkuId, Sku] = {}
        self._price_fen: dict[SkuId, int] = {}
        self._at_s = 0

    def hear(self, entry: Entry, _digest: str) -> None:
        """Take the next fact of the journal; most are of no concern here."""
        if type(entry.fact) in self.hears:
            self.see(entry)

    def see(self, entry: Entry) -> None:
        """Let a fact leave its trace."""
        fact, self._at_s = entry.fact, entry.at_s
        match fact:
            case SiteOpened():
                self.opened = fact
            case SkuListed():
                self.skus[fact.sku] = Sku(**{x: getattr(fact, x) for x in Sku.__struct_fields__})
                self._price_fen[fact.sku] = fact.price_fen
            case SkuPriced():
                self._price_fen[fact.sku] = fact.price_fen
            case LotReceived() | LotBlocked() | LotRecalled() | LotCounted() | LotWasted():
                self._goods(fact)
            case Quoted() | BasketRefused() | BasketAbandoned() | QuoteLapsed() | OrderCancelled():
                self._basket(fact)
            case OrderPlaced() | PaymentAuthorised() | OrderPacked() | CourierArrived() | OrderHandedOver():
                self._order(fact)
            case _:
                self._work(fact)

    def cost_fen(self, sku: SkuId, amount: int) -> int:
        """Cost of an amount, in fen."""
        return goods_fen(amount, price_fen=self.skus[sku].cost_fen, sold_by=self.skus[sku].sold_by)

    def _goods(self, fact: LotReceived | LotBlocked | LotRecalled | LotCounted | LotWasted) -> None:
        match fact:
            case LotReceived():
                self.lots[fact.lot] = fact
                if fact.peak_c10 is not None:
                    self.warm.setdefault((self._at_s, fact.supplier), []).append(fact)
            case LotBlocked():
                self.blocked[fact.lot] = None
            case LotRecalled():
                self.recalls.append((self._at_s, fact))
            case LotCounted():
                sign = 1 if fact.lost > 0 else -1
                self._of(fact.sku).missing_fen += sign * self.cost_fen(fact.sku, abs(fact.lost))
                self.counts.append((self._at_s, fact))
            case LotWasted():
                self._of(fact.sku).waste_fen += fact.cost_fen
                self.wasted.append((self._at_s, fact))

    def _basket(self, fact: Quoted | BasketRefused | BasketAbandoned | QuoteLapsed | OrderCancelled) -> None:
        told = self.told.setdefault(fact.order, Told(order=fact.order, asked_at_s=self._at_s))
        match fact:
            case Quoted():
                told.at, told.lines, told.missing = fact.at, fact.lines, fact.missing
                told.promised_at_s, told.why = fact.promised_at_s, fact.why
            case BasketRefused():
                told.lines = fact.lines
                self._lose(told, fact.cause, today=True)
            case BasketAbandoned():
                self._lose(told, f"left_{fact.cause}", today=True)
            case QuoteLapsed():
                self._lose(told, "unanswered", today=False)
            case OrderCancelled():
                self._lose(told, fact.cause, today=False)

    def _lose(self, told: Told, cause: str, *, today: bool) -> None:
        """Book a lost basket as the indicator does: lapsed and cancelled ones at the prices of the morning."""
        told.lost = True
        fen = 0
        for x in told.lines:
            worth_fen = self._worth(x) if today else self.skus[x.sku].fen(x.amount)
            self._of(x.sku).lost_fen += worth_fen
            fen += worth_fen
        self.lost.append(Lost(at_s=self._at_s, order=told.order, cause=cause, fen=fen, lines=len(told.lines)))

    def _order(self, fact: OrderPlaced | PaymentAuthorised | OrderPacked | CourierArrived | OrderHandedOver) -> None:
        told = self.told[fact.order]
        match fact:
            case OrderPlaced():
                told.placed_at_s = self._at_s
                gone = {*told.missing, *fact.short}
                for x in told.lines:
                    if x.line in gone:
                        self._of(x.sku).left_out_fen += self._worth(x)
            case PaymentAuthorised():
                told.paid_at_s = self._at_s
            case OrderPacked():
                told.packed_at_s = self._at_s
            case CourierArrived():
                told.arrived_at_s = self._at_s
            case OrderHandedOver():
                told.handed_over_at_s, told.late_s, told.trip = self._at_s, fact.late_s, fact.trip
                for parcel in fact.goods:
                    lot = self.lots[parcel.lot]
                    self.reached.setdefault(parcel.lot, fact.order)
                    sku = self.skus[lot.sku]
                    left_s = max(0, lot.sell_by_s - self._at_s)
                    bins = self.life.setdefault(sku.zone, [0] * LIFE_BINS)
                    bins[min(LIFE_BINS - 1, left_s * LIFE_BINS // sku.life_s)] += 1

    def _work(self, fact: Fact) -> None:
        match fact:
            case WaveStarted():
                self.waves[fact.wave] = Span(begins_at_s=self._at_s)
                for order in fact.orders:
                    self.told[order].wave_at_s = self._at_s
            case WaveEnded():
                self.waves[fact.wave].ends_at_s = self._at_s
            case TripPlanned():
                self.trips[fact.trip] = Ridden(
                    trip=fact.trip,
                    courier=fact.courier,
                    orders=fact.orders,
                    planned_at_s=self._at_s,
                    why=fact.why,
                )
            case TripDeparted():
                self.trips[fact.trip].departed_at_s = self._at_s
                for order in self.trips[fact.trip].orders:
                    self.told[order].departed_at_s = self._at_s
            case TripEnded():
                self.trips[fact.trip].ended_at_s = self._at_s
            case PickerStarted():
                self.pickers[fact.picker] = Span(begins_at_s=self._at_s)
            case PickerEnded():
                self.pickers[fact.picker].ends_at_s = self._at_s
            case CourierStarted():
                self.couriers[fact.courier] = Span(begins_at_s=self._at_s)
            case CourierEnded():
                self.couriers[fact.courier].ends_at_s = self._at_s
            case WorkerMissing():
                self.absent.append((self._at_s, fact))
            case LineMissed():
                self.missed[fact.lot] = fact.order
            case RefundDue() if fact.cause == "recall":
                self.recall_fen[fact.ref] = self.recall_fen.get(fact.ref, 0) + fact.amount_fen
            case _:
                pass

    def _of(self, sku: SkuId) -> Category:
        return self.categories.setdefault(self.skus[sku].category, Category())

    def _worth(self, wanted: Wanted) -> int:
        sold_by = self.skus[wanted.sku].sold_by
        return goods_fen(wanted.amount, price_fen=self._price_fen[wanted.sku], sold_by=sold_by)
