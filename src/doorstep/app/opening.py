"""The day begins: catalogue, rosters, trucks, people coming and going."""

from collections.abc import Sequence
from typing import Literal

from doorstep.app.params import overrides
from doorstep.app.state import SiteState
from doorstep.base.ids import CourierId, LotId, PickerId, SkuId
from doorstep.core.trace import receive
from doorstep.model.day import Day
from doorstep.model.facts.goods import LotShipped
from doorstep.model.facts.site import (
    CourierEnded,
    CourierRostered,
    CourierStarted,
    PickerEnded,
    PickerRostered,
    PickerStarted,
    SiteOpened,
    SkuListed,
    SkuPriced,
    WorkerMissing,
)
from doorstep.model.goods import Lot, Sku
from doorstep.ports import Store


def open_site(store: Store[SiteState], day: Day, *, now_s: int) -> None:
    """List what is on sale and who is planned to work."""
    with store.transaction(now_s=now_s) as tx:
        order, streets = tx.state.params.order, tx.state.streets
        tx.write(
            [
                SiteOpened(
                    date=day.date,
                    tz=day.tz,
                    seed=day.seed,
                    lat_e6=day.site.lat_e6,
                    lng_e6=day.site.lng_e6,
                    opens_at_s=day.site.opens_at_s,
                    closes_at_s=day.site.closes_at_s,
                    locker_doors=order.locker_doors,
                    shelf_places=order.shelf_places,
                    assumptions=day.assumptions,
                    params=overrides(tx.state.params),
                    roads="" if streets is None else streets.digest,
                ),
                *(SkuListed(**{f: getattr(x, f) for f in Sku.__struct_fields__}) for x in day.skus),
                *(PickerRostered(picker=x.picker, on_at_s=x.on_at_s, off_at_s=x.off_at_s) for x in day.pickers),
                *(
                    CourierRostered(**{f: getattr(x, f) for f in CourierRostered.__struct_fields__})
                    for x in day.couriers
                ),
            ]
        )


def announce(store: Store[SiteState], lots: Sequence[Lot], *, now_s: int) -> None:
    """Book that a supplier's truck has left with these lots on board."""
    with store.transaction(now_s=now_s) as tx:
        known = tx.state.balances
        tx.write(
            [
                LotShipped(**{f: getattr(x, f) for f in LotShipped.__struct_fields__})
                for x in lots
                if not known.of(f"lot:{x.lot}", "inbound") and x.lot not in tx.state.shelf.lots
            ]
        )


def take_in(
    store: Store[SiteState], lots: Sequence[Lot], *, peak_c10: int | None, ride_s: int, now_s: int
) -> tuple[LotId, ...]:
    """
    Put the lots of a truck on the shelf.

    Returns
    -------
    The lots that may not be sold: the ride was too warm for them.
    """
    with store.transaction(now_s=now_s) as tx:
        state = tx.state
        blocked = []
        for lot in lots:
            if lot.lot in state.shelf.lots:
                continue
            sku = state.orders.skus[lot.sku]
            facts = receive(lot, sku, peak_c10=peak_c10, ride_s=ride_s, params=state.params.cold)
            tx.write(facts)
            if len(facts) > 1:
                blocked.append(lot.lot)
    return tuple(blocked)


def reprice(store: Store[SiteState], sku: SkuId, *, price_fen: int, now_s: int) -> None:
    """Change the price of a sku from now on; quotes given before keep theirs."""
    with store.transaction(now_s=now_s) as tx:
        was_fen = tx.state.orders.skus[sku].price_fen
        if was_fen != price_fen:
            tx.write([SkuPriced(sku=sku, price_fen=price_fen, was_fen=was_fen)])


def start_picker(store: Store[SiteState], picker: PickerId, *, now_s: int) -> None:
    """Let a picker begin a shift."""
    with store.transaction(now_s=now_s) as tx:
        if picker not in tx.state.floor.pickers:
            tx.write([PickerStarted(picker=picker)])


def start_courier(store: Store[SiteState], courier: CourierId, *, now_s: int) -> None:
    """Let a courier begin a shift."""
    with store.transaction(now_s=now_s) as tx:
        if courier not in tx.state.fleet.on_duty:
            tx.write([CourierStarted(courier=courier)])


def report_missing(store: Store[SiteState], worker: str, *, role: Literal["picker", "courier"], now_s: int) -> None:
    """Somebody planned for a shift did not come: their capacity is not promised any more."""
    with store.transaction(now_s=now_s) as tx:
        tx.write([WorkerMissing(role=role, worker=worker)])


def end_picker(store: Store[SiteState], picker: PickerId, *, now_s: int) -> bool:
    """
    Let a picker go home.

    Returns
    -------
    False where they are needed: in the middle of a wave, or the last one here with orders still to pick.
    """
    with store.transaction(now_s=now_s) as tx:
        floor = tx.state.floor
        alone = len(floor.pickers) == 1 and not _shift_coming(tx.state.load.picker_shifts, now_s)
        if floor.pickers[picker] is not None or (alone and tx.state.orders.unsettled):
            return False
        tx.write([PickerEnded(picker=picker)])
    return True


def end_courier(store: Store[SiteState], courier: CourierId, *, now_s: int) -> bool:
    """
    Let a courier go home.

    Returns
    -------
    False where they are needed: on a trip, or the last one here with orders still to bring.
    """
    with store.transaction(now_s=now_s) as tx:
        fleet = tx.state.fleet
        alone = len(fleet.on_duty) == 1 and not _shift_coming(tx.state.load.courier_shifts, now_s)
        here = courier in fleet.idle or courier in fleet.resting
        if not here or (alone and tx.state.orders.unsettled):
            return False
        tx.write([CourierEnded(courier=courier)])
    return True


def _shift_coming(shifts: dict[str, tuple[int, int]], now_s: int) -> bool:
    return any(on_at_s > now_s for on_at_s, _ in shifts.values())
