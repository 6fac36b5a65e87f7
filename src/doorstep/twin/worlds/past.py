"""The four weeks before the built-in day: what the neighbourhood bought, hour by hour, and when shelves were empty."""

from collections.abc import Sequence
from typing import Final

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from doorstep.base.units import DAY_S
from doorstep.model.demand import Ahead, Panel, ahead_of
from doorstep.twin.worlds.shelf import PACKS_A_LINE, Listed, cover_days

Real = NDArray[np.float64]

DAYS: Final = 28
SEED: Final = 20_200_408
"""A neighbourhood has one past: every seed of the day is another tomorrow of it."""
WEEKDAYS: Final = (1.02, 1.0, 1.0, 1.0, 1.06, 1.22, 1.18)
"""Order lines of a Monday, a Tuesday … against those of a Wednesday, which the built-in day is."""
WET: Final = 1.08
"""… and of a rainy day against a dry one: shops by app gain in rain."""
PULL: Final = 2.0
"""Lines grow with the price to minus this power: 20% off sells 56% more."""
PROMOTED: Final = 0.015
"""Share of skus that begin a promotion on a day; each lasts one to three days."""
DAY_SHAPE: Final = 14.0
"""A sku's day varies by more than chance: shape of the gamma around its rate, a quarter up or down."""
LATE: Final = 0.01
"""How often a sku's delivery comes in the course of the morning instead of before the opening."""
OPENS: Final = 6


class Past(Struct, frozen=True, kw_only=True, eq=False):
    """
    What is on record on the eve of the built-in day.

    Parameters
    ----------
    panel
        History of every sku of the catalogue, in its order; weighed goods in pieces of the customary jin.
    ahead
        What is known of tomorrow: prices, weather.
    left
        Pieces of each sku that yesterday left on the shelf and that will live, shape (n,).
    """

    panel: Panel
    ahead: Ahead
    left: Real


def past(listed: Sequence[Listed], *, site: str, first_day: int, lines: int, by_hour: Sequence[float]) -> Past:
    """
    Draw the past of the neighbourhood.

    Parameters
    ----------
    listed
        The catalogue, in the order of its ids.
    first_day
        The built-in day, counted from 1970-01-01: the day after the last of the past.
    lines
        Order lines of a dry Wednesday.
    by_hour
        Weight of each open hour from 06:00 on.

    Notes
    -----
    Each morning the shelf is filled up to the rate of an ordinary day and some more, by hands that know how popular a
    sku is; what is asked for beyond it is lost, and the hour is flagged empty. Vectorised: some tenths of a second.
    """
    n, days = len(listed), DAYS + 1
    draw = np.random.Generator(np.random.PCG64(SEED))
    rain = np.where(draw.random(days) < 0.3, draw.gamma(1.5, 6.0, days), 0.0)
    rain[-1] = 0.0
    discount = _discounts(draw, n, days)
    weekday = (first_day - DAYS + np.arange(days) + 3) % 7
    level = lines * np.array(WEEKDAYS)[weekday] * np.where(rain > 0, WET, 1.0)
    rate = _rates(listed, discount, level)
    share = np.asarray(by_hour, float) / sum(by_hour)
    days_rate = rate * draw.gamma(DAY_SHAPE, 1 / DAY_SHAPE, rate.shape)
    wanted: Real = draw.poisson(days_rate[:, :, None] * share).astype(float)
    shelf = _shelf(draw, listed, rate)
    late = np.where(draw.random((n, days)) < LATE, draw.integers(1, 6, (n, days)), 0)
    there = np.arange(len(share)) >= late[:, :, None]
    shown = np.cumsum(np.where(there, wanted, 0.0), axis=2)
    sold = np.diff(np.minimum(shown, shelf[:, :, None]), axis=2, prepend=0.0)
    empty = (shown >= shelf[:, :, None]) | ~there
    panel = _panel(listed, site, first_day, sold=sold, empty=empty, discount=discount, rain=rain)
    lives = np.array([x.sku.life_s >= 2 * DAY_S for x in listed])
    left = np.where(lives, shelf[:, -2] - sold[:, -2].sum(axis=1), 0.0)
    return Past(panel=panel.days(0, DAYS), ahead=ahead_of(panel, DAYS, 1), left=left)


