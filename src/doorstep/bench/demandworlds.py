"""Cities of hourly sales with their true demand, of four kinds: one plain, three that break recovery's assumptions."""

from collections.abc import Mapping
from typing import Any, Final, Literal

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from doorstep.model.demand import Panel

Floats = NDArray[Any]
Kind = Literal["plain", "bulk", "moving", "records"]
KINDS: Final[tuple[Kind, ...]] = ("plain", "bulk", "moving", "records")
TUNING_SEEDS: Final[Mapping[Kind, tuple[int, ...]]] = {
    "plain": (1101, 1102),
    "bulk": (1201, 1202),
    "moving": (1301, 1302),
    "records": (1401, 1402),
}
"""Seeds that parameters may be chosen on."""
TEST_SEEDS: Final[Mapping[Kind, tuple[int, ...]]] = {
    "plain": (2101,),
    "bulk": (2201,),
    "moving": (2301,),
    "records": (2401,),
}
"""Seeds that are scored, and never tuned on."""

HOURS: Final = 24
OPENS, CLOSES = 6, 22
OPEN: Final = np.uint32(0xFFFF << OPENS)
"""The bits of the hours in which sites are open."""
COUNT: Final = np.array([x.bit_count() for x in range(1 << 16)], dtype=np.int8)
"""How many bits sixteen of them have."""
GROUP: Final = 5  # skus that may stand in for each other
SAFETY: Final[Mapping[Kind, float]] = {"plain": 0.9, "bulk": 1.4, "moving": 0.65, "records": 0.95}
"""Roots of the expected demand that are kept on top; gives about the share of empty hours of the frozen worlds."""


class DemandWorld(Struct, frozen=True, kw_only=True):
    """
    One city's records and what its people wanted.

    Parameters
    ----------
    keys
        int64 [n, 3]: city, store, product; sorted.
    groups
        int64 [n, 5]: management group, first, second, third category, spare.
    first_day
        Days since 1970-01-01 of the first column.
    history_days
        Columns before this are history, the rest is the known future.
    hours, out
        As recorded: sales float32 [n, d, 24] (NaN where a row is lost), flags uint32 [n, d] (bit h = hour h empty).
    true_out, demand, hours_demand, mean
        As it was: flags, demand [n, d] and by hour [n, d, 24], the day's rate [n, d].
    listed
        bool [n, d]: on sale that day, recorded or not.
    discount, holiday, activity, weather
        [n, d] each; weather [n, d, 4]: rain, temperature, humidity, wind.
    """

    keys: NDArray[np.int64]
    groups: NDArray[np.int64]
    first_day: int
    history_days: int
    hours: NDArray[np.float32]
    out: NDArray[np.uint32]
    true_out: NDArray[np.uint32]
    demand: NDArray[np.float32]
    hours_demand: NDArray[np.float32]
    mean: NDArray[np.float32]
    listed: NDArray[np.bool_]
    discount: NDArray[np.float32]
    holiday: NDArray[np.int8]
    activity: NDArray[np.int8]
    weather: NDArray[np.float32]


def panel_of(world: DemandWorld) -> Panel:
    """Give a world's history as a panel."""
    end = world.history_days
    hours = world.hours[:, :end]
    there = np.isfinite(hours[:, :, 0])
    out = np.where(there, world.out[:, :end], 0).astype(np.uint32)
    return Panel(
        keys=world.keys,
        groups=world.groups[:, :4],
        first_day=world.first_day,
        sales=np.where(there, hours.sum(2), np.nan).astype(np.float32),
        hours=np.nan_to_num(hours),
        out=out,
        out_known=there,
        out_hours=COUNT[(out & OPEN) >> 6],
        discount=world.discount[:, :end],
        holiday=world.holiday[:, :end],
        activity=world.activity[:, :end],
        weather=world.weather[:, :end],
    )


def demand_world(
    kind: Kind, seed: int, *, sites: int = 20, skus: int = 100, history: int = 90, ahead: int = 7
) -> DemandWorld:
    """
    Simulate a city of sites whose shelves run empty.

    Parameters
    ----------
    kind
        `plain`: counts around a rate. `bulk`: a sixth of demand comes as orders of 10 to 40 units, and the spread from
        day to day differs by series. `moving`: half of what is not met moves to others of its group; hours' profiles
        drift; some supply gaps. `records`: a tenth of the flags wrong in runs of hours, lost rows, late deliveries,
        skus that start late or end.
    seed
        Same kind, seed and sizes, same world.
    sites, skus, history, ahead
        How many; `skus` a multiple of 5; days of history and days after it.

    Returns
    -------
    The world: what was recorded and what was true.
    """
    assert skus % GROUP == 0, "skus come in groups of five"
    draw = np.random.Generator(np.random.PCG64([seed, KINDS.index(kind)]))
    rates = _Rates(draw, kind, sites, skus, history + ahead)
    units = _wanted(draw, kind, rates)
    sold, true_out = _sold(draw, kind, rates, units, sites, skus)
    return _recorded(draw, kind, rates, units, sold, true_out, history)


