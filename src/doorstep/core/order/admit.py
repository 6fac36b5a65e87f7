"""Admitting orders: one decision over everything that is waiting."""

from collections.abc import Sequence
from typing import Literal, Protocol

from msgspec import Struct

from doorstep.base.ids import OrderId, SkuId
from doorstep.base.units import goods_fen
from doorstep.core.order.life import Orders, OrderState
from doorstep.core.order.params import OrderParams
from doorstep.core.order.price import most
from doorstep.model.facts import Fact
from doorstep.model.facts.orders import BasketRefused, OrderPlaced, RefusedCause
from doorstep.model.goods import Parcel
from doorstep.model.orders import PlaceOrder, Taken, Wanted


class Holds(Protocol):
    """The shelf while one decision is being made (`core.stock` has one)."""

    def take(self, sku: SkuId, *, wanted: int, due_s: int, min_life_s: int) -> tuple[Parcel, ...] | object:
        """Set goods aside for one line; anything but a tuple says that they are not there."""

    def give_back(self, parcels: Sequence[Parcel]) -> None:
        """Undo a take."""


class Admission(Struct, frozen=True, kw_only=True):
    """The answer to one command; `facts` is empty where the same command was answered before."""

    order: OrderId
    outcome: Literal["placed", "refused"]
    facts: tuple[Fact, ...]


def place(
    commands: Sequence[PlaceOrder], *, orders: Orders, holds: Holds, now_s: int, params: OrderParams
) -> tuple[Admission, ...]:
    """
    Admit waiting commands in their order of arrival; one is a list of one.

    Parameters
    ----------
    commands
        Each names a quoted order. A repeated key is answered as before and moves nothing.
    holds
        Starts as the shelf is now; what earlier commands take is gone for later ones.

    Returns
    -------
    One `Admission` a command. An order that cannot be filled as quoted goes through without the lines that are gone,
    unless too little is left of it.

    Notes
    -----
    O(total lines × lots of a sku). No order can take what another holds: the sum of all takes of a lot never
    exceeds what is free of it.
    """
    answers: list[Admission] = []
    placed: dict[str, OrderId] = {}
    by_order: dict[OrderId, Admission] = {}
    for command in commands:
        order = placed.get(command.key) or orders.keys.get(command.key, command.order)
        first = by_order.get(order)
        if first is None:
            answer = by_order[order] = _answer(command, orders, holds, now_s, params)
            if answer.outcome == "placed" and answer.facts:
                placed[command.key] = order
        else:
            answer = Admission(order=first.order, outcome=first.outcome, facts=())
        answers.append(answer)
    return tuple(answers)


def _answer(command: PlaceOrder, orders: Orders, holds: Holds, now_s: int, params: OrderParams) -> Admission:
    state = orders.by_id[orders.keys.get(command.key, command.order)]
    if state.status != "quoted":
        lost = state.status in ("refused", "lapsed", "abandoned")
        return Admission(order=state.order, outcome="refused" if lost else "placed", facts=())
    if now_s > state.quote.lapses_at_s:
        return _refused(state, orders, "lapsed")
    missing = frozenset(state.quote.missing)
    taken: list[Taken] = []
    short: list[int] = []
    for line in state.quote.lines:
        if line.line in missing:
            continue
        held = _hold(line, state, orders, holds, params)
        if held is None:
            short.append(line.line)
        else:
            taken.append(Taken(line.line, line.sku, line.amount, state.prices[line.line], line.swap, held))
    if _goods_fen(taken, orders) < params.min_basket_fen:
        for x in taken:
            holds.give_back(x.held)
        return _refused(state, orders, "short")
    placed = OrderPlaced(
        order=state.order,
        key=command.key,
        lines=tuple(taken),
        fee_fen=state.quote.fee_fen,
        est_fen=state.quote.fee_fen
        + sum(
            goods_fen(
                most(orders.skus[x.sku], x.amount, params),
                price_fen=x.price_fen,
                sold_by=orders.skus[x.sku].sold_by,
            )
            for x in taken
        ),
        pay_by_s=now_s + params.pay_within_s,
        short=tuple(short),
    )
    return Admission(order=state.order, outcome="placed", facts=(placed,))


def _goods_fen(taken: Sequence[Taken], orders: Orders) -> int:
    return sum(goods_fen(x.amount, price_fen=x.price_fen, sold_by=orders.skus[x.sku].sold_by) for x in taken)


def _hold(
    line: Wanted, state: OrderState, orders: Orders, holds: Holds, params: OrderParams
) -> tuple[Parcel, ...] | None:
    sku = orders.skus[line.sku]
    held = holds.take(
        line.sku,
        wanted=most(sku, line.amount, params),
        due_s=state.quote.promised_at_s,
        min_life_s=sku.min_life_s,
    )
    return held if isinstance(held, tuple) else None


def _refused(state: OrderState, orders: Orders, cause: RefusedCause) -> Admission:
    fact = BasketRefused(
        order=state.order,
        shopper=state.quote.shopper,
        cause=cause,
        lines=state.quote.lines,
        lost_fen=sum(orders.skus[x.sku].fen(x.amount) for x in state.quote.lines),
    )
    return Admission(order=state.order, outcome="refused", facts=(fact,))
