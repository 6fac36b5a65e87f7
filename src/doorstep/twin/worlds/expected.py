"""What the built-in day expects to be asked for, sku by sku: made of a forecast, its own or one that was given."""

from collections.abc import Sequence
from functools import cache
from typing import Any, Final

import numpy as np
from msgspec import Struct
from msgspec.structs import replace
from numpy.typing import NDArray

from doorstep.core.forecast import ForecastParams, forecast
from doorstep.core.history.recover import recover
from doorstep.model.demand import LEVELS, Forecast
from doorstep.twin.worlds.past import Past, past
from doorstep.twin.worlds.shelf import WEIGHED_MEAN_G, Listed

Real = NDArray[np.float64]

SWEEPS: Final = 2
"""Rounds of the fit: a third takes 0.4 s more and moves no sku by more than chance does in a day."""
FORECAST_SEED: Final = 1
OWN: Final = "the forecast room's, of the neighbourhood's own four weeks before"
WHY: Final = (
    "the shelf is filled against it: each sku to the quantile at which one more would be wasted as often as missed"
)


class Expected(Struct, frozen=True, kw_only=True, eq=False):
    """
    Demand expected of one day at one site; goods in packs, or grams of what is weighed.

    Parameters
    ----------
    source
        Where it comes from, in words.
    mean, sd
        Of each sku of the catalogue, in its order, shape (n,).
    quantiles
        At `LEVELS`, shape (n, 8).
    hours
        Share of the day's demand that comes in each of its 24 hours, shape (n, 24).
    step
        What one is asked for at a time, shape (n,): a pack, or a customary piece in grams.
    left
        What lies on the shelf from yesterday and will live, shape (n,).
    """

    source: str
    mean: Real
    sd: Real
    quantiles: Real
    hours: Real
    step: Real
    left: Real

    def quantile(self, sku: int, level: float, *, share: float = 1.0) -> float:
        """
        Read the demand that is not exceeded with a probability.

        Parameters
        ----------
        sku
            Its number in the catalogue.
        level
            The probability; beyond the outermost of `LEVELS` theirs is given.
        share
            Of a part of the day or of several days, as a multiple of the day.

        Notes
        -----
        Between two levels straight; of a part of the day the part of the variance that is chance shrinks with the
        part, the other with its square; of several days the variance of one comes once each.
        """
        mean, sd = float(self.mean[sku]), float(self.sd[sku])
        away = float(np.interp(level, LEVELS, self.quantiles[sku])) - mean
        chance = float(self.step[sku]) * mean
        common = max(0.0, sd * sd - chance)
        variance = share * chance + min(share, share * share) * common
        return max(0.0, share * mean + away * (variance**0.5) / sd) if sd > 0 else share * mean

    def times(self, factor: float) -> "Expected":
        """
        Expect so many times as many shoppers.

        Parameters
        ----------
        factor
            Above 0; what is left from yesterday grows with it, too.
        """
        chance = self.step * self.mean
        sd = np.sqrt(factor * chance + factor * factor * np.maximum(0.0, self.sd**2 - chance))
        wider = np.divide(sd, self.sd, out=np.ones_like(sd), where=self.sd > 0)
        away = (self.quantiles - self.mean[:, None]) * wider[:, None]
        mean = factor * self.mean
        quantiles = np.maximum(0.0, mean[:, None] + away)
        made = {"mean": mean, "sd": sd, "quantiles": quantiles, "left": np.floor(factor * self.left)}
        return replace(self, **made)


@cache
def own_past(listed: tuple[Listed, ...], site: str, first_day: int, lines: int, by_hour: tuple[float, ...]) -> Past:
    """Draw the neighbourhood's past, once a process."""
    return past(listed, site=site, first_day=first_day, lines=lines, by_hour=by_hour)


@cache
def own_forecast(
    listed: tuple[Listed, ...], site: str, first_day: int, lines: int, by_hour: tuple[float, ...]
) -> Forecast:
    """
    Let the history room see through the past's empty shelves and the forecast room look ahead, once a process.

    Notes
    -----
    Trees are left out: they tell `in_stock_sales` only, which no shelf is filled by.
    """
    known = own_past(listed, site, first_day, lines, by_hour)
    params = ForecastParams(sweeps=SWEEPS, trees=0, origins=0)
    found = recover(known.panel)
    return forecast(known.panel, found, known.ahead, days=1, params=params, seed=FORECAST_SEED)


def expected_of(
    made: Forecast, listed: Sequence[Listed], *, day: int, left: Real, source: str, rows: Sequence[int] | None = None
) -> Expected:
    """
    Take a forecast as what one day expects.

    Parameters
    ----------
    made
        In packs, and pieces of the customary jin of what is weighed.
    day
        Which of its days.
    left
        Packs, or grams, on the shelf from yesterday.
    rows
        The forecast's series of each sku; None where they are in the catalogue's order.
    """
    weighed = np.array([x.sku.sold_by == "g" for x in listed])
    step = np.where(weighed, float(WEIGHED_MEAN_G), 1.0)
    at = np.arange(len(listed)) if rows is None else np.asarray(rows, np.int64)
    return Expected(
        source=source,
        mean=made.mean[at, day] * step,
        sd=made.sd[at, day] * step,
        quantiles=made.quantiles[at, day] * step[:, None],
        hours=hour_shares(made, at, day),
        step=step,
        left=left,
    )


def own_expected(
    listed: tuple[Listed, ...], *, site: str, first_day: int, lines: int, by_hour: tuple[float, ...]
) -> Expected:
    """Make what the built-in day expects where no forecast is given."""
    made = own_forecast(listed, site, first_day, lines, by_hour)
    known = own_past(listed, site, first_day, lines, by_hour)
    return expected_of(made, listed, day=0, left=on_shelf(known, listed), source=OWN)


def on_shelf(known: Past, listed: Sequence[Listed]) -> Real:
    """Tell what yesterday left, in packs or grams."""
    found: Real = known.left * np.array([WEIGHED_MEAN_G if x.sku.sold_by == "g" else 1 for x in listed])
    return found


def hour_shares(made: Forecast, rows: NDArray[np.int64], day: int) -> Real:
    """
    Read how a forecast's day spreads over its hours.

    Parameters
    ----------
    rows
        Which of its series.
    day
        Which of its days.

    Returns
    -------
    Shares `[rows, 24]`, summing to 1: the profile of each series' category; evenly from 06:00 to 21:59 where the
    forecast carries none.
    """
    weekend = int((made.first_day + day + 3) % 7 >= 5)
    told: list[dict[str, Any]] = made.about.get("profiles", [])
    flat = np.zeros(24)
    flat[6:22] = 1 / 16
    at = {(x["city"], *x["groups"]): np.asarray(x["shares"][weekend], float) for x in told}
    names = zip(made.keys[rows, 0].tolist(), made.groups[rows].tolist(), strict=True)
    return np.stack([at.get((city, *groups), flat) for city, groups in names])