class _Rates:
    """What moves the rate of every series and day: product of level, weekday, weather, price and shocks."""

    def __init__(self, draw: np.random.Generator, kind: Kind, sites: int, skus: int, days: int) -> None:
        n = sites * skus
        self.n, self.days, self.sites, self.skus = n, days, sites, skus
        self.site, self.sku = np.repeat(np.arange(sites), skus), np.tile(np.arange(skus), sites)
        self.group = self.sku // GROUP
        groups = skus // GROUP
        self.first_day = int(draw.integers(19_700, 19_900))
        day = np.arange(days)
        self.weekday = (day + self.first_day + 3) % 7
        self.holiday = (self.weekday >= 5) | (draw.random(days) < 0.03)
        self.rain = np.where(draw.random(days) < 0.3, draw.gamma(1.0, 8.0, days), 0.0)
        self.warm = 18 + 6 * np.sin(2 * np.pi * (day + draw.integers(365)) / 365) + _walk(draw, (1, days), 1.5, 0.7)[0]
        promo, live = self._offers(draw, skus, days)
        self.discount = promo[self.sku]
        self.live_hour = live[self.sku]
        self.level = np.exp(
            1.0
            + 0.85 * draw.normal(size=skus)[self.sku]
            + 0.35 * draw.normal(size=sites)[self.site]
            + 0.45 * draw.normal(size=n)
        )
        week = np.exp(0.12 * draw.normal(size=(groups, 7)))
        week[:, 5:] *= np.exp(0.15 + 0.1 * draw.normal(size=(groups, 1)))
        elastic = draw.uniform(1.2, 2.8, skus)[self.sku]
        log = (
            np.log(week)[self.group][:, self.weekday]
            + (draw.normal(0.004, 0.003, groups)[self.group][:, None] * np.minimum(self.rain, 30)[None, :])
            + (draw.normal(0, 0.01, skus)[self.sku][:, None] * (self.warm - self.warm.mean())[None, :])
            + 0.1 * (self.holiday & (self.weekday < 5))[None, :]
            - elastic[:, None] * np.log(self.discount)
            + _walk(draw, (skus, days), 0.12, 0.6)[self.sku]
            + _walk(draw, (sites, days), 0.08, 0.6)[self.site]
            + _walk(draw, (1, days), 0.05, 0.6)
            + _walk(draw, (n, days), 0.02, 1.0)
            + _walk(draw, (skus, days), 0.015, 1.0)[self.sku]
        )
        self.mean = self.level[:, None] * np.exp(log)
        self.shape = np.full(n, 8.0) if kind != "bulk" else np.exp(draw.normal(np.log(3.5), 0.5, n))
        self.profile = self._profile(draw, kind, groups, days)
        self.activity = (self.discount < 1) & (draw.random(skus) < 0.5)[self.sku][:, None] | (self.live_hour >= 0)

    @staticmethod
    def _offers(draw: np.random.Generator, skus: int, days: int) -> tuple[Floats, Floats]:
        """Return each sku's discount by day, and the hour of its live sale (-1: none)."""
        promo = np.ones((skus, days))
        for x in range(skus):
            at = int(draw.integers(0, 20))
            while at < days:
                long = int(draw.integers(2, 6))
                promo[x, at : at + long] = round(float(draw.uniform(0.6, 0.95)), 3)
                at += long + int(draw.integers(8, 30))
        live = np.where(draw.random((skus, days)) < 0.004, draw.integers(10, 20, (skus, days)), -1)
        return promo, live

    def _profile(self, draw: np.random.Generator, kind: Kind, groups: int, days: int) -> Floats:
        """Return shares of the day by group, day and open hour: two humps, which wander in a moving world."""
        hour = np.arange(OPENS, CLOSES)[None, None, :] + 0.5
        wander = np.linspace(-0.5, 0.5, days)[None, :, None] * (
            draw.normal(0, 1.5, (groups, 1, 1)) if kind == "moving" else 0
        )
        morning, evening = (
            draw.normal(9.3, 0.7, (groups, 1, 1)) + wander,
            draw.normal(17.6, 0.7, (groups, 1, 1)) - wander,
        )
        tilt = draw.uniform(0.35, 0.65, (groups, 1, 1)) + (wander * 0.15 if kind == "moving" else 0)
        raw = tilt * np.exp(-((hour - morning) ** 2) / 6) + (1 - tilt) * np.exp(-((hour - evening) ** 2) / 9) + 0.25
        raw = raw * np.exp(draw.normal(0, 0.12, (groups, 1, CLOSES - OPENS)))
        return np.asarray(raw / raw.sum(2, keepdims=True))


