"""What lies on the shelf of the built-in day: filled to what is expected, waste weighed against shortage."""

from collections.abc import Sequence
from math import ceil
from typing import Final

from msgspec import Struct

from doorstep.base.chance import Chance
from doorstep.base.ids import LotId, SiteId
from doorstep.base.units import DAY_S, HOUR_S
from doorstep.model.goods import Lot, Sku
from doorstep.twin.worlds.expected import Expected
from doorstep.twin.worlds.shelf import Listed, cover_days

EARLY_S: Final = HOUR_S
"""What comes in the night is there an hour before the opening."""
NOON_S: Final = 6 * HOUR_S
"""The noon truck comes six hours after the opening."""
NOON_HOUR: Final = 13
"""… and what it brings is on sale from this hour of the day on."""


class Stocking(Struct, frozen=True, kw_only=True):
    """
    How full the shelf is made.

    Parameters
    ----------
    missed_bp
        What a missing pack costs beyond its own margin, in its prices: eight times, for who misses a tenth of a basket
        may leave the whole of it (`ReactionParams`), and comes back less. Two, four, six and fifteen were tried on
        two days of other seeds: from six on no less is filled than by the cover rule that stood here before.
    morning_bp
        With which probability the morning lasts until the noon truck: the surest that a forecast tells, for waiting
        for the truck costs nothing but the shelf's room.
    tomorrow_s
        From the close of today to when a first doorstep can be reached tomorrow, as `StockParams.tomorrow_s`.
    next_day_s
        How long after it what is left from today takes to be sold.
    loss_bp
        Of what could be sold tomorrow, the share that is lost all the same.
    noon_lines
        A chilled sku comes again at noon if it is asked for in so many of 400 lines.
    """

    missed_bp: int = 80_000
    morning_bp: int = 9_800
    tomorrow_s: int = 9 * HOUR_S
    next_day_s: int = 6 * HOUR_S
    loss_bp: int = 500
    noon_lines: int = 1

    def level(self, sku: Sku, *, open_s: int) -> float:
        """
        Find the probability with which demand is to be met: there one more is as dear as one less.

        Parameters
        ----------
        sku
            Its price, cost and life.
        open_s
            For how long the site is open.

        Notes
        -----
        The newsvendor's: one too few loses its margin and `missed_bp` of its price; one too many loses its cost
        times the chance that it will not be sold tomorrow either, which falls from one to `loss_bp` as its life
        reaches from the close into the next day. References: Arrow, Harris, Marschak (1951), Optimal inventory policy.
        """
        missed_fen = sku.price_fen - sku.cost_fen + sku.price_fen * self.missed_bp / 10_000
        spare_s = sku.life_s - sku.min_life_s - EARLY_S - open_s - self.tomorrow_s
        kept = min(1.0, max(0.0, spare_s / self.next_day_s)) * (1 - self.loss_bp / 10_000)
        wasted_fen = sku.cost_fen * (1 - kept)
        return missed_fen / (missed_fen + wasted_fen)


def morning_lots(
    listed: Sequence[Listed],
    expected: Expected,
    *,
    site: SiteId,
    opens_at_s: int,
    closes_at_s: int,
    chance: Chance,
    stocking: Stocking,
) -> tuple[Lot, ...]:
    """
    Fill the shelf for a day.

    Parameters
    ----------
    expected
        Demand of the day, and what yesterday left.
    chance
        Draws how fresh each lot is when it comes.

    Returns
    -------
    For each sku up to three lots: what was left yesterday (nearer to its sell-by), what came in the night, and of
    chilled goods that sell what comes on the noon truck. Together they reach the quantile of demand that
    `Stocking.level` names, over as many days as a sku is laid in for.
    """
    total = sum(x.popularity for x in listed)
    lots: list[Lot] = []
    for at, x in enumerate(listed):
        draw = chance.child(x.sku.sku)
        level = stocking.level(x.sku, open_s=closes_at_s - opens_at_s)
        wanted = expected.quantile(at, level, share=cover_days(x.sku))
        left = float(expected.left[at])
        more = max(0.0, wanted - left)
        noon = 0.0
        if x.sku.zone == "chilled" and x.popularity * 400 > total * stocking.noon_lines:
            share = float(expected.hours[at, :NOON_HOUR].sum())
            morning = expected.quantile(at, stocking.morning_bp / 10_000, share=share)
            noon = max(0.0, wanted - max(morning, left))
        for part, amount, arrives_at_s, age_s in (
            ("a", left, opens_at_s - EARLY_S, min(DAY_S, x.sku.life_s // 4)),
            ("b", more - noon, opens_at_s - EARLY_S, 0),
            ("c", noon, opens_at_s + NOON_S, 0),
        ):
            whole = _whole(amount, x.sku)
            if whole:
                life_s = x.sku.life_s - age_s - draw.below(max(1, x.sku.life_s // 20))
                lots.append(
                    Lot(
                        lot=LotId(f"L{x.sku.sku[1:]}{part}"),
                        sku=x.sku.sku,
                        site=site,
                        supplier=_supplier(x.sku, part),
                        arrives_at_s=arrives_at_s,
                        sell_by_s=arrives_at_s + life_s,
                        amount=whole,
                    )
                )
    return tuple(lots)


def _whole(amount: float, sku: Sku) -> int:
    """Buy whole packs, or hundreds of grams: of a pack that is wanted now and then there is one."""
    return round(amount / 100) * 100 if sku.sold_by == "g" else ceil(amount - 0.1)


def _supplier(sku: Sku, part: str) -> str:
    """Goods of a category come from one of three suppliers, named by number; the noon truck is one of its own."""
    turn = int(sku.sku[1:]) % 3 + 1
    return f"noon-{sku.category}" if part == "c" else f"{sku.category}-{turn}"
