"""Peers on the same days as one table and one plot, everything in ratios to the plan with hindsight."""

from collections.abc import Mapping, Sequence
from html import escape
from math import log
from statistics import fmean
from typing import Final

from msgspec import Struct

from doorstep.bench.days.metrics import Metrics

HUES: Final = ("#8b8f98", "#2f7fb8", "#d9731a", "#1d6b4f", "#7b6bb5", "#b3341f", "#c79a1b", "#4aa3a2", "#a0527d")
TITLE: Final = "Cost over the plan with hindsight; of moments over the cheapest plan"
LEFT, TOP, ROW, WIDTH, LEGEND, IN_A_ROW = 150, 56, 26, 900, 22, 6


class Line(Struct, frozen=True, kw_only=True):
    """
    One policy on one day, or its mean over days.

    Parameters
    ----------
    cost_ratio, busy_ratio
        Cost, and orders per busy courier hour, over those of the plan with hindsight.
    on_time_points
        On time less that of the plan with hindsight, in percentage points.
    """

    day: str
    policy: str
    on_time_bp: float
    cost: float
    cost_ratio: float
    on_time_points: float
    busy_ratio: float
    moved_bp: float


def compare(found: Mapping[str, Mapping[str, Metrics]], *, best: str) -> list[Line]:
    """
    Hold every policy against the plan with hindsight, day by day, then in the mean.

    The mean is over all days; where a policy lived only some of them, it and all others have a mean over those, too.

    Parameters
    ----------
    found
        By day, by policy; days that do not have `best` are left out.
    """
    lines: list[Line] = []
    for day, by_policy in found.items():
        if best not in by_policy:
            continue
        ideal = by_policy[best]
        lines += [
            Line(
                day=day,
                policy=policy,
                on_time_bp=x.on_time_bp,
                cost=x.cost,
                cost_ratio=x.cost / max(1, ideal.cost),
                on_time_points=(x.on_time_bp - ideal.on_time_bp) / 100,
                busy_ratio=x.orders_per_busy_hour / max(1e-9, ideal.orders_per_busy_hour),
                moved_bp=x.moved_bp,
            )
            for policy, x in by_policy.items()
        ]
    lived = {policy: [x.day for x in lines if x.policy == policy] for policy in dict.fromkeys(x.policy for x in lines)}
    every = max(lived.values(), key=len, default=[])
    means = [_mean("mean", policy, lines) for policy, days in lived.items() if len(days) == len(every)]
    for some in dict.fromkeys(tuple(x) for x in lived.values() if len(x) < len(every)):
        # Who lived only some of the days is held against the others on those.
        of = [x for x in lines if x.day in some]
        name = f"mean of {len(some)}"
        means += [_mean(name, policy, of) for policy, days in lived.items() if set(some) <= set(days)]
    return lines + means


def _mean(day: str, policy: str, lines: Sequence[Line]) -> Line:
    of = [x for x in lines if x.policy == policy]
    names = ("on_time_bp", "cost", "cost_ratio", "on_time_points", "busy_ratio", "moved_bp")
    return Line(day=day, policy=policy, **{name: fmean(getattr(x, name) for x in of) for name in names})


def as_markdown(lines: Sequence[Line]) -> str:
    """One table: a row a day and policy, means last."""
    head = (
        "| day | policy | on time % | points | cost | gap % | orders per busy hour, ratio | arrivals moved % |\n"
        "|---|---|---|---|---|---|---|---|\n"
    )
    return head + "".join(
        f"| {x.day} | {x.policy} | {x.on_time_bp / 100:.2f} | {x.on_time_points:+.2f} | {x.cost:,.0f} "
        f"| {100 * (x.cost_ratio - 1):+.1f} | {x.busy_ratio:.3f} | {x.moved_bp / 100:.1f} |\n"
        for x in lines
    )


def as_svg(lines: Sequence[Line], moments: Sequence[tuple[str, str, float]] = ()) -> str:
    """
    One plot: a row a day, a dot a policy, by its cost over the plan with hindsight, on a scale of doubling.

    Parameters
    ----------
    moments
        Rows below: moment, who, cost over the cheapest plan of that moment.

    Notes
    -----
    Self-contained; colours and letters are its own.
    """
    dots = [(x.day, x.policy, x.cost_ratio) for x in lines]
    dots += [(f"{'moments, mean' if moment == 'mean' else moment}", who, ratio) for moment, who, ratio in moments]
    days = list(dict.fromkeys(day for day, _, _ in dots))
    policies = list(dict.fromkeys(policy for _, policy, _ in dots))
    most = max([1.5, *(ratio for _, _, ratio in dots)]) * 1.05
    scale = (WIDTH - LEFT - 40) / log(most)

    def across(ratio: float) -> float:
        return LEFT + log(max(ratio, 0.9)) * scale

    top = TOP + LEGEND * ((len(policies) - 1) // IN_A_ROW)
    height = top + ROW * len(days) + 40
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}">',
        "<style>text { font: 13px sans-serif }</style>",
        f'<rect width="{WIDTH}" height="{height}" fill="#ffffff"/>',
        f'<text x="16" y="22" font-size="15" font-weight="600" fill="#1b2420">{TITLE}</text>',
    ]
    for i, policy in enumerate(policies):
        begins, below = 24 + (WIDTH - 40) // IN_A_ROW * (i % IN_A_ROW), 40 + LEGEND * (i // IN_A_ROW)
        parts.append(_mark(i, begins, below, policy))
        parts.append(f'<text x="{begins + 10}" y="{below + 4}" fill="#56615b">{escape(policy)}</text>')
    for tick in (1.0, 1.1, 1.2, 1.5, 2.0, 2.5, 3.0):
        if tick <= most:
            at = f"{across(tick):.1f}"
            parts.append(f'<line x1="{at}" y1="{top}" x2="{at}" y2="{height - 30}" stroke="#dfe0d8"/>')
            parts.append(f'<text x="{at}" y="{height - 12}" text-anchor="middle" fill="#56615b">{tick:g}</text>')
    for row, day in enumerate(days):
        middle = top + ROW * (row + 0.5)
        weight = ' font-weight="600"' if "mean" in day else ""
        parts.append(f'<text x="16" y="{middle + 4:.1f}" fill="#1b2420"{weight}>{escape(day)}</text>')
        for of, policy, ratio in dots:
            if of == day:
                parts.append(_mark(policies.index(policy), across(ratio), middle, f"{policy}: {ratio:.3f}"))
    return "\n".join([*parts, "</svg>", ""])


def _mark(which: int, across: float, below: float, told: str) -> str:
    """Draw a dot in the colour of its turn; where the colours begin again, a square."""
    hue, told = HUES[which % len(HUES)], escape(told)
    if which < len(HUES):
        return f'<circle cx="{across:.1f}" cy="{below:.1f}" r="5" fill="{hue}"><title>{told}</title></circle>'
    at = f'x="{across - 4.5:.1f}" y="{below - 4.5:.1f}" width="9" height="9"'
    return f'<rect {at} fill="{hue}"><title>{told}</title></rect>'
