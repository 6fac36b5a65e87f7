"""All numbers of a site in one place, and how a day file overrides them."""

from typing import Any

import msgspec
from msgspec import Struct, field

from doorstep.base.errors import BadInput
from doorstep.core.dispatch import DispatchParams
from doorstep.core.order import OrderParams
from doorstep.core.pick import PickParams
from doorstep.core.promise import PromiseParams
from doorstep.core.stock import StockParams
from doorstep.core.trace import ColdParams
from doorstep.roads import Straight


class Params(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The numbers of every room; each room documents its own."""

    order: OrderParams = field(default_factory=OrderParams)
    promise: PromiseParams = field(default_factory=PromiseParams)
    pick: PickParams = field(default_factory=PickParams)
    dispatch: DispatchParams = field(default_factory=DispatchParams)
    stock: StockParams = field(default_factory=StockParams)
    cold: ColdParams = field(default_factory=ColdParams)
    roads: Straight = field(default_factory=Straight)


def params_from(values: dict[str, Any]) -> Params:
    """
    Read overrides such as ``{"promise": {"target_bp": 9500}}``.

    Raises
    ------
    BadInput
        A room, a name or a type that does not exist.
    """
    try:
        return msgspec.convert(values, Params)
    except msgspec.ValidationError as error:
        raise BadInput(f"params: {error}") from error


def overrides(params: Params) -> dict[str, Any]:
    """Return what differs from the defaults, by room: what `params_from` would need to make the same."""
    now, usual = msgspec.to_builtins(params), msgspec.to_builtins(Params())
    different = {
        room: {name: value for name, value in now[room].items() if value != usual[room][name]} for room in now
    }
    return {room: values for room, values in different.items() if values}
