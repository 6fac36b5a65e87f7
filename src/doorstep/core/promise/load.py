"""How busy the site is: work waiting for pickers, orders waiting for couriers, capacity promised by slot."""

from typing import ClassVar

from doorstep.base.ids import CourierId, OrderId, PickerId
from doorstep.base.units import HOUR_S
from doorstep.core.promise.params import PromiseParams
from doorstep.model.facts import Fact
from doorstep.model.facts.orders import (
    BasketAbandoned,
    BasketRefused,
    OrderCancelled,
    OrderLoaded,
    OrderPlaced,
    Quoted,
    QuoteLapsed,
)
from doorstep.model.facts.site import (
    BreakEnded,
    BreakStarted,
    CourierEnded,
    CourierRostered,
    CourierStarted,
    PickerEnded,
    PickerRostered,
    PickerStarted,
    WorkerMissing,
)
from doorstep.model.facts.work import TripEnded, TripPlanned, WaveEnded, WaveStarted
from doorstep.model.pace import Pace


class Load:
    """
    The promise room's view of the site, owned by one fold.

    `queue` holds the lines of each order that no picker has begun, `undispatched` the orders that are not in a box
    yet, `promised` the slot each live quote or order takes capacity of.
    """

    hears: ClassVar[frozenset[type[Fact]]] = frozenset(
        {
            BasketAbandoned,
            BasketRefused,
            BreakEnded,
            BreakStarted,
            CourierEnded,
            CourierRostered,
            CourierStarted,
            OrderCancelled,
            OrderLoaded,
            OrderPlaced,
            PickerEnded,
            PickerRostered,
            PickerStarted,
            QuoteLapsed,
            Quoted,
            TripEnded,
            TripPlanned,
            WaveEnded,
            WaveStarted,
            WorkerMissing,
        }
    )

    __slots__ = (
        "_capacity",
        "courier_breaks",
        "courier_free_s",
        "courier_shifts",
        "pace",
        "picker_free_s",
        "picker_shifts",
        "promised",
        "queue",
        "undispatched",
        "used",
    )

    def __init__(self) -> None:
        self._capacity: dict[int, int] = {}
        self.pace = Pace()
        self.queue: dict[OrderId, int] = {}
        self.undispatched: dict[OrderId, None] = {}
        self.promised: dict[OrderId, int] = {}
        self.used: dict[int, int] = {}
        self.picker_free_s: dict[PickerId, int] = {}
        self.courier_free_s: dict[CourierId, int] = {}
        self.picker_shifts: dict[str, tuple[int, int]] = {}
        self.courier_shifts: dict[str, tuple[int, int]] = {}
        self.courier_breaks: dict[str, tuple[int, int, int]] = {}

    def capacity(self, slot: int, params: PromiseParams) -> int:
        """
        How many promises may fall into a half hour.

        The smaller of what the rostered couriers and the rostered pickers can do in it; people who were missing do
        not count.
        """
        if slot in self._capacity:
            return self._capacity[slot]
        start_s, end_s = slot * params.slot_s, (slot + 1) * params.slot_s
        couriers = _overlap_s(self.courier_shifts, start_s, end_s) - self._resting_s(start_s, end_s)
        couriers = max(0, couriers) * params.orders_per_courier_hour_e2
        pickers = _overlap_s(self.picker_shifts, start_s, end_s) * params.orders_per_picker_hour_e2
        self._capacity[slot] = min(couriers, pickers) // (100 * HOUR_S)
        return self._capacity[slot]

    def apply(self, fact: Fact, *, at_s: int, slot_s: int) -> None:
        """Let a fact happen to the load."""
        match fact:
            case Quoted():
                slot = fact.promised_at_s // slot_s
                self.promised[fact.order] = slot
                self.used[slot] = self.used.get(slot, 0) + 1
            case BasketAbandoned() | QuoteLapsed() | BasketRefused():
                self._release(fact.order)
            case OrderPlaced():
                self.queue[fact.order] = len(fact.lines)
                self.undispatched[fact.order] = None
            case OrderCancelled():
                self._release(fact.order)
                self.queue.pop(fact.order, None)
                self.undispatched.pop(fact.order, None)
            case WaveStarted():
                self.picker_free_s[fact.picker] = at_s + fact.expected_s
                for order in fact.orders:
                    self.queue.pop(order, None)
            case WaveEnded():
                self.picker_free_s[fact.picker] = at_s
            case TripPlanned():
                self.courier_free_s[fact.courier] = fact.back_at_s
                self.pace.left(fact.trip, at_s, fact.back_at_s)
            case OrderLoaded():
                self.undispatched.pop(fact.order, None)
            case TripEnded():
                self.courier_free_s[fact.courier] = at_s
                self.pace.ended(fact.trip, at_s)
            case BreakStarted():
                self.courier_free_s[fact.courier] = fact.until_at_s
            case BreakEnded():
                self.courier_free_s[fact.courier] = at_s
            case PickerStarted():
                self.picker_free_s[fact.picker] = at_s
            case CourierStarted():
                self.courier_free_s[fact.courier] = at_s
            case PickerEnded():
                self.picker_free_s.pop(fact.picker, None)
            case CourierEnded():
                self.courier_free_s.pop(fact.courier, None)
            case PickerRostered():
                self.picker_shifts[fact.picker] = (fact.on_at_s, fact.off_at_s)
                self._capacity.clear()
            case CourierRostered():
                self.courier_shifts[fact.courier] = (fact.on_at_s, fact.off_at_s)
                if fact.break_s:
                    self.courier_breaks[fact.courier] = (fact.break_from_at_s, fact.break_to_at_s, fact.break_s)
                self._capacity.clear()
            case WorkerMissing():
                shifts = self.picker_shifts if fact.role == "picker" else self.courier_shifts
                shifts.pop(fact.worker, None)
                self._capacity.clear()
            case _:
                pass

    def _resting_s(self, start_s: int, end_s: int) -> int:
        """Tell how much of a time falls to breaks, each spread evenly over when it may be; seconds, rounded up."""
        total_s = 0
        for courier, (from_s, to_s, break_s) in self.courier_breaks.items():
            if courier in self.courier_shifts:
                inside_s = max(0, min(to_s + break_s, end_s) - max(from_s, start_s))
                total_s += -(-break_s * inside_s // (to_s + break_s - from_s))
        return total_s

    def _release(self, order: OrderId) -> None:
        slot = self.promised.pop(order, None)
        if slot is not None:
            self.used[slot] -= 1


def _overlap_s(shifts: dict[str, tuple[int, int]], start_s: int, end_s: int) -> int:
    return sum(max(0, min(off_s, end_s) - max(on_s, start_s)) for on_s, off_s in shifts.values())