def _walk(draw: np.random.Generator, shape: tuple[int, int], sd: float, keep: float) -> Floats:
    """Return a first-order autoregression along the days; its steps have this spread (keep 1: a random walk)."""
    steps = draw.normal(0, sd * np.sqrt(1 - keep**2) if keep < 1 else sd, shape)
    steps[:, 0] = draw.normal(0, sd if keep < 1 else 0, shape[0])
    for x in range(1, shape[1]):
        steps[:, x] += keep * steps[:, x - 1]
    return steps


def _wanted(draw: np.random.Generator, kind: Kind, rates: _Rates) -> Floats:
    """Draw what people want: [n, d, open hours] whole units."""
    share = rates.profile[rates.group]
    boost = np.ones_like(share)
    rows, days = np.nonzero(rates.live_hour >= 0)
    at = rates.live_hour[rows, days] - OPENS
    boost[rows, days, at] = 5
    boost[rows, days, np.minimum(at + 1, CLOSES - OPENS - 1)] = 3
    shape = rates.shape[:, None]
    rate = rates.mean * draw.gamma(shape, 1 / shape, (rates.n, rates.days))
    if kind == "bulk":
        rate = rate * (5 / 6)
    units: Floats = draw.poisson(rate[:, :, None] * share * boost).astype(np.float64)
    if kind == "bulk":
        often = rates.mean / 6 / 25 * np.exp(draw.normal(-0.18, 0.6, rates.n))[:, None]
        orders = draw.poisson(often)
        cuts = share.cumsum(2)
        for k in range(int(orders.max())):
            row, day = np.nonzero(orders > k)
            hour = (draw.random((row.size, 1)) > cuts[row, day]).sum(1).clip(0, CLOSES - OPENS - 1)
            units[row, day, hour] += draw.integers(10, 41, row.size)
        rates.mean = rates.mean * (5 / 6) + often * 25
    return units


def _deliveries(draw: np.random.Generator, kind: Kind, rates: _Rates) -> tuple[Floats, Floats]:
    """Return units on the shelf at the day's delivery, and its open hour (0: before opening)."""
    guess = rates.mean * (5 / 6 if kind == "bulk" else 1) * np.exp(draw.normal(-0.03, 0.25, rates.mean.shape))
    units = np.ceil(guess + SAFETY[kind] * np.sqrt(guess))
    at = np.zeros(units.shape, dtype=np.int64)
    if kind == "moving":
        start = draw.random(units.shape) < 0.005
        for k in range(4):
            gap = np.roll(start, k, axis=1) & (draw.random(units.shape) < 0.8)
            gap[:, :k] = False
            units[gap] = 0
    if kind == "records":
        late = draw.random(units.shape) < 0.045
        at[late] = draw.integers(1, 8, int(late.sum()))
        units[draw.random(units.shape) < 0.02] = 0
    return units, at


def _sold(
    draw: np.random.Generator, kind: Kind, rates: _Rates, units: Floats, sites: int, skus: int
) -> tuple[Floats, NDArray[np.bool_]]:
    """Sell until the shelf is empty: sales and flags (more than half of the hour empty), [n, d, open hours]."""
    left, at = _deliveries(draw, kind, rates)
    arriving, left = left, np.where(at == 0, left, 0.0)
    sold, out = np.zeros_like(units), np.zeros(units.shape, dtype=np.bool_)
    for hour in range(CLOSES - OPENS):
        left = left + np.where((at == hour) & (hour > 0), arriving, 0.0)
        wanted = units[:, :, hour]
        there = left
        if kind == "moving":
            wanted = wanted + _moved(draw, wanted, there, rates, sites, skus)
        took = np.minimum(wanted, there)
        left = there - took
        ends = (took >= there) & (there > 0)
        when = draw.beta(np.maximum(there, 1e-9), wanted - took + 1)
        sold[:, :, hour] = took
        out[:, :, hour] = (there <= 0) | (ends & (when < 0.5))
    return sold, out


