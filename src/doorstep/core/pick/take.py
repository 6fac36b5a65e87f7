"""At the shelf: what was taken, what was missing, and what may stand in for it."""

from collections.abc import Mapping, Sequence
from typing import Literal, Protocol

from msgspec import Struct

from doorstep.base.ids import LotId, OrderId, PickerId, SkuId
from doorstep.base.units import ONE_BP
from doorstep.core.pick.params import PickParams
from doorstep.model.facts import Fact
from doorstep.model.facts.work import LineDropped, LineMissed, LinePicked, LineSwapped
from doorstep.model.goods import Parcel, Sku
from doorstep.model.orders import Swap


class Holds(Protocol):
    """The shelf while one decision is being made (`core.stock` has one)."""

    def take(self, sku: SkuId, *, wanted: int, due_s: int, min_life_s: int) -> tuple[Parcel, ...] | object:
        """Set goods aside; anything but a tuple says that they are not there."""


class Finding(Struct, frozen=True, kw_only=True):
    """
    What a picker found where one lot of one line should lie.

    `held` was set aside there, `wanted` of it is needed, `taken` went into the bag: packs, or grams off the scale.
    """

    order: OrderId
    line: int
    picker: PickerId
    lot: LotId
    sku: SkuId
    held: int
    wanted: int
    taken: int
    price_fen: int
    swap: Swap
    swapped_already: bool
    promised_at_s: int
    blocked: bool


def take_line(
    finding: Finding,
    *,
    skus: Mapping[SkuId, Sku],
    alike: Sequence[SkuId],
    holds: Holds,
    params: PickParams,
) -> tuple[Fact, ...]:
    """
    Book what a picker found.

    Parameters
    ----------
    alike
        Skus of the same swap group, the line's own included.
    holds
        The shelf, to find a stand-in on.

    Returns
    -------
    `LinePicked` for what was taken; for what is missing first the same sku from another lot, then, where the
    shopper allows it, the stand-in nearest in price (`LineSwapped`), else `LineDropped`: it is not charged.

    Notes
    -----
    A stand-in takes no more room than what it stands in for, so that the order still fits the box it was sold for. A
    line is swapped once; whoever misses the stand-in too gets their money back. Grams within the tolerance of the
    scale are not missing.
    """
    cause: Literal["not_found", "blocked"] = "blocked" if finding.blocked else "not_found"
    facts: list[Fact] = [_taken(finding, cause)]
    missing = _missing(finding, skus[finding.sku])
    if missing:
        stand_in = None if finding.swapped_already else _stand_in(finding, missing, skus, alike, holds, params)
        facts.append(
            LineDropped(order=finding.order, line=finding.line, cause=cause)
            if stand_in is None
            else LineSwapped(
                order=finding.order,
                line=finding.line,
                sku=stand_in[0],
                amount=missing,
                price_fen=min(finding.price_fen, skus[stand_in[0]].price_fen),
                held=stand_in[1],
                cause=cause,
            )
        )
    return tuple(facts)


def _taken(finding: Finding, cause: Literal["not_found", "blocked"]) -> LinePicked | LineMissed:
    order, line, lot, held = finding.order, finding.line, finding.lot, finding.held
    if finding.wanted and not finding.taken:
        return LineMissed(order=order, line=line, lot=lot, held=held, cause=cause)
    assert not finding.taken or not finding.blocked, "a blocked lot is not picked"
    return LinePicked(order=order, line=line, picker=finding.picker, lot=lot, held=held, amount=finding.taken)


def _missing(finding: Finding, sku: Sku) -> int:
    missing = max(0, finding.wanted - finding.taken)
    # A scale is never hit exactly: a tenth less in weighed goods is what was asked for.
    return 0 if sku.sold_by == "g" and finding.taken and missing * 10 <= finding.wanted else missing


def _stand_in(
    finding: Finding,
    missing: int,
    skus: Mapping[SkuId, Sku],
    alike: Sequence[SkuId],
    holds: Holds,
    params: PickParams,
) -> tuple[SkuId, tuple[Parcel, ...]] | None:
    own = skus[finding.sku]
    dearest_fen = finding.price_fen * (ONE_BP + params.swap_over_bp) // ONE_BP
    others = (
        sorted(
            (
                x
                for x in alike
                if x != finding.sku
                and skus[x].zone == own.zone
                and skus[x].ml(missing) <= own.ml(missing)
                and skus[x].sold_by == own.sold_by
                and skus[x].price_fen <= dearest_fen
            ),
            key=lambda x: (abs(skus[x].price_fen - finding.price_fen), x),
        )
        if finding.swap == "group"
        else []
    )
    for sku in (finding.sku, *others):
        held = holds.take(sku, wanted=missing, due_s=finding.promised_at_s, min_life_s=skus[sku].min_life_s)
        if isinstance(held, tuple):
            return sku, held
    return None
