"""Planning moments: ours and PyVRP's plans of some thinking time, as rows of one table."""

from collections.abc import Callable, Sequence
from statistics import fmean
from typing import Final

from msgspec import Struct

from doorstep.bench.days.hired import hire, installed, priced
from doorstep.core.dispatch.problem import of_snapshot
from doorstep.core.dispatch.solve import Deadline, solve
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
    """Plan one moment with everybody who is there; a short plan goes before, so that nobody pays for compiling."""
    solve(of_snapshot(snapshot), seed=seed, iterations=1)
    rows = []
    for ms in OURS_MS:
        begun = clock()
        problem = of_snapshot(snapshot)
        deadline = Deadline(clock=clock, at=begun + ms / 1000)
        solved = solve(problem, seed=seed, iterations=MOST_ROUNDS, deadline=deadline)
        spent_ms = (clock() - begun) * 1000
        trips = [(x.courier, x.orders) for x in solved.trips]
        rows.append(_row(name, snapshot, f"ours {ms} ms", trips, spent_ms))
    for ms in THEIRS_MS if installed() else ():
        begun = clock()
        hired = hire(of_snapshot(snapshot), seconds=ms / 1000, clock=clock, seed=seed)
        rows.append(_row(name, snapshot, f"PyVRP {ms} ms", hired.trips, (clock() - begun) * 1000))
    return rows


def ratios(rows: Sequence[Moment]) -> list[tuple[str, str, float]]:
    """Give moment, who, and cost over the cheapest full plan of that moment; then the means, as moment `mean`."""
    found: list[tuple[str, str, float]] = []
    for moment in dict.fromkeys(x.moment for x in rows):
        of = [x for x in rows if x.moment == moment]
        least = min([x.cost for x in of if not x.overfull and not x.unserved] or [x.cost for x in of])
        found += [(moment, x.who, x.cost / max(1, least)) for x in of]
    for who in dict.fromkeys(x.who for x in rows):
        found.append(("mean", who, fmean(y for _, x, y in found if x == who)))
    return found


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
    """One table: a row a moment and solver, gaps to the cheapest of the row's moment, means last."""
    head = (
        "| moment | who | cost | gap % | late s | overfull | unserved | CPU ms |\n|---|---|---|---|---|---|---|---|\n"
    )
    gaps = {(moment, who): 100 * (x - 1) for moment, who, x in ratios(rows)}
    body = "".join(
        f"| {x.moment} | {x.who} | {x.cost:,} | {gaps[x.moment, x.who]:+.1f} | {x.late_s:,} | {x.overfull} "
        f"| {x.unserved} | {x.spent_ms:.0f} |\n"
        for x in rows
    )
    means = "".join(f"| mean | {who} | | {gaps['mean', who]:+.1f} | | | | |\n" for x, who in gaps if x == "mean")
    return head + body + means
