"""
How well demand is forecast: the frozen worlds with their truth, and real slices by their authors' protocol.

Peers forecast in the same run from the same history and the same known future. Numbers are ratios of errors, ours to
theirs: below 1 is better. Of the worlds also the share closed of the distance in scaled pinball from mlforecast to the
best honest forecast. The data lies beside the repository (`shared/data`); its terms forbid to ship it.
"""

import hashlib
import tempfile
from pathlib import Path

import msgspec

from doorstep.bench.backtest.run import BEST, OURS
from doorstep.bench.backtest.scores import Score
from doorstep.wire.backtest import SCORES, Asked, chosen_peers, run_backtest

SEED, WEEKS = 1, 4
DATA = Path(__file__).resolve().parents[2] / "shared" / "data"
WORLDS = ("w1", "w2", "w3", "w4")
LIBRARY = "mlforecast"
WEIGHTED = "mlforecast_in_stock"


def frozen_worlds() -> dict[str, object]:
    """Forecast the target week of each world; return scores, ratios and the share of the distance that is closed."""
    folder = DATA / "worlds" / "demand"
    lines, cpu_s = _scored(
        [folder / x / "history.parquet" for x in WORLDS],
        known=[folder / x / "known_future.parquet" for x in WORLDS],
        truth=[folder / x / "truth.parquet" for x in WORLDS],
        weeks=1,
        peers=f"seasonal_naive,in_stock_mean_28,{LIBRARY}",
    )
    found: dict[str, object] = {}
    closed: list[float] = []
    bias: list[float] = []
    for at, world in enumerate(WORLDS, start=1):
        ours, peer, best = (_line(lines, str(at), x, "truth") for x in (OURS, LIBRARY, BEST))
        share = (_pinball(peer) - _pinball(ours)) / (_pinball(peer) - _pinball(best))
        closed.append(share)
        bias.append(abs(_known(ours.wpe)))
        found[world] = {
            "closed": round(share, 3),
            "pinball": {x: round(_pinball(_line(lines, str(at), x, "truth")), 4) for x in (OURS, LIBRARY, BEST)},
            "wape": {x: _known(_line(lines, str(at), x, "truth").wape) for x in (OURS, LIBRARY, BEST)},
            "wape_ratio": round(_known(ours.wape) / _known(peer.wape), 4),
            "wpe": {x: _known(_line(lines, str(at), x, "truth").wpe) for x in (OURS, LIBRARY, BEST)},
            "enclosed": {q: (ours.below[q], ours.coverage[q]) for q in ("0.9", "0.95", "0.98")},
            "cpu_s": cpu_s[str(at)],
        }
    return {
        "seed": SEED,
        "worlds": found,
        "closed_least": round(min(closed), 3),
        "closed_mean": round(sum(closed) / len(closed), 3),
        "wpe_abs_mean": round(sum(bias) / len(bias), 4),
        "digest": _digest(lines),
    }


def slices() -> dict[str, object]:
    """Roll over four weeks of three real cities by the authors' protocol; return errors and ratios to each peer."""
    found: dict[str, object] = {}
    worst: dict[str, float] = {}
    every: list[Score] = []
    for city in ("00", "06", "11"):
        path = DATA / "freshretailnet" / f"hourly_city{city}_20240328_20240618.parquet"
        lines, cpu_s = _scored([path], weeks=WEEKS, peers="all")
        every += lines
        ours = _line(lines, str(int(city)), OURS, "frn")
        others = sorted({x.model for x in lines if x.protocol == "frn" and not x.model.startswith(OURS)})
        ratios = {x: round(_known(ours.wape) / _known(_line(lines, str(int(city)), x, "frn").wape), 4) for x in others}
        worst = {x: max(y, worst.get(x, 0.0)) for x, y in ratios.items()}
        (last,) = {max(x.origin for x in lines if x.origin != "all")}
        final = next(x for x in lines if _whole(x, OURS, "frn") and x.origin == last)
        found[f"city{int(city)}"] = {
            "wape": {
                OURS: _known(ours.wape),
                **{x: _known(_line(lines, str(int(city)), x, "frn").wape) for x in others},
            },
            "wpe": _known(ours.wpe),
            "ratios": ratios,
            "last_week": {"after": last, "wape": final.wape, "wpe": final.wpe},
            "cpu_s": cpu_s[str(int(city))],
        }
    return {"seed": SEED, "weeks": WEEKS, "cities": found, "worst_ratio": worst, "digest": _digest(every)}


def _scored(
    histories: list[Path],
    *,
    weeks: int,
    peers: str,
    known: list[Path] | None = None,
    truth: list[Path] | None = None,
) -> tuple[list[Score], dict[str, dict[str, float]]]:
    """Run a backtest in a folder that is gone afterwards; every peer that is named must be here."""
    here, absent = chosen_peers(peers)
    assert not absent, f"{', '.join(x.name for x in absent)}: install mlforecast and lightgbm beside the tests' part"
    asked = Asked(weeks=weeks, peers=tuple(x.name for x in here), truth=tuple(truth or ()), seed=SEED)
    with tempfile.TemporaryDirectory() as scratch:
        out = Path(scratch, "backtest")
        done = run_backtest(
            histories, known or (), out, asked, absent=(), processes=1, force=False, tell=lambda *_told: None
        )
        lines = msgspec.json.decode((out / SCORES).read_bytes(), type=list[Score])
    return lines, done.cpu_s


def _line(lines: list[Score], city: str, model: str, protocol: str) -> Score:
    """Find the one line of a model over everything."""
    return next(x for x in lines if x.city == city and x.origin == "all" and _whole(x, model, protocol))


def _whole(x: Score, model: str, protocol: str) -> bool:
    cell = (x.horizon, x.level, x.band, x.promo)
    return (x.model, x.protocol) == (model, protocol) and cell == (0, "series", "all", "all")


def _pinball(line: Score) -> float:
    return sum(line.pinball.values()) / len(line.pinball)


def _known(value: float | None) -> float:
    assert value is not None, "what is benchmarked sold something"
    return round(value, 4)


def _digest(lines: list[Score]) -> str:
    """Hash our own lines: who changes what is measured is found out."""
    return hashlib.sha256(msgspec.json.encode([x for x in lines if x.model == OURS])).hexdigest()[:16]
