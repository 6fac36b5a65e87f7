"""Planning moments: our plans of some thinking time and other solvers', as rows of one table."""

from collections.abc import Callable, Sequence
from statistics import fmean
from typing import Final

from msgspec import Struct

from doorstep.bench.days.hired import priced
from doorstep.bench.days.solvers import PEERS
from doorstep.core.dispatch.snapshot import of_snapshot
from doorstep.core.dispatch.solve import Deadline, make_ready, solve
from doorstep.model.plan import Snapshot

OURS_MS: Final = (50,)
THEIRS_MS: Final = (50, 200)
MOST_ROUNDS: Final = 1 << 40


class Moment(Struct, frozen=True, kw_only=True):
    """
    One plan of one moment.

    Parameters
    ----------
    who
        Solver and its limit: `ours 50 ms`.
    cost, late_s, overfull, unserved
        By the moment's own rules, the plan ridden as early as possible.
    spent_ms
        CPU milliseconds, the problem and its travel included.
    """

    moment: str
    who: str
    cost: int
    late_s: int
    overfull: int
    unserved: int
    spent_ms: float


def plans(name: str, snapshot: Snapshot, *, clock: Callable[[], float], seed: int) -> list[Moment]:
    """Plan one moment with everybody who is there; a short plan goes before each, so that nobody pays to be loaded."""
    make_ready(of_snapshot(snapshot))
    rows = []
    for ms in OURS_MS:
        begun = clock()
        problem = of_snapshot(snapshot)
        deadline = Deadline(clock=clock, at=begun + ms / 1000)
        solved = solve(problem, seed=seed, iterations=MOST_ROUNDS, deadline=deadline)
        spent_ms = (clock() - begun) * 1000
        trips = [(x.courier, x.orders) for x in solved.trips]
        rows.append(_row(name, snapshot, f"ours {ms} ms", trips, spent_ms))
    for library, hire in PEERS.items():
        if library.version() is None:
            continue
        hire(of_snapshot(snapshot), seconds=0.0, clock=clock, seed=seed)
        for ms in THEIRS_MS:
            begun = clock()
            hired = hire(of_snapshot(snapshot), seconds=ms / 1000, clock=clock, seed=seed)
            rows.append(_row(name, snapshot, f"{library.name} {ms} ms", hired.trips, (clock() - begun) * 1000))
    return rows


def everybody() -> list[str]:
    """Name who plans a moment here, with their limits: ours, and each peer that is installed."""
    there = [library.name for library in PEERS if library.version()]
    return [f"ours {ms} ms" for ms in OURS_MS] + [f"{name} {ms} ms" for name in there for ms in THEIRS_MS]


def ratios(rows: Sequence[Moment]) -> list[tuple[str, str, float]]:
    """
    Give moment, who, and cost over the cheapest full plan of that moment; then the means.

    Whose plans are all full has a `mean`. Who has some is held against all others that are full on those, as moment
    `mean of 9: VROOM 50 ms`; who has none has no mean.
    """
    found: dict[tuple[str, str], float] = {}
    moments = tuple(dict.fromkeys(x.moment for x in rows))
    for moment in moments:
        of = [x for x in rows if x.moment == moment]
        least = min([x.cost for x in of if _full(x)] or [x.cost for x in of])
        found |= {(moment, x.who): x.cost / max(1, least) for x in of}
    full = {
        who: tuple(x.moment for x in rows if x.who == who and _full(x)) for who in dict.fromkeys(x.who for x in rows)
    }
    names = {some: f"mean of {len(some)}: {who}" for who, some in reversed(full.items()) if some} | {moments: "mean"}
    means = [
        (name, who, fmean(found[x, who] for x in some))
        for some, name in sorted(names.items(), key=lambda x: -len(x[0]))
        for who, theirs in full.items()
        if set(some) <= set(theirs)
    ]
    return [(moment, who, ratio) for (moment, who), ratio in found.items()] + means


def plotted(rows: Sequence[Moment]) -> list[tuple[str, str, float]]:
    """Of `ratios`, what a plot can show: full plans, and means over all moments."""
    shown = {(x.moment, x.who) for x in rows if _full(x)} | {("mean", x.who) for x in rows}
    return [x for x in ratios(rows) if x[:2] in shown]


def _full(row: Moment) -> bool:
    """Whether everybody is served, and no box too full."""
    return not row.overfull and not row.unserved


def _row(
    name: str, snapshot: Snapshot, who: str, trips: Sequence[tuple[int, Sequence[int]]], spent_ms: float
) -> Moment:
    found = priced(of_snapshot(snapshot), trips)
    return Moment(
        moment=name,
        who=who,
        cost=found.cost,
        late_s=found.late_s,
        overfull=found.overfull,
        unserved=found.unserved,
        spent_ms=round(spent_ms, 1),
    )


def as_markdown(rows: Sequence[Moment]) -> str:
    """One table: a row a moment and solver, gaps of full plans to the cheapest of the moment, means last."""
    head = (
        "| moment | who | cost | gap % | late s | overfull | unserved | CPU ms |\n|---|---|---|---|---|---|---|---|\n"
    )
    gaps = {(moment, who): 100 * (x - 1) for moment, who, x in ratios(rows)}
    body = "".join(
        f"| {x.moment} | {x.who} | {'–' if x.unserved else f'{x.cost:,}'} "
        f"| {f'{gaps[x.moment, x.who]:+.1f}' if _full(x) else '–'} | {x.late_s:,} "
        f"| {x.overfull} | {x.unserved} | {x.spent_ms:.0f} |\n"
        for x in rows
    )
    moments = {x.moment for x in rows}
    means = "".join(f"| {x} | {who} | | {gap:+.1f} | | | | |\n" for (x, who), gap in gaps.items() if x not in moments)
    return head + body + means
