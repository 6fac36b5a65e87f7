"""The desk in the same process: every call is one use case."""

from collections.abc import Sequence
from typing import Literal

from doorstep.app import aftercare, keeping, opening, picking, riding, settling, shopping
from doorstep.app.state import SiteState
from doorstep.base.chance import Chance
from doorstep.base.ids import CourierId, LotId, OrderId, PickerId, SkuId, TripId, WaveId
from doorstep.model.day import Day
from doorstep.model.facts.orders import BasketRefused, ClaimMade, OrderHandedOver, Quoted
from doorstep.model.facts.site import BreakStarted
from doorstep.model.facts.work import TripPlanned
from doorstep.model.goods import Lot, Parcel
from doorstep.model.orders import Basket, PlaceOrder
from doorstep.model.work import PickTask, Wave
from doorstep.ports import Gateway, Store
from doorstep.ports.desk import Answer, LeaveCause


class LocalDesk:
    """Binds the use cases of `app/` to one store, one gateway and one stream of chance."""

    def __init__(self, store: Store[SiteState], gateway: Gateway, chance: Chance) -> None:
        self._store, self._gateway, self._chance = store, gateway, chance

    def open_site(self, day: Day, *, now_s: int) -> None:
        opening.open_site(self._store, day, now_s=now_s)

    def reprice(self, sku: SkuId, *, price_fen: int, now_s: int) -> None:
        opening.reprice(self._store, sku, price_fen=price_fen, now_s=now_s)

    def recall_lot(self, lot: LotId, *, now_s: int) -> int:
        return aftercare.recall_lot(self._store, lot, now_s=now_s)

    def lots_to_count(self, *, turn: int, now_s: int) -> tuple[LotId, ...]:
        return keeping.lots_to_count(self._store, turn=turn, now_s=now_s)

    def count(self, found: Sequence[Parcel], *, now_s: int) -> int:
        return keeping.count(self._store, found, cause="cycle_count", now_s=now_s)

    def sweep(self, *, now_s: int) -> None:
        settling.sweep(self._store, self._gateway, now_s=now_s)

    def dispatch(self, *, now_s: int) -> tuple[TripPlanned | BreakStarted, ...]:
        return riding.dispatch(self._store, now_s=now_s)

    def open_work(self, *, now_s: int) -> tuple[str, ...]:
        return keeping.open_work(self._store, now_s=now_s)

    def close_site(self, found: Sequence[Parcel], *, now_s: int) -> tuple[Parcel, ...]:
        return keeping.close_site(self._store, self._gateway, found, now_s=now_s)

    def announce(self, lots: Sequence[Lot], *, now_s: int) -> None:
        opening.announce(self._store, lots, now_s=now_s)

    def take_in(self, lots: Sequence[Lot], *, peak_c10: int | None, ride_s: int, now_s: int) -> tuple[LotId, ...]:
        return opening.take_in(self._store, lots, peak_c10=peak_c10, ride_s=ride_s, now_s=now_s)

    def ask_quote(self, basket: Basket, *, now_s: int) -> Quoted | BasketRefused:
        return shopping.ask_quote(self._store, basket, now_s=now_s)

    def leave(self, order: OrderId, *, cause: LeaveCause, now_s: int) -> None:
        shopping.leave_quote(self._store, order, cause=cause, now_s=now_s)

    def place_orders(self, commands: Sequence[PlaceOrder], *, now_s: int) -> tuple[tuple[OrderId, Answer], ...]:
        answers = shopping.place_orders(self._store, commands, now_s=now_s)
        return tuple((x.order, x.outcome) for x in answers)

    def pay(self, order: OrderId, *, now_s: int) -> Literal["paid", "declined", "unknown"]:
        return shopping.pay(self._store, self._gateway, order, now_s=now_s)

    def collect(self, order: OrderId, *, now_s: int) -> None:
        riding.collect(self._store, order, now_s=now_s)

    def make_claim(self, made: ClaimMade, *, now_s: int) -> None:
        aftercare.make_claim(self._store, made, now_s=now_s)

    def start_picker(self, picker: PickerId, *, now_s: int) -> None:
        opening.start_picker(self._store, picker, now_s=now_s)

    def end_picker(self, picker: PickerId, *, now_s: int) -> bool:
        return opening.end_picker(self._store, picker, now_s=now_s)

    def ask_wave(self, picker: PickerId, *, now_s: int) -> Wave | None:
        return picking.ask_wave(self._store, picker, now_s=now_s)

    def look(self, task: PickTask, *, now_s: int) -> PickTask | None:
        return picking.look(self._store, task, now_s=now_s)

    def pick(
        self, picker: PickerId, task: PickTask, *, taken: int, left: int | None, now_s: int
    ) -> tuple[PickTask, ...]:
        return picking.pick(self._store, picker, task, taken=taken, left=left, now_s=now_s)

    def close_bags(self, order: OrderId, *, now_s: int) -> None:
        picking.close_bags(self._store, self._gateway, order, now_s=now_s)

    def end_wave(self, wave: WaveId, picker: PickerId, *, now_s: int) -> None:
        picking.end_wave(self._store, wave, picker, now_s=now_s)

    def start_courier(self, courier: CourierId, *, now_s: int) -> None:
        opening.start_courier(self._store, courier, now_s=now_s)

    def end_courier(self, courier: CourierId, *, now_s: int) -> bool:
        return opening.end_courier(self._store, courier, now_s=now_s)

    def end_break(self, courier: CourierId, *, now_s: int) -> None:
        riding.end_break(self._store, courier, now_s=now_s)

    def report_missing(self, worker: str, *, role: Literal["picker", "courier"], now_s: int) -> None:
        opening.report_missing(self._store, worker, role=role, now_s=now_s)

    def depart(self, trip: TripId, *, now_s: int) -> None:
        riding.depart(self._store, trip, now_s=now_s)

    def arrive(self, order: OrderId, trip: TripId, *, now_s: int) -> None:
        riding.arrive(self._store, order, trip, now_s=now_s)

    def deliver(self, order: OrderId, *, trip: TripId, courier: CourierId, now_s: int) -> OrderHandedOver | None:
        return riding.deliver(self._store, order, trip=trip, courier=courier, now_s=now_s, chance=self._chance)

    def end_trip(self, trip: TripId, *, now_s: int) -> None:
        riding.end_trip(self._store, trip, now_s=now_s)