def _moved(draw: np.random.Generator, wanted: Floats, there: Floats, rates: _Rates, sites: int, skus: int) -> Floats:
    """Move about half of what is not met to members of the group that have some left, by their levels."""
    shape = (sites, skus // GROUP, GROUP, rates.days)
    short = draw.binomial(np.maximum(wanted - there, 0).astype(np.int64), 0.5).reshape(shape).sum(2, keepdims=True)
    spare = np.maximum(there - wanted, 0).reshape(shape) > 0
    weight = np.where(spare, rates.level.reshape(sites, skus // GROUP, GROUP, 1), 0.0)
    total = weight.sum(2, keepdims=True)
    share = np.divide(weight, total, out=np.zeros_like(weight), where=total > 0)
    return np.asarray(draw.poisson(short * share).astype(np.float64).reshape(rates.n, rates.days))


def _bits(flags: NDArray[np.bool_]) -> NDArray[np.uint32]:
    """Pack open hours and nights: a shelf empty at closing stays so until six, whatever hour it is then."""
    n, days, _ = flags.shape
    out = np.zeros((n, days), dtype=np.uint32)
    for hour in range(CLOSES - OPENS):
        out |= flags[:, :, hour].astype(np.uint32) << np.uint32(hour + OPENS)
    return out


def _nights(left_empty: NDArray[np.bool_]) -> NDArray[np.uint32]:
    """Flag 22 to 5 where the shelf was empty at closing."""
    late = np.uint32((1 << 22) | (1 << 23))
    early = np.uint32((1 << 6) - 1)
    night = left_empty.astype(np.uint32) * late
    night[:, 1:] |= left_empty[:, :-1].astype(np.uint32) * early
    return night


def _recorded(
    draw: np.random.Generator,
    kind: Kind,
    rates: _Rates,
    units: Floats,
    sold: Floats,
    flags: NDArray[np.bool_],
    history: int,
) -> DemandWorld:
    """Write the records down, in a world of bad records badly."""
    n, days = rates.n, rates.days
    night = _nights(flags[:, :, -1])
    true_out = _bits(flags) | night
    listed = np.ones((n, days), dtype=np.bool_)
    kept = np.ones((n, days), dtype=np.bool_)
    seen = flags
    if kind == "records":
        seen = flags ^ _wrong(draw, flags.shape)
        listed, kept = _rows(draw, rates, history)
    kept = kept & listed
    hours = np.zeros((n, days, HOURS), dtype=np.float32)
    hours[:, :, OPENS:CLOSES] = sold
    hours[~kept] = np.nan
    wanted = np.zeros((n, days, HOURS), dtype=np.float32)
    wanted[:, :, OPENS:CLOSES] = units
    code = KINDS.index(kind) + 1
    keys = np.stack([np.full(n, code), code * 100 + rates.site + 1, code * 1000 + rates.sku + 1], axis=1)
    group = rates.group
    groups = np.stack(
        [code * 10 + group % 2, code * 100 + group // 4, code * 100 + group // 2, code * 100 + group, np.full(n, -1)],
        1,
    )
    weather = np.stack([rates.rain, rates.warm, 60 + rates.rain.clip(0, 30), np.full(days, 3.0)], axis=1)
    return DemandWorld(
        keys=keys.astype(np.int64),
        groups=groups.astype(np.int64),
        first_day=rates.first_day,
        history_days=history,
        hours=hours,
        out=_bits(seen) | night,
        true_out=true_out,
        demand=units.sum(2).astype(np.float32),
        hours_demand=wanted,
        mean=rates.mean.astype(np.float32),
        listed=listed,
        discount=rates.discount.astype(np.float32),
        holiday=np.broadcast_to(rates.holiday, (n, days)).astype(np.int8),
        activity=rates.activity.astype(np.int8),
        weather=np.broadcast_to(weather, (n, days, 4)).astype(np.float32),
    )


def _wrong(draw: np.random.Generator, shape: tuple[int, ...]) -> NDArray[np.bool_]:
    """Mark runs of hours, four long on average, in which the flag says the opposite: a tenth of all."""
    n, days, hours = shape
    wrong = np.zeros(shape, dtype=np.bool_)
    state = draw.random((n, days)) < 0.075
    for hour in range(hours):
        state = np.where(state, draw.random((n, days)) < 0.75, draw.random((n, days)) < 0.03)
        wrong[:, :, hour] = state
    return wrong


def _rows(draw: np.random.Generator, rates: _Rates, history: int) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Return which days are on sale (late starts, ends), and which rows were not lost or have arrived."""
    n, days = rates.n, rates.days
    day = np.arange(days)[None, :]
    start = np.where(draw.random(rates.skus) < 0.06, history - draw.integers(10, 31, rates.skus), 0)[rates.sku][
        :, None
    ]
    end = np.where(draw.random(rates.skus) < 0.07, draw.integers(20, history, rates.skus), days)[rates.sku][:, None]
    listed = (day >= start) & (day < end)
    kept = draw.random((n, days)) > 0.02
    kept &= (draw.random((rates.sites, days)) > 0.015)[rates.site]
    silent = np.where(draw.random(rates.sites) < 0.3, draw.integers(1, 4, rates.sites), 0)[rates.site][:, None]
    kept &= ~((day >= history - silent) & (day < history))
    return np.broadcast_to(listed, (n, days)).copy(), kept
