"""Which orders a picker takes next, together."""

from collections.abc import Mapping

from doorstep.base.ids import OrderId, PickerId, WaveId
from doorstep.core.pick.floor import Floor, Waiting
from doorstep.core.pick.params import PickParams
from doorstep.model.facts.work import WaveStarted


def next_wave(
    floor: Floor, picker: PickerId, *, wanted_s: Mapping[OrderId, int], params: PickParams
) -> WaveStarted | None:
    """
    Give a free picker a wave.

    Parameters
    ----------
    wanted_s
        When dispatch wants orders packed at the latest, epoch seconds, as far as it planned trips for them.

    Returns
    -------
    The orders wanted first, as many as the cart and the walk allow; or None where nothing waits.

    Notes
    -----
    Wanted first goes first, so that the orders of a trip are finished together; an order that no trip is planned for
    is wanted `urgent_s` before its promise. Ties by promise, then order id. The first order always fits, however long
    its list.
    """
    assert floor.pickers.get(picker, "absent") is None, "a picker does one wave at a time, on shift"
    waiting = sorted(
        (floor.by_order[x] for x in floor.queue),
        key=lambda x: (wanted_s.get(x.order, x.promised_at_s - params.urgent_s), x.promised_at_s, x.order),
    )
    if not waiting:
        return None
    cart: list[Waiting] = []
    lines = 0
    for x in waiting:
        if cart and (len(cart) == params.orders_a_wave or lines + len(x.lines) > params.lines_a_wave):
            break
        cart.append(x)
        lines += len(x.lines)
    return WaveStarted(
        wave=WaveId(f"W{floor.waves_begun + 1:04d}"),
        picker=picker,
        orders=tuple(x.order for x in cart),
        lines=lines,
        expected_s=expected_s([x.order for x in cart], floor, params),
    )


def expected_s(orders: list[OrderId], floor: Floor, params: PickParams) -> int:
    """How long one person needs for these orders, walking each aisle once."""
    lines = [y for x in orders for y in floor.by_order[x].lines]
    aisles = {floor.aisle[x.sku] for x in lines}
    weighed = sum(floor.weighed[x.sku] for x in lines)
    return (
        params.start_s
        + params.aisle_s * len(aisles)
        + params.line_s * len(lines)
        + params.weigh_s * weighed
        + params.bag_s * len(orders)
    )
