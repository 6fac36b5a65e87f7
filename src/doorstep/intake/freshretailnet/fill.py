"""What people would have asked for: sales where the shelf was in stock, what was expected where it was not."""

from collections.abc import Sequence

from msgspec import Struct

from doorstep.base.chance import Chance
from doorstep.base.ids import SkuId
from doorstep.intake.freshretailnet.sales import HOURS, Series, SoldDay

Hourly = tuple[int, ...]


class Filled(Struct, frozen=True, kw_only=True):
    """An hour flagged empty: packs recorded in it all the same, and packs that are asked for in the day made of it."""

    sku: SkuId
    hour: int
    sold: int
    asked: int


class Asked(Struct, frozen=True, kw_only=True):
    """
    A day's demand in packs, sku by sku and hour by hour.

    `sold` is what the record says, rounded; `asked` the same where the shelf was in stock, and filled in where it was
    not; `filled` lists every hour that was.
    """

    sold: dict[SkuId, Hourly]
    asked: dict[SkuId, Hourly]
    empty: dict[SkuId, tuple[bool, ...]]
    filled: tuple[Filled, ...]

    @property
    def total(self) -> int:
        """Packs asked for in the whole day."""
        return sum(map(sum, self.asked.values()))

    def by_hour(self) -> Hourly:
        """Packs asked for in each hour."""
        return tuple(sum(x[hour] for x in self.asked.values()) for hour in range(HOURS))


class Foreseen(Struct, frozen=True, kw_only=True):
    """What was expected before a day began: packs of each sku in each hour, and where that comes from, in words."""

    rates: dict[SkuId, tuple[float, ...]]
    source: str


class FillParams(Struct, frozen=True, kw_only=True):
    """
    How empty hours are filled.

    Parameters
    ----------
    least_days
        Days before the day that a forecast is made of at least; with fewer the hours' own rates stand in.
    prior_days
        An hour's own rate counts as if the store's profile had been seen for this many days more: 3, since most
        hours of most skus sell nothing.
    prior_units
        The day's level counts as if this many packs had been expected and sold besides.
    level_least_bp, level_most_bp
        Bounds of the day's level against other days: a quarter and four times.
    """

    least_days: int = 14
    prior_days: int = 3
    prior_units: int = 2
    level_least_bp: int = 2_500
    level_most_bp: int = 40_000


RULE = (
    "An hour flagged empty is filled with what was expected of the sku in that hour before the day began, times how "
    "this day's in-stock hours sold against what was expected of them (from a quarter to four times), rounded up or "
    "down by chance. It is never less than what was recorded in the hour. With too few days before it for a forecast, "
    "an hour expects the mean rate of the days before on which the sku was in stock in it (drawn towards the sku's "
    "level times the store's hourly profile by 3 days)."
)


def fill(
    series: Sequence[Series],
    date: str,
    *,
    scale: float,
    chance: Chance,
    params: FillParams,
    foreseen: Foreseen | None = None,
) -> Asked:
    """
    Turn one day's sales into demand.

    Parameters
    ----------
    series
        All skus of one store with all their days; those after the date change nothing.
    scale
        Demand is multiplied by this, at least 1.
    foreseen
        What was expected of the date; skus that it lacks, and all where it is None, expect the rates of days before.

    Returns
    -------
    Packs by sku and hour, for the skus that the date has; in an hour in stock exactly round(scale × sold).

    Notes
    -----
    `RULE` says it in words. O(skus × days). Each empty hour draws from a stream of its own.
    """
    assert scale >= 1, "demand is multiplied, never thinned"
    rates = _rates(series, date, params) | (foreseen.rates if foreseen is not None else {})
    sold: dict[SkuId, Hourly] = {}
    asked: dict[SkuId, Hourly] = {}
    empty: dict[SkuId, tuple[bool, ...]] = {}
    filled: list[Filled] = []
    for x in series:
        day = x.days.get(date)
        if day is None:
            continue
        level = _level(day, rates[x.sku], params)
        draw = chance.child(x.sku)
        recorded = tuple(round(scale * units) for units in day.sold)
        hours = list(recorded)
        for hour in range(HOURS):
            if day.empty[hour]:
                guess = scale * level * rates[x.sku][hour]
                whole = int(guess) + (draw.child(hour).uniform() < guess % 1)
                hours[hour] = max(recorded[hour], whole)
                filled.append(Filled(sku=x.sku, hour=hour, sold=recorded[hour], asked=hours[hour]))
        sold[x.sku], asked[x.sku], empty[x.sku] = recorded, tuple(hours), day.empty
    return Asked(sold=sold, asked=asked, empty=empty, filled=tuple(filled))


def _rates(series: Sequence[Series], date: str, params: FillParams) -> dict[SkuId, tuple[float, ...]]:
    """Packs a day that each sku sells in each hour in stock, from the days before."""
    units = {x.sku: [0.0] * HOURS for x in series}
    days = {x.sku: [0] * HOURS for x in series}
    for x in series:
        own_units, own_days = units[x.sku], days[x.sku]
        for other, day in x.days.items():
            if other < date:
                for hour in range(HOURS):
                    if not day.empty[hour]:
                        own_units[hour] += day.sold[hour]
                        own_days[hour] += 1
    profile = [
        _share(sum(units[x.sku][hour] for x in series), sum(days[x.sku][hour] for x in series))
        for hour in range(HOURS)
    ]
    rates = {}
    for x in series:
        expected = sum(n * p for n, p in zip(days[x.sku], profile, strict=True))
        level = (sum(units[x.sku]) + params.prior_units) / (expected + params.prior_units)
        rates[x.sku] = tuple(
            (units[x.sku][hour] + params.prior_days * level * profile[hour]) / (days[x.sku][hour] + params.prior_days)
            for hour in range(HOURS)
        )
    return rates


def _level(day: SoldDay, rates: tuple[float, ...], params: FillParams) -> float:
    """How the hours in stock sold, against what was expected of them."""
    sold = sum(x for x, empty in zip(day.sold, day.empty, strict=True) if not empty)
    expected = sum(x for x, empty in zip(rates, day.empty, strict=True) if not empty)
    level = (sold + params.prior_units) / (expected + params.prior_units)
    return min(max(level, params.level_least_bp / 10_000), params.level_most_bp / 10_000)


def _share(part: float, whole: int) -> float:
    return part / whole if whole else 0.0
