"""Facts about lots: where goods came from and how they left without a sale."""

from typing import Literal

from doorstep.base.ids import LotId, SkuId
from doorstep.model.facts.base import Fact


class LotShipped(Fact, frozen=True, kw_only=True):
    """A supplier's truck has a lot on board for us."""

    lot: LotId
    sku: SkuId
    supplier: str
    amount: int
    arrives_at_s: int
    sell_by_s: int


class LotReceived(Fact, frozen=True, kw_only=True):
    """
    A lot is on the shelf.

    `sell_by_s` is the instant that counts from now on: the supplier's, or an earlier one where the truck ran
    warm; `lost_life_s` says by how much, `peak_c10` the worst temperature of the ride in tenths of a degree.
    """

    lot: LotId
    sku: SkuId
    supplier: str
    amount: int
    sell_by_s: int
    lost_life_s: int = 0
    peak_c10: int | None = None


class LotBlocked(Fact, frozen=True, kw_only=True):
    """A lot may not be sold from now on."""

    lot: LotId
    cause: Literal["warm", "recall"]


class LotRecalled(Fact, frozen=True, kw_only=True):
    """A lot was found to be bad: what is here goes back, every doorstep it reached is told and refunded."""

    lot: LotId
    sku: SkuId
    supplier: str
    doorsteps: int


class LotReturned(Fact, frozen=True, kw_only=True):
    """What was left of a lot on the shelf went back to its supplier."""

    lot: LotId
    amount: int


class LotCounted(Fact, frozen=True, kw_only=True):
    """
    Hands counted a lot and found something else than the books.

    `booked` = on the shelf and set aside together, `found` = what lies there. Positive `lost` left unseen,
    negative `lost` turned up.
    """

    lot: LotId
    sku: SkuId
    booked: int
    found: int
    lost: int
    cause: Literal["cycle_count", "missed_pick", "closing"]


class ShelfCounted(Fact, frozen=True, kw_only=True):
    """A count is complete: so many lots compared with the books, so many different."""

    lots: int
    differences: int
    cause: Literal["cycle_count", "closing"]


class LotWasted(Fact, frozen=True, kw_only=True):
    """Goods were thrown: too old to sell tomorrow, or blocked."""

    lot: LotId
    sku: SkuId
    amount: int
    cost_fen: int
    cause: Literal["expired", "blocked"]
