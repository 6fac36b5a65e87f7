"""Where every lot went, and what to do when one is found to be bad."""

from typing import ClassVar

from msgspec import Struct

from doorstep.base.ids import LotId, OrderId, SkuId
from doorstep.model.facts import Fact
from doorstep.model.facts.goods import LotBlocked, LotRecalled, LotReceived, LotReturned
from doorstep.model.facts.orders import OrderHandedOver, ShopperTold


class _Origin(Struct, frozen=True):
    sku: SkuId
    supplier: str


class Whereabouts:
    """For every lot: what it is, and the doorsteps it reached. Owned by one fold, changed in place."""

    hears: ClassVar[frozenset[type[Fact]]] = frozenset({LotRecalled, LotReceived, OrderHandedOver})

    __slots__ = ("doorsteps", "origin", "recalled")

    def __init__(self) -> None:
        self.origin: dict[LotId, _Origin] = {}
        self.doorsteps: dict[LotId, dict[OrderId, int]] = {}
        self.recalled: dict[LotId, None] = {}

    def apply(self, fact: Fact) -> None:
        """Let a fact happen to the map of lots."""
        match fact:
            case LotReceived():
                self.origin[fact.lot] = _Origin(fact.sku, fact.supplier)
            case OrderHandedOver():
                for x in fact.goods:
                    reached = self.doorsteps.setdefault(x.lot, {})
                    reached[fact.order] = reached.get(fact.order, 0) + x.amount
            case LotRecalled():
                self.recalled[fact.lot] = None
            case _:
                pass


class Recall(Struct, frozen=True, kw_only=True):
    """What a recall does: the facts, and the doorsteps (order, amount) that must be refunded for this sku."""

    facts: tuple[Fact, ...]
    sku: SkuId
    doorsteps: tuple[tuple[OrderId, int], ...]


def recall(lot: LotId, *, where: Whereabouts, free: int) -> Recall | None:
    """
    Take a lot back from everywhere.

    Parameters
    ----------
    free
        What of it is on the shelf and not set aside, packs or grams; that goes back to the supplier now. What is
        set aside or in a bag is caught by its picker or courier, who may not hand it over any more.

    Returns
    -------
    What to do; or None where the lot never came, or was recalled before: the second call changes nothing.
    """
    origin = where.origin.get(lot)
    if origin is None or lot in where.recalled:
        return None
    doorsteps = tuple(sorted(where.doorsteps.get(lot, {}).items()))
    facts: list[Fact] = [
        LotRecalled(lot=lot, sku=origin.sku, supplier=origin.supplier, doorsteps=len(doorsteps)),
        LotBlocked(lot=lot, cause="recall"),
    ]
    if free:
        facts.append(LotReturned(lot=lot, amount=free))
    facts += [ShopperTold(order=order, about="recall", lot=lot, sku=origin.sku) for order, _ in doorsteps]
    return Recall(facts=tuple(facts), sku=origin.sku, doorsteps=doorsteps)
