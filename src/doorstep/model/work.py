"""What people at work are asked to do."""

from msgspec import Struct

from doorstep.base.ids import LotId, OrderId, PickerId, SkuId, WaveId


class PickTask(Struct, frozen=True, kw_only=True):
    """
    Take `wanted` of a lot for a line: packs, or grams. Up to `held` may be taken of what is weighed.

    Nothing is `wanted` where what was set aside for the scale is not needed any more.
    """

    order: OrderId
    line: int
    lot: LotId
    sku: SkuId
    held: int
    wanted: int
    aisle: int
    weighed: bool


class Wave(Struct, frozen=True, kw_only=True):
    """A picker's walk: tasks by aisle."""

    wave: WaveId
    picker: PickerId
    orders: tuple[OrderId, ...]
    tasks: tuple[PickTask, ...]
