"""Whether flags can be believed: how often they err, learned from sales, and what each says of its hour."""

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from doorstep.core.history.exposure import sold_while_flagged, stock_of_flags
from doorstep.core.history.prior import Cells
from doorstep.core.history.recover_params import RecoverParams
from doorstep.core.history.trust import weigh
from doorstep.model.demand import Panel

Floats = NDArray[np.float32]
Table = NDArray[np.float64]
SAMPLE = 500  # series that the tables are learned from
ROUNDS = 2  # of learning, each time the rates are better known


class Belief(Struct, kw_only=True, eq=False):
    """
    What was learned of flags: the tables of `trust.weigh`, by hour.

    `wrong`: share of the flags of hours in which people buy that err, 0 to 1.
    """

    leave: Table
    back: Table
    slip: Table
    stay: Table
    wrong: float = 0.0
    false: float = 0.0
    missed: float = 0.0
    sold: float = 0.0


def first_belief() -> Belief:
    """Return what is believed before anything was seen: flags err seldom, shelves are filled before six."""
    back = np.full(24, 0.02)
    back[4:9] = 0.3
    return Belief(leave=np.full(24, 0.03), back=back, slip=np.full(24, 0.01), stay=np.full(24, 0.5))


def learn(
    panel: Panel,
    hours: Floats,
    rate: Floats,
    profile: Floats,
    drift: Floats,
    cells: Cells,
    belief: Belief,
    scale: float,
    late: float,
    params: RecoverParams,
) -> Belief:
    """Update tables by expectation and maximisation (Baum et al. 1970) on evenly taken series."""
    rows = np.arange(0, panel.n, max(1, -(-panel.n // SAMPLE)))
    out, some, there = panel.out[rows], hours[rows], panel.there[rows]
    blank = np.empty((0, 0, 0), dtype=np.uint8)
    counts = np.zeros((12, 24))
    for _ in range(ROUNDS):
        counts = np.zeros((12, 24))
        weigh(
            out, some, rate[rows], there, profile[rows], cells.kind[rows], drift, cells.category[rows],
            params.block_days, scale, late, belief.leave, belief.back, belief.slip, belief.stay, counts, blank,
        )  # fmt: skip
        start = first_belief()
        tables = [
            np.clip((counts[2 * x + 1] + 20.0 * guess) / (counts[2 * x] + 20.0), 1e-4, 1 - 1e-4)
            for x, guess in enumerate((start.leave, start.back, start.slip, start.stay))
        ]
        belief = Belief(leave=tables[0], back=tables[1], slip=tables[2], stay=tables[3])
    weight = profile.mean((0, 1), dtype=np.float64)
    all_hours = np.maximum(counts[4] + counts[6], 1e-9)
    belief.wrong = float((weight * (counts[5] + counts[7]) / all_hours).sum() / weight.sum())
    belief.false = float((weight * counts[9]).sum() / max((weight * counts[8]).sum(), 1e-9))
    belief.missed = float((weight * counts[11]).sum() / max((weight * counts[10]).sum(), 1e-9))
    sums = np.zeros(2)
    sold_while_flagged(out, some, rate[rows], there, profile[rows], cells.kind[rows], sums)
    belief.sold = float(sums[0] / max(sums[1], 1.0))
    return belief


def doubted(belief: Belief, params: RecoverParams) -> bool:
    """
    Return whether flags are to be weighed against sales.

    Goods that sell while they are flagged as out say so; so do fast ones that stop to sell while they are not. Flags
    over hours without a sale never do by themselves: that is what a true one looks like.
    """
    return belief.wrong * 10_000 >= params.distrust_bp and (belief.sold > 0.12 or belief.missed > 0.03)


def believe(
    panel: Panel,
    hours: Floats,
    rate: Floats,
    profile: Floats,
    drift: Floats,
    cells: Cells,
    belief: Belief,
    scale: float,
    late: float,
    params: RecoverParams,
    stock: NDArray[np.uint8],
) -> None:
    """Fill each hour's share in stock: as flagged while flags err less than ``params.distrust_bp``, else as likely."""
    if not doubted(belief, params):
        stock_of_flags(panel.out, hours, late, stock)
        return
    weigh(
        panel.out, hours, rate, panel.there, profile, cells.kind, drift, cells.category, params.block_days, scale,
        late, belief.leave, belief.back, belief.slip, belief.stay, np.zeros((12, 24)), stock,
    )  # fmt: skip
