"""
What a warm ride costs: life, or the right to be sold.

Model: a lot ages `q10 ** ((T - T_ref) / 10)` times as fast at temperature T as at the temperature T_ref it should
have travelled at, so a ride of t seconds at T costs `t * (rate - 1)` seconds of the remaining life on top of the
ride itself. Only the excess is charged; a cooler ride gives nothing back.

References
----------
Labuza (1982), Shelf-life dating of foods: Q10 of chilled perishables between 2 and 4; we take 3.
"""

from msgspec import Struct

from doorstep.base.units import Zone
from doorstep.model.facts.base import Fact
from doorstep.model.facts.goods import LotBlocked, LotReceived
from doorstep.model.goods import Lot, Sku


class ColdParams(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """
    Temperatures in tenths of a degree Celsius, times in seconds.

    Parameters
    ----------
    q10_e3
        Ageing per 10 degrees, in thousandths; 3,000 = three times as fast.
    chilled_ref_c10, frozen_ref_c10
        The temperature a zone should travel at: 4 and -18 degrees.
    chilled_block_c10, frozen_block_c10
        A ride that peaks above this is not for sale: 12 degrees for chilled goods, -9 for frozen ones, which have
        begun to thaw. Stricter than the law's limit for handing over and looser than the target, as operators do.
    """

    q10_e3: int = 3_000
    chilled_ref_c10: int = 40
    frozen_ref_c10: int = -180
    chilled_block_c10: int = 120
    frozen_block_c10: int = -90


def receive(lot: Lot, sku: Sku, *, peak_c10: int | None, ride_s: int, params: ColdParams) -> tuple[Fact, ...]:
    """
    Take a lot in.

    Parameters
    ----------
    peak_c10
        The worst temperature of the ride by the truck's own log, tenths of a degree; None where nothing was out of
        order. The whole ride is charged at this temperature: the log of a broken cooler cannot be trusted for more.
    ride_s
        How long the ride took.

    Returns
    -------
    `LotReceived` with the sell-by that counts from now on, and `LotBlocked` where the lot may not be sold.
    """
    assert ride_s >= 0, "a ride takes time"
    lost_s = _lost_life_s(sku.zone, peak_c10, ride_s, params)
    received = LotReceived(
        lot=lot.lot,
        sku=lot.sku,
        supplier=lot.supplier,
        amount=lot.amount,
        sell_by_s=lot.sell_by_s - lost_s,
        lost_life_s=lost_s,
        peak_c10=peak_c10 if lost_s else None,
    )
    too_warm = sku.zone != "ambient" and peak_c10 is not None and peak_c10 > _block_c10(sku.zone, params)
    return (received, LotBlocked(lot=lot.lot, cause="warm")) if too_warm else (received,)


def _lost_life_s(zone: Zone, peak_c10: int | None, ride_s: int, params: ColdParams) -> int:
    """Seconds of life that a ride took beyond its own duration; 0 for goods that need no cooling."""
    if peak_c10 is None or zone == "ambient":
        return 0
    reference = params.chilled_ref_c10 if zone == "chilled" else params.frozen_ref_c10
    excess_c10 = max(0, peak_c10 - reference)
    rate = (params.q10_e3 / 1000) ** (excess_c10 / 100)
    return int(ride_s * (rate - 1))


def _block_c10(zone: Zone, params: ColdParams) -> int:
    return params.chilled_block_c10 if zone == "chilled" else params.frozen_block_c10
