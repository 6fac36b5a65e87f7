"""The picking floor: orders that wait, waves under way, and who is free."""

from typing import ClassVar

from doorstep.base.ids import OrderId, PickerId, SkuId, WaveId
from doorstep.model.facts import Fact
from doorstep.model.facts.money import PaymentAuthorised
from doorstep.model.facts.orders import OrderCancelled, OrderPacked, OrderPlaced, Quoted
from doorstep.model.facts.site import PickerEnded, PickerStarted, SkuListed
from doorstep.model.facts.work import WaveEnded, WaveStarted
from doorstep.model.orders import Taken


class Waiting:
    """An order the pickers know of."""

    __slots__ = ("lines", "order", "promised_at_s")

    def __init__(self, order: OrderId, *, promised_at_s: int) -> None:
        self.order, self.promised_at_s = order, promised_at_s
        self.lines: tuple[Taken, ...] = ()


class Floor:
    """State of the pick room, owned by one fold. `waves` maps a wave to the orders that are still in its cart."""

    hears: ClassVar[frozenset[type[Fact]]] = frozenset(
        {
            OrderCancelled,
            OrderPacked,
            OrderPlaced,
            PaymentAuthorised,
            PickerEnded,
            PickerStarted,
            Quoted,
            SkuListed,
            WaveEnded,
            WaveStarted,
        }
    )

    __slots__ = ("aisle", "by_order", "group", "pickers", "queue", "waves", "waves_begun", "weighed")

    def __init__(self) -> None:
        self.by_order: dict[OrderId, Waiting] = {}
        self.queue: dict[OrderId, None] = {}
        self.waves: dict[WaveId, dict[OrderId, None]] = {}
        self.pickers: dict[PickerId, WaveId | None] = {}
        self.waves_begun = 0
        self.aisle: dict[SkuId, int] = {}
        self.weighed: dict[SkuId, bool] = {}
        self.group: dict[str, list[SkuId]] = {}

    def apply(self, fact: Fact) -> None:
        """Let a fact happen to the floor."""
        match fact:
            case SkuListed():
                self.aisle[fact.sku] = fact.aisle
                self.weighed[fact.sku] = fact.sold_by == "g"
                self.group.setdefault(fact.swap_group, []).append(fact.sku)
            case Quoted():
                self.by_order[fact.order] = Waiting(fact.order, promised_at_s=fact.promised_at_s)
            case OrderPlaced():
                self.by_order[fact.order].lines = fact.lines
            case PaymentAuthorised():
                self.queue[fact.order] = None
            case OrderCancelled():
                self.queue.pop(fact.order, None)
                self._leave_cart(fact.order)
            case WaveStarted():
                for order in fact.orders:
                    del self.queue[order]
                self.waves[fact.wave] = dict.fromkeys(fact.orders)
                self.pickers[fact.picker] = fact.wave
                self.waves_begun += 1
            case OrderPacked():
                self._leave_cart(fact.order)
            case WaveEnded():
                self.pickers[fact.picker] = None
                del self.waves[fact.wave]
            case PickerStarted():
                self.pickers[fact.picker] = None
            case PickerEnded():
                del self.pickers[fact.picker]
            case _:
                pass

    def _leave_cart(self, order: OrderId) -> None:
        for cart in self.waves.values():
            cart.pop(order, None)
