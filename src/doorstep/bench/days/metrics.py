"""A lived day in numbers: what it cost, who was late, how busy couriers were (formats, sections 2 and 5)."""

from collections import Counter
from collections.abc import Sequence

from msgspec import Struct

from doorstep.base.units import HOUR_S, ONE_BP
from doorstep.bench.days.lived import Replay, Ridden
from doorstep.bench.days.world import DayArrays
from doorstep.core.dispatch.problem import NONE


class Metrics(Struct, frozen=True, kw_only=True):
    """
    `metrics.json` (formats, section 5).

    Notes
    -----
    `late_orders`, `late_s` and `cost` count handed over orders; an order that nobody brought is in `waiting`, and not
    on time. Decisions are timed in milliseconds of the process. `unfair_orders` are those above an equal share of the
    day, rounded up; `over_board_orders` were longer on board than the rules allow, which only noise can bring about.
    """

    policy: str
    seed: int
    cost: int
    travel_s: int
    late_orders: int
    late_s: int
    overtime_s: int
    on_time_bp: int
    orders_per_busy_hour: float
    trips: int
    decisions: int
    decision_ms_p50: float
    decision_ms_p99: float
    orders: int
    waiting: int
    moved_bp: int
    unfair_orders: int
    over_board_orders: int
    breaks: int
    shown_ahead_s_p50: int
    roads: str = "straight"


def metrics(day: DayArrays, lived: Replay, *, policy: str, seed: int, roads: str = "straight") -> Metrics:
    """Work out the numbers of a lived day; `roads` says what was ridden on."""
    rules = day.day.rules
    travel_s = sum(x.travel_s for x in lived.ridden)
    late = [
        y for x in lived.ridden for s in x.stops if (y := s.handed_over_at_s - int(day.promised_at_s[s.order])) > 0
    ]
    overtime_s = sum(overtimes(day, lived.ridden).values())
    busy_s = sum(x.back_at_s - x.departed_at_s + rules.loading_s for x in lived.ridden)
    brought, orders = sum(len(x.stops) for x in lived.ridden), len(day.placed_at_s)
    on_time = brought - len(late)
    late_cost = rules.late_fixed_s * len(late) + rules.late_per_s * sum(late)
    late_cost += rules.steep_per_s * sum(max(0, x - rules.grace_s) for x in late)
    carried = Counter(x.courier for x in lived.ridden for _ in x.stops)
    share = -(-orders // max(1, len(day.on_at_s)))
    unfair = sum(max(0, x - share) for x in carried.values())
    caps = day.order_more.get("on_board_s")
    over_board = 0
    if caps is not None:
        held = ((int(caps[s.order]), s.handed_over_at_s - x.departed_at_s) for x in lived.ridden for s in x.stops)
        over_board = sum(cap != NONE and spent_s > cap for cap, spent_s in held)
    spent_ms = sorted(x / 1e6 for x in lived.decision_ns)
    return Metrics(
        policy=policy,
        seed=seed,
        roads=roads,
        cost=travel_s + late_cost + rules.overtime_per_s * overtime_s + rules.unfair_s * unfair,
        travel_s=travel_s,
        late_orders=len(late),
        late_s=sum(late),
        overtime_s=overtime_s,
        on_time_bp=(2 * ONE_BP * on_time + orders) // (2 * orders) if orders else ONE_BP,
        orders_per_busy_hour=round(brought * HOUR_S / busy_s, 4) if busy_s else 0.0,
        trips=len(lived.ridden),
        decisions=len(spent_ms),
        decision_ms_p50=round(quantile(spent_ms, 0.5), 3),
        decision_ms_p99=round(quantile(spent_ms, 0.99), 3),
        orders=orders,
        waiting=len(lived.waiting),
        shown_ahead_s_p50=round(quantile(_aheads_s(lived), 0.5)),
        unfair_orders=unfair,
        over_board_orders=over_board,
        breaks=len(lived.rests),
        moved_bp=(2 * ONE_BP * sum(x.moved for x in lived.shown.values()) + orders) // (2 * orders) if orders else 0,
    )


def _aheads_s(lived: Replay) -> list[int]:
    return sorted(
        s.handed_over_at_s - lived.shown[s.order].since_s
        for x in lived.ridden
        for s in x.stops
        if s.order in lived.shown
    )


def overtimes(day: DayArrays, ridden: Sequence[Ridden]) -> dict[int, int]:
    """Seconds after the shift at which each courier's last trip ends, where there are any."""
    last_s: dict[int, int] = {}
    for x in ridden:
        last_s[x.courier] = max(last_s.get(x.courier, 0), x.back_at_s)
    return {x: over for x, back_s in sorted(last_s.items()) if (over := back_s - int(day.off_at_s[x])) > 0}


def quantile(ascending: Sequence[float], share: float) -> float:
    """Return the smallest value that at least `share` of them do not exceed; 0 where there is none."""
    if not ascending:
        return 0.0
    return ascending[min(len(ascending) - 1, max(0, -int(-share * len(ascending) // 1) - 1))]
