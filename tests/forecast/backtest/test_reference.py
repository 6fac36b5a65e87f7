"""The harness against the frozen worlds: rows that others measured come out again."""

from functools import cache

import numpy as np
import pytest

from doorstep.bench.backtest.origins import Origin, origins, read_truth
from doorstep.bench.backtest.peers import peers, told_by
from doorstep.bench.backtest.rows import Told
from doorstep.bench.backtest.scores import Score, scores
from doorstep.intake.freshretailnet.panel import read_ahead, read_panel
from doorstep.model.demand import Recovered
from tests.intake.freshretailnet.made import shared

SAID = {
    # WAPE, WPE, pinball, cover .9, .95, .98, authors' WAPE, WPE: README.md of the frozen worlds
    ("w1", "seasonal_naive"): (59.9, -17.9, 0.1842, 0.769, 0.827, 0.858, 64.7, 9.0),
    ("w2", "seasonal_naive"): (75.9, -26.6, 0.2517, 0.745, 0.798, 0.827, 83.8, 15.9),
    ("w3", "seasonal_naive"): (61.2, -18.6, 0.1916, 0.776, 0.823, 0.856, 63.1, 0.9),
    ("w4", "seasonal_naive"): (70.3, 0.5, 0.2069, 0.806, 0.846, 0.867, 83.4, 32.1),
    ("w1", "in_stock_mean_28"): (50.5, -29.5, 0.1546, 0.833, 0.904, 0.954, 47.1, -7.1),
    ("w2", "in_stock_mean_28"): (64.8, -40.8, 0.2186, 0.810, 0.870, 0.915, 57.1, -5.8),
    ("w3", "in_stock_mean_28"): (50.5, -30.1, 0.1502, 0.837, 0.903, 0.952, 44.8, -13.2),
    ("w4", "in_stock_mean_28"): (52.6, -14.6, 0.1495, 0.898, 0.952, 0.982, 54.6, 12.7),
    ("w1", "best"): (39.5, 0.0, 0.1021, 0.924, 0.961, 0.984, 42.8, 27.2),
    ("w2", "best"): (59.1, -2.6, 0.1583, 0.914, 0.954, 0.981, 68.4, 51.8),
    ("w3", "best"): (40.0, 1.2, 0.1015, 0.930, 0.966, 0.986, 40.7, 24.0),
    ("w4", "best"): (44.7, 4.8, 0.1120, 0.933, 0.967, 0.988, 51.9, 34.8),
    ("w1", "mlforecast"): (43.9, -16.8, 0.1252, 0.852, 0.900, 0.941, 41.7, 8.3),
    ("w2", "mlforecast"): (60.2, -26.4, 0.1950, 0.842, 0.884, 0.918, 55.6, 15.9),
    ("w3", "mlforecast"): (43.8, -10.5, 0.1195, 0.878, 0.920, 0.955, 41.1, 10.7),
    ("w4", "mlforecast"): (47.6, -9.7, 0.1265, 0.883, 0.931, 0.963, 49.8, 18.3),
}


@cache
def last_week(world: str) -> Origin:
    """The frozen target week of a world."""
    folder = ("worlds", "demand", world)
    panel = read_panel([shared(*folder, "history.parquet")])
    known = read_ahead([shared(*folder, "known_future.parquet")], panel, days=7)
    truth = read_truth([shared(*folder, "truth.parquet")], panel)
    nothing = np.zeros_like(panel.sales)
    # Nothing is recovered here: the truth is told.
    unused = Recovered(
        sales=nothing, exposure=nothing, mean=nothing, sd=nothing, method=np.zeros(nothing.shape, np.int8)
    )
    (found,) = origins(panel, unused, weeks=1, truth=truth, ahead=known)
    return found


def asked(origin: Origin, name: str) -> Told:
    if name == "best":
        return Told(mean=origin.best[:, 0], quantiles=origin.best[:, 1:])
    (peer,) = [x for x in peers() if x.name == name]
    if not peer.here:
        pytest.skip(f"{' and '.join(peer.needs)} are not installed; they are peers of the benchmarks")
    return told_by(peer, origin.past, origin.ahead).some(origin.kept.reshape(-1))


def off(world: str, name: str) -> list[float]:
    """Each number less what the README says of it, in points; pinball in percent of itself."""
    origin = last_week(world)
    lines = scores(origin.rows, asked(origin, name), model=name, city=world, origin=origin.date)

    def the(protocol: str) -> Score:
        whole = (0, "series", "all", "all")
        return next(x for x in lines if x.protocol == protocol and (x.horizon, x.level, x.band, x.promo) == whole)

    truth, frn = the("truth"), the("frn")
    assert truth.wape is not None
    assert truth.wpe is not None
    assert frn.wape is not None
    assert frn.wpe is not None
    said = SAID[world, name]
    pinball = sum(truth.pinball.values()) / len(truth.pinball)
    cover = [100 * (truth.coverage[q] - said[3 + at]) for at, q in enumerate(("0.9", "0.95", "0.98"))]
    points = [100 * truth.wape - said[0], 100 * truth.wpe - said[1], 100 * (pinball / said[2] - 1), *cover]
    return [*points, 100 * frn.wape - said[6], 100 * frn.wpe - said[7]]


@pytest.mark.check
@pytest.mark.parametrize("name", ["seasonal_naive", "in_stock_mean_28"])
@pytest.mark.parametrize("world", ["w1", "w2", "w3", "w4"])
def test_rules_without_chance_score_as_others_measured_them(world: str, name: str) -> None:
    """Means to 0.1 point; pinball to 1 %, coverage to half a point: their spread is fitted in bands of our own."""
    found = off(world, name)
    means = [found[x] for x in (0, 1, 6, 7)]
    assert max(map(abs, means)) < 0.16  # 0.05 of rounding there, 0.1 of a day that is not there
    assert abs(found[2]) < 1.0
    assert max(map(abs, found[3:6])) < 0.51


@pytest.mark.check
@pytest.mark.parametrize("world", ["w1", "w2", "w3", "w4"])
def test_the_best_honest_forecast_scores_as_it_is_known_to(world: str) -> None:
    """Its numbers stand in the truth file: every score comes out to the last digit that is told."""
    found = off(world, "best")
    assert max(abs(x) for x in found) < 0.1


@pytest.mark.soak
@pytest.mark.parametrize("world", ["w1", "w2", "w3", "w4"])
def test_the_library_scores_as_others_measured_it(world: str) -> None:
    """Another version of it, and features chosen by us: WAPE to one point, bias and pinball near."""
    found = off(world, "mlforecast")
    assert abs(found[0]) < 1.0
    assert abs(found[1]) < 3.0
    assert abs(found[2]) < 3.0