def weights(listed: Sequence[Listed], ahead: Ahead) -> list[int]:
    """Weigh how likely each sku is put into a basket tomorrow: its popularity, more where it is cheaper."""
    pull = ahead.discount[:, 0].astype(float) ** -PULL
    return [round(100 * x.popularity * y) for x, y in zip(listed, pull.tolist(), strict=True)]


def _discounts(draw: np.random.Generator, n: int, days: int) -> NDArray[np.float32]:
    """Price against list price by sku and day: a few skus at a time for some days."""
    found = np.ones((n, days), np.float32)
    starts = draw.random((n, days)) < PROMOTED
    long, off = draw.integers(1, 4, (n, days)), draw.choice([0.9, 0.85, 0.8, 0.7], (n, days))
    for day in range(days):
        for begun in range(max(0, day - 2), day + 1):
            on = starts[:, begun] & (begun + long[:, begun] > day)
            found[on, day] = off[on, begun]
    return found


def _rates(listed: Sequence[Listed], discount: NDArray[np.float32], level: Real) -> Real:
    """Pieces a day by sku and day: lines go where skus are popular and cheap."""
    popular = np.array([x.popularity for x in listed], float)
    weight = popular[:, None] * discount.astype(float) ** -PULL
    lines: Real = level * weight / weight.sum(axis=0)
    a_line = np.array([1.0 if x.sku.sold_by == "g" else PACKS_A_LINE for x in listed])
    found: Real = lines * a_line[:, None]
    return found


def _shelf(draw: np.random.Generator, listed: Sequence[Listed], rate: Real) -> Real:
    """Pieces on the shelf in the morning: days of an ordinary rate, a tenth to a third more, and one deviation."""
    usual = np.median(rate, axis=1, keepdims=True)
    cover = np.array([cover_days(x.sku) for x in listed])[:, None]
    more = draw.uniform(1.1, 1.35, rate.shape)
    found: Real = np.ceil(cover * usual * more + np.sqrt(usual))
    return found


def _panel(
    listed: Sequence[Listed],
    site: str,
    first_day: int,
    *,
    sold: Real,
    empty: NDArray[np.bool_],
    discount: NDArray[np.float32],
    rain: Real,
) -> Panel:
    n, days, hours = sold.shape
    skus = tuple(x.sku.sku for x in listed)
    assert list(skus) == sorted(set(skus)), "series are sorted by their keys"
    categories = sorted({x.sku.category for x in listed})
    alike = sorted({x.sku.swap_group for x in listed})
    groups = np.full((n, 4), -1, np.int64)
    groups[:, 1] = [categories.index(x.sku.category) for x in listed]
    groups[:, 2] = [alike.index(x.sku.swap_group) for x in listed]
    bits = (empty.astype(np.uint32) << np.arange(OPENS, OPENS + hours, dtype=np.uint32)).sum(axis=2, dtype=np.uint32)
    whole = np.zeros((n, days, 24), np.float32)
    whole[:, :, OPENS : OPENS + hours] = sold
    began = first_day - DAYS
    weather = np.stack([rain, np.full(days, 15.0), np.where(rain > 0, 85.0, 65.0), np.full(days, 2.0)], axis=1)
    holiday = ((began + np.arange(days) + 3) % 7 >= 5).astype(np.int8)
    return Panel(
        keys=np.stack([np.zeros(n), np.zeros(n), np.arange(n)], axis=1).astype(np.int64),
        groups=groups,
        first_day=began,
        sales=whole.sum(axis=2),
        hours=whole,
        out=bits,
        out_known=np.ones((n, days), np.bool_),
        out_hours=empty.sum(axis=2).astype(np.int8),
        discount=discount,
        holiday=np.broadcast_to(holiday, (n, days)).copy(),
        activity=(discount < 1).astype(np.int8),
        weather=np.broadcast_to(weather.astype(np.float32), (n, days, 4)).copy(),
        names={"store_id": (site,), "product_id": skus},
    )
