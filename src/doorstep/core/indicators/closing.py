"""The closing of a day: published numbers with their definitions, promises scored, balances and checks."""

import itertools
from collections.abc import Mapping
from typing import Final

from msgspec import Struct

from doorstep.base.ids import SiteId
from doorstep.base.units import half_up, share_bp
from doorstep.core.indicators.tally import Tally

DECILES: Final = 10


class Indicator(Struct, frozen=True, kw_only=True):
    """One published number: an integer, its unit, and what exactly it counts."""

    value: int
    unit: str
    definition: str


class Decile(Struct, frozen=True, kw_only=True):
    """A tenth of the promises, by their probability: how many were kept of how many."""

    p_bp: int
    n: int
    kept: int


class Promises(Struct, frozen=True, kw_only=True):
    """
    The promises of all orders that were paid and not cancelled.

    `kept` were handed over in time, `expected_kept_bp` is the mean probability that was quoted; `offered` counts every
    quote, also those that nobody took.
    """

    quoted: int
    kept: int
    expected_kept_bp: int
    deciles: tuple[Decile, ...]
    offered: int


class Closing(Struct, frozen=True, kw_only=True):
    """The certificate of a day; made from the journal alone, so that anyone who holds that can make it again."""

    digest: str
    facts: int
    site: SiteId
    opened_at_s: int
    closed_at_s: int
    balances: dict[str, dict[str, int]]
    orders: dict[str, int]
    promises: Promises
    indicators: dict[str, Indicator]
    checks: dict[str, str]


def closing(
    tally: Tally,
    *,
    site: SiteId,
    digest: str,
    facts: int,
    closed_at_s: int,
    balances: dict[str, dict[str, int]],
    checks: Mapping[str, str],
) -> Closing:
    """Put the closing of a day together from its sums, its balances and the results of its checks."""
    states: dict[str, int] = {}
    for state in tally.state.values():
        states[state] = states.get(state, 0) + 1
    return Closing(
        digest=digest,
        facts=facts,
        site=site,
        opened_at_s=tally.opened_at_s,
        closed_at_s=closed_at_s,
        balances=balances,
        orders=dict(sorted(states.items())),
        promises=_promises(tally),
        indicators=_indicators(tally),
        checks=dict(sorted(checks.items())),
    )


def _promises(tally: Tally) -> Promises:
    scored = sorted((tally.quotes[x].p_kept_bp, x, tally.kept.get(x, False)) for x in tally.paid)
    n = len(scored)
    cuts = [n * k // DECILES for k in range(DECILES + 1)]
    deciles = [scored[a:b] for a, b in itertools.pairwise(cuts)]
    return Promises(
        quoted=n,
        kept=sum(x[2] for x in scored),
        expected_kept_bp=_mean([x[0] for x in scored]),
        offered=len(tally.quotes),
        deciles=tuple(
            Decile(p_bp=_mean([x[0] for x in part]), n=len(part), kept=sum(x[2] for x in part))
            for part in deciles
            if part
        ),
    )


def _indicators(tally: Tally) -> dict[str, Indicator]:
    shrink_fen = tally.waste_cost_fen + tally.lost_cost_fen
    rows: list[tuple[str, int, str, str]] = [
        (
            "baskets",
            len(tally.state),
            "baskets",
            "shoppers' baskets that asked for a quote, whatever became of them",
        ),
        ("orders", len(tally.placed_at_s), "orders", "orders placed, paid or not"),
        ("orders_delivered", tally.delivered, "orders", "orders handed over at a door, shelf or locker"),
        ("active_shoppers", len(tally.shoppers), "shoppers", "different shoppers who asked for a quote"),
        ("turnover", tally.captured_fen - tally.refunded_fen, "fen", "captured payments less refunds due"),
        (
            "captured",
            tally.captured_fen,
            "fen",
            "payments captured at the weights that were weighed, fees included",
        ),
        ("refunds", tally.refunded_fen, "fen", "refunds due for claims, recalls and lateness"),
        (
            "pork",
            tally.category_g.get("pork", 0),
            "g",
            "pork delivered: net mass of packs, weighed mass of the rest",
        ),
        ("vegetables", tally.category_g.get("vegetables", 0), "g", "vegetables delivered, as for pork"),
        ("goods_delivered", sum(tally.category_g.values()), "g", "all goods delivered, as for pork"),
        ("waste", tally.waste_g, "g", "goods written off as waste"),
        ("waste_cost", tally.waste_cost_fen, "fen", "the same at cost"),
        (
            "lost_cost",
            tally.lost_cost_fen,
            "fen",
            "goods that counts found missing, less those that turned up, at cost",
        ),
        (
            "shrink",
            share_bp(max(0, shrink_fen), tally.received_cost_fen),
            "bp",
            "waste and loss at cost, of all goods received today at cost",
        ),
        (
            "fill_rate",
            share_bp(min(tally.delivered_fen, tally.wanted_fen), tally.wanted_fen),
            "bp",
            "goods delivered, of goods wanted by every basket, lost baskets included; both at list prices",
        ),
        ("lost_baskets", tally.lost_baskets, "baskets", "baskets refused, abandoned, lapsed or cancelled"),
        ("lost_demand", tally.lost_fen, "fen", "what lost baskets were worth at list prices"),
        (
            "on_time",
            share_bp(sum(tally.kept.values()), len(tally.kept)),
            "bp",
            "orders handed over by the promised instant, of all handed over",
        ),
        ("click_to_door_mean", _mean(tally.door_s), "s", "from placing to handover, mean"),
        ("click_to_door_p95", _quantile(tally.door_s, 95), "s", "from placing to handover, 95th percentile"),
        (
            "contactless",
            share_bp(tally.contactless, tally.delivered),
            "bp",
            "orders left on a shelf or in a locker",
        ),
        ("swaps", tally.swaps, "lines", "lines filled from another lot or by a stand-in"),
        (
            "dropped_lines",
            tally.drops,
            "lines",
            "lines, or rests of lines, that could not be picked; never charged",
        ),
        ("claims", tally.claims, "claims", "claims made by shoppers"),
        (
            "life_left",
            _mean(tally.life_left_bp),
            "bp",
            "life left at handover of the life a fresh lot has, mean over parcels",
        ),
    ]
    return {name: Indicator(value=value, unit=unit, definition=text) for name, value, unit, text in rows}


def _mean(values: list[int]) -> int:
    return half_up(sum(values), len(values)) if values else 0


def _quantile(values: list[int], percent: int) -> int:
    """Nearest-rank percentile."""
    if not values:
        return 0
    rank = -(-percent * len(values) // 100)
    return sorted(values)[rank - 1]
