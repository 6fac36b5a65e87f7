"""Promises within capacity: nobody is promised what the people on today's roster could not bring."""

from fractions import Fraction
from typing import ClassVar

from msgspec import convert

from doorstep.app.certificate import Violation
from doorstep.base.ids import OrderId
from doorstep.core.promise import PromiseParams
from doorstep.journal import Entry
from doorstep.model.facts import Fact
from doorstep.model.facts.orders import (
    BasketAbandoned,
    BasketRefused,
    OrderCancelled,
    OrderHandedOver,
    Quoted,
    QuoteLapsed,
)
from doorstep.model.facts.site import CourierRostered, PickerRostered, SiteOpened, WorkerMissing


class PromisesLaw:
    """
    In every half hour, live promises never exceed what the rostered couriers and pickers can do in it.

    Lateness is measured against the promise that was quoted, to the second.
    """

    law = "promises"
    hears: ClassVar[frozenset[type[Fact]]] = frozenset(
        {
            BasketAbandoned,
            BasketRefused,
            CourierRostered,
            OrderCancelled,
            OrderHandedOver,
            PickerRostered,
            QuoteLapsed,
            Quoted,
            SiteOpened,
            WorkerMissing,
        }
    )

    def __init__(self) -> None:
        self._params = PromiseParams()
        self._couriers: dict[str, tuple[int, int]] = {}
        self._breaks: dict[str, tuple[int, int, int]] = {}
        self._pickers: dict[str, tuple[int, int]] = {}
        self._slots: dict[int, dict[OrderId, None]] = {}
        self._due_s: dict[OrderId, int] = {}
        self._room: dict[int, int] = {}

    def see(self, entry: Entry) -> None:
        """Check one fact."""
        fact = entry.fact
        match fact:
            case SiteOpened():
                self._params = convert(fact.params.get("promise", {}), PromiseParams)
            case CourierRostered():
                self._room.clear()
                self._couriers[fact.courier] = (fact.on_at_s, fact.off_at_s)
                self._breaks[fact.courier] = (fact.break_from_at_s, fact.break_to_at_s + fact.break_s, fact.break_s)
            case PickerRostered():
                self._room.clear()
                self._pickers[fact.picker] = (fact.on_at_s, fact.off_at_s)
            case WorkerMissing():
                self._room.clear()
                (self._couriers if fact.role == "courier" else self._pickers).pop(fact.worker, None)
            case Quoted():
                self._quoted(fact, entry)
            case BasketAbandoned() | QuoteLapsed() | OrderCancelled():
                self._release(fact.order)
            case BasketRefused() if fact.order in self._due_s:
                self._release(fact.order)
            case OrderHandedOver():
                late_s = max(0, entry.at_s - self._due_s[fact.order])
                if late_s != fact.late_s:
                    raise Violation(self.law, entry.seq, f"{fact.order} is {late_s} s late, not {fact.late_s}")
            case _:
                pass

    def close(self, seq: int) -> None:
        """Nothing more to say."""

    def _quoted(self, fact: Quoted, entry: Entry) -> None:
        if not entry.at_s < fact.promised_at_s or not 0 <= fact.p_kept_bp <= 10_000:
            raise Violation(self.law, entry.seq, f"{fact.order}: no promise for the past, no chance beyond one")
        slot = fact.promised_at_s // self._params.slot_s
        here = self._slots.setdefault(slot, {})
        here[fact.order] = None
        self._due_s[fact.order] = fact.promised_at_s
        if len(here) > self._capacity(slot):
            raise Violation(
                self.law,
                entry.seq,
                f"{fact.order} is promise number {len(here)} of a half hour that has room for {self._capacity(slot)}",
            )

    def _release(self, order: OrderId) -> None:
        self._slots[self._due_s[order] // self._params.slot_s].pop(order, None)

    def _capacity(self, slot: int) -> int:
        if slot not in self._room:
            self._room[slot] = self._count_room(slot)
        return self._room[slot]

    def _count_room(self, slot: int) -> int:
        start, end = slot * self._params.slot_s, (slot + 1) * self._params.slot_s

        def hours(shifts: dict[str, tuple[int, int]]) -> Fraction:
            inside = (min(off, end) - max(on, start) for on, off in shifts.values())
            return Fraction(sum(x for x in inside if x > 0), 3_600)

        rests = Fraction(0)
        for name in self._couriers:
            first, last, length = self._breaks.get(name, (0, 0, 0))
            if length:
                rests += Fraction(length * max(0, min(last, end) - max(first, start)), (last - first) * 3_600)
        brought = (hours(self._couriers) - rests) * Fraction(self._params.orders_per_courier_hour_e2, 100)
        picked = hours(self._pickers) * Fraction(self._params.orders_per_picker_hour_e2, 100)
        return int(min(brought, picked))
