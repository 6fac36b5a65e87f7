"""A picker at work: the next wave, what was found at the shelf, closing the bags."""

from doorstep.app.settling import capture
from doorstep.app.state import SiteState
from doorstep.base.ids import LotId, OrderId, PickerId, WaveId
from doorstep.core.dispatch import wanted
from doorstep.core.pick import Finding, next_wave, pack, take_line
from doorstep.core.stock import Allotment, compare
from doorstep.model.facts.work import LineSwapped, WaveEnded
from doorstep.model.goods import Parcel
from doorstep.model.work import PickTask, Wave
from doorstep.ports import Gateway, Store


def ask_wave(store: Store[SiteState], picker: PickerId, *, now_s: int) -> Wave | None:
    """Give a free picker the orders that dispatch wants first, as a walk by aisle; None where nothing waits."""
    with store.transaction(now_s=now_s) as tx:
        state = tx.state
        started = next_wave(state.floor, picker, wanted_s=_wanted(state, now_s), params=state.params.pick)
        if started is None:
            return None
        tx.write([started])
        tasks = [t for x in started.orders for t in _tasks(state, x)]
    tasks.sort(key=lambda x: (x.aisle, x.sku, x.order, x.line, x.lot))
    return Wave(wave=started.wave, picker=picker, orders=started.orders, tasks=tuple(tasks))


def _wanted(state: SiteState, now_s: int) -> dict[OrderId, int]:
    """Ask dispatch where orders pile up before the pickers, if the site wants that."""
    told_from = state.params.pick.told_from
    if not told_from or len(state.floor.queue) < told_from * len(state.floor.pickers):
        return {}
    return wanted(state.fleet, site=state.place, roads=state.roads, now_s=now_s, params=state.params.dispatch)


def _tasks(state: SiteState, order: OrderId) -> list[PickTask]:
    lines = state.orders.by_id[order].lines.values()
    return [_task(state, order, line.line, lot) for line in lines for lot in line.held]


def _task(state: SiteState, order: OrderId, line: int, lot: LotId) -> PickTask:
    row = state.orders.by_id[order].lines[line]
    held = row.held[lot]
    return PickTask(
        order=order,
        line=line,
        lot=lot,
        sku=held.sku,
        held=held.amount,
        wanted=row.wanted_of(lot),
        aisle=state.floor.aisle[held.sku],
        weighed=state.floor.weighed[held.sku],
    )


def look(store: Store[SiteState], task: PickTask, *, now_s: int) -> PickTask | None:
    """Read a task again at the shelf: how much is still needed. None where its lot was blocked or is done."""
    with store.transaction(now_s=now_s) as tx:
        done = task.lot not in tx.state.orders.by_id[task.order].lines[task.line].held
        if done or tx.state.shelf.lots[task.lot].blocked:
            return None
        return _task(tx.state, task.order, task.line, task.lot)


def pick(
    store: Store[SiteState], picker: PickerId, task: PickTask, *, taken: int, left: int | None, now_s: int
) -> tuple[PickTask, ...]:
    """
    Book what a picker took.

    Parameters
    ----------
    taken
        Packs, or grams off the scale; 0 where nothing was there or the lot is blocked.
    left
        What still lies there afterwards, where the picker found less than wanted; the lot is counted with it.

    Returns
    -------
    Where to go for what is missing: another lot, or a stand-in. Nothing where this was booked before.
    """
    with store.transaction(now_s=now_s) as tx:
        state = tx.state
        if task.lot not in state.orders.by_id[task.order].lines[task.line].held:
            return ()
        finding = _finding(state, picker, task, taken)
        facts = take_line(
            finding,
            skus=state.orders.skus,
            alike=state.floor.group[state.orders.skus[finding.sku].swap_group],
            holds=Allotment(state.shelf, avoid=task.lot),
            params=state.params.pick,
        )
        tx.write(facts)
    if left is not None and not finding.blocked:
        with store.transaction(now_s=now_s) as tx:
            tx.write(compare(tx.state.shelf, [Parcel(task.lot, left)], cause="missed_pick"))
    swapped = [x for x in facts if isinstance(x, LineSwapped)]
    if not swapped:
        return ()
    with store.transaction(now_s=now_s) as tx:
        return tuple(_task(tx.state, x.order, x.line, y.lot) for x in swapped for y in x.held)


def _finding(state: SiteState, picker: PickerId, task: PickTask, taken: int) -> Finding:
    order = state.orders.by_id[task.order]
    row = order.lines[task.line]
    held, blocked = row.held[task.lot], state.shelf.lots[task.lot].blocked
    return Finding(
        order=task.order,
        line=task.line,
        picker=picker,
        lot=task.lot,
        sku=held.sku,
        held=held.amount,
        wanted=row.wanted_of(task.lot),
        taken=0 if blocked else taken,
        price_fen=held.price_fen,
        swap=row.swap,
        swapped_already=row.swapped,
        promised_at_s=order.quote.promised_at_s,
        blocked=blocked,
    )


def close_bags(store: Store[SiteState], gateway: Gateway, order: OrderId, *, now_s: int) -> None:
    """Make an order ready and take the money for what was weighed."""
    with store.transaction(now_s=now_s) as tx:
        state = tx.state
        row = state.orders.by_id[order]
        if row.status != "picking":
            return
        tx.write(
            [
                pack(
                    order,
                    bag=row.bag(),
                    goods=row.goods(),
                    due_fen=state.orders.bill_fen(row),
                    skus=state.orders.skus,
                )
            ]
        )
    capture(store, gateway, order, now_s=now_s)


def end_wave(store: Store[SiteState], wave: WaveId, picker: PickerId, *, now_s: int) -> None:
    """Free the picker: the cart is empty."""
    with store.transaction(now_s=now_s) as tx:
        if wave in tx.state.floor.waves:
            tx.write([WaveEnded(wave=wave, picker=picker)])
