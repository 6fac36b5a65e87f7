"""Trucks, counts, prices, thieves and laboratories."""

from itertools import groupby

from doorstep.app.params import Params
from doorstep.base.ids import LotId, SkuId
from doorstep.base.units import HOUR_S
from doorstep.model.day import EventKind
from doorstep.model.goods import Lot, Parcel
from doorstep.twin.happenings import (
    LotIsFoundBad,
    PackIsStolen,
    PriceChanges,
    ShelfIsCounted,
    TruckArrives,
    TruckLeaves,
)
from doorstep.twin.world import World

RIDE_S = HOUR_S
"""A truck needs an hour from the city's edge."""


class Supply:
    """Everything that happens to goods outside of orders."""

    def __init__(self, world: World, params: Params) -> None:
        self._world, self._count_every_s = world, params.stock.count_every_s
        lots = sorted(world.day.lots, key=lambda x: (x.arrives_at_s, x.supplier, x.lot))
        self._trucks: list[list[Lot]] = [
            list(load) for _, load in groupby(lots, key=lambda x: (x.arrives_at_s, x.supplier))
        ]
        world.handlers[TruckLeaves] = self._truck_leaves
        world.handlers[TruckArrives] = self._truck_arrives
        world.handlers[ShelfIsCounted] = self._count
        world.handlers[LotIsFoundBad] = self._recall
        world.handlers[PriceChanges] = self._reprice
        world.handlers[PackIsStolen] = self._steal

    def schedule(self) -> None:
        """Put the day's trucks, counts and events on the timeline."""
        world = self._world
        for truck, load in enumerate(self._trucks):
            leaves_s = max(world.now_s, load[0].arrives_at_s - RIDE_S)
            world.timeline.add(leaves_s, TruckLeaves(truck), priority=1)
        first_s, last_s = world.day.site.opens_at_s + self._count_every_s, world.day.site.closes_at_s
        for turn, at_s in enumerate(range(first_s, last_s + 1, self._count_every_s)):
            world.timeline.add(at_s, ShelfIsCounted(turn))
        for x in world.day.events:
            if x.kind == "recall":
                world.timeline.add(x.at_s, LotIsFoundBad(LotId(x.subject)))
            elif x.kind == "price":
                world.timeline.add(x.at_s, PriceChanges(SkuId(x.subject), x.value))
            elif x.kind == "theft":
                world.timeline.add(x.at_s, PackIsStolen(LotId(x.subject), x.value))

    def count_all(self) -> tuple[Parcel, ...]:
        """Hands count the whole shelf."""
        return tuple(Parcel(lot, amount) for lot, amount in sorted(self._world.rack.rack.items()))

    def _event(self, kind: EventKind, supplier: str, at_s: int) -> int | None:
        """Return the value of an event that concerns a supplier's truck arriving at an instant."""
        found = [
            x.value for x in self._world.day.events if x.kind == kind and x.subject == supplier and x.at_s <= at_s
        ]
        return found[-1] if found else None

    def _truck_leaves(self, what: TruckLeaves) -> None:
        load = self._trucks[what.truck]
        self._world.desk.announce(load, now_s=self._world.now_s)
        late_s = self._event("late_truck", load[0].supplier, load[0].arrives_at_s) or 0
        self._world.timeline.add(
            max(self._world.now_s, load[0].arrives_at_s) + late_s, TruckArrives(what.truck), priority=1
        )

    def _truck_arrives(self, what: TruckArrives) -> None:
        world, load = self._world, self._trucks[what.truck]
        peak_c10 = self._event("warm_truck", load[0].supplier, load[0].arrives_at_s)
        for x in load:
            world.rack.unload(x.lot, x.amount)
        world.desk.take_in(load, peak_c10=peak_c10, ride_s=RIDE_S, now_s=world.now_s)

    def _count(self, what: ShelfIsCounted) -> None:
        world = self._world
        lots = world.desk.lots_to_count(turn=what.turn, now_s=world.now_s)
        world.desk.count([Parcel(x, world.rack.rack.get(x, 0)) for x in lots], now_s=world.now_s)

    def _recall(self, what: LotIsFoundBad) -> None:
        world = self._world
        if what.lot in world.rack.rack:
            # Hands count while they clear the place: what was stolen before cannot be sent back.
            world.desk.count([Parcel(what.lot, world.rack.rack[what.lot])], now_s=world.now_s)
        amount = world.desk.recall_lot(what.lot, now_s=world.now_s)
        if amount:
            world.rack.remove(Parcel(what.lot, amount))

    def _reprice(self, what: PriceChanges) -> None:
        self._world.desk.reprice(what.sku, price_fen=what.price_fen, now_s=self._world.now_s)

    def _steal(self, what: PackIsStolen) -> None:
        self._world.rack.steal(what.lot, what.amount)
