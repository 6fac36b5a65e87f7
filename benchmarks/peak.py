"""
What choosing among departures costs three hundred sites at their peak.

The busiest hour of a made day, in which a site is asked for about 200 orders, is lived with `regret`: its futures, its
choices, deciding on every event, deciding every 30 s, and that with no decision longer than 200 ms of CPU time. The
hours around it are lived with `slack`, which is cheap.
No such day is used for tuning.
"""

import time
from typing import Final

import numpy as np

from doorstep.bench.days.made import Kind, made_day
from doorstep.bench.days.metrics import metrics
from doorstep.bench.days.policies import BEST, SETUPS, Budget, policy_named
from doorstep.bench.days.replay import replay
from doorstep.bench.days.world import DayArrays, World, arrays
from doorstep.core.dispatch.tick import Decision, Known

SITES: Final = 300
HOUR_S: Final = 3_600
MOST_MS: Final = 200
DAYS: Final[tuple[tuple[int, Kind], ...]] = ((5601, "normal"), (5603, "rain"))


class Relay:
    """Two policies for one day: one for an hour of it, whose decisions are timed, the other for the rest."""

    def __init__(self, day: DayArrays, *, from_s: int, on_events: bool, most_ms: int | None = None) -> None:
        self.name, self.on_events = BEST, on_events
        self.used_s: list[float] = []
        self._hour = range(from_s, from_s + HOUR_S)
        steps = None if most_ms is None else SETUPS[BEST].params.iterations
        budget = Budget(iterations=steps, ms=most_ms, clock=time.process_time)
        self._timed = policy_named(BEST, day=day, budget=budget, seed=1)
        self._other = policy_named("slack", day=day, budget=Budget(), seed=1)

    def decide(self, known: Known) -> Decision:
        """Decide as whose hour it is."""
        if known.now_s not in self._hour:
            return self._other.decide(known)
        begun = time.process_time()
        decision = self._timed.decide(known)
        self.used_s.append(time.process_time() - begun)
        return decision


def peak() -> dict[str, object]:
    """Live the busiest hours: cores that as many sites as a city has would take, and the longest decisions."""
    row: dict[str, object] = {"sites": SITES}
    for seed, kind in DAYS:
        day = arrays(made_day(seed, kind))
        placed_s = np.array([x.placed_at_s for x in day.day.orders])
        begins_s = np.arange(day.day.site.opens_at_s, int(placed_s.max()), HOUR_S // 4)
        orders = [int(np.sum((placed_s >= x) & (placed_s < x + HOUR_S))) for x in begins_s]
        from_s = int(begins_s[np.argmax(orders)])
        row[f"{kind}_orders"] = max(orders)
        for how, on_events, most_ms in (
            ("events", True, None),
            ("every_30_s", False, None),
            ("every_30_s_in_200_ms", False, MOST_MS),
        ):
            relay = Relay(day, from_s=from_s, on_events=on_events, most_ms=most_ms)
            done = replay(day, relay, world=World(day, seed=1, noise=False), clock_ns=time.process_time_ns)
            used = np.array(relay.used_s)
            row |= {
                f"{kind}_{how}_decisions": len(used),
                f"{kind}_{how}_cores": round(float(used.sum()) / HOUR_S * SITES, 2),
                f"{kind}_{how}_p99_ms": round(float(np.percentile(used, 99)) * 1e3, 1),
                f"{kind}_{how}_day_cost": metrics(day, done, policy=BEST, seed=1).cost,
            }
    return row
