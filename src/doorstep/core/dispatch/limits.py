"""What not every day has: breaks, ranges, doors that not every kind may go to, minutes on board, slow hours."""

from collections.abc import Mapping, Sequence
from typing import Any, Final, Protocol

import numpy as np
from numpy.typing import NDArray

from doorstep.base.units import ONE_BP
from doorstep.core.dispatch.problem import ANY_KIND, NONE
from doorstep.model.dispatch import DayRules
from doorstep.model.dispatch import Travel as Ways
from doorstep.model.people import CourierKind

Whole = NDArray[np.int64]
Travel = NDArray[np.int32]
FIRST_S: Final = 0
"""Where the first slice of a day begins: before everything."""


class Asked(Protocol):
    """What limits an order."""

    @property
    def chilled_ml(self) -> int:
        """Room that it takes in the chilled part of a box."""

    @property
    def frozen_ml(self) -> int:
        """Room that it takes in the frozen part of a box."""

    @property
    def kinds(self) -> tuple[CourierKind, ...]:
        """The only kinds that may go there; none named: any."""


class Bound(Protocol):
    """What limits a courier."""

    @property
    def break_from_at_s(self) -> int:
        """From when on the break may begin."""

    @property
    def break_to_at_s(self) -> int:
        """Until when it must have begun."""

    @property
    def break_s(self) -> int:
        """How long it is; 0: none."""

    @property
    def range_m(self) -> int | None:
        """The most metres of a trip."""


def order_limits(orders: Sequence[Asked], *, rules: DayRules, kinds: Sequence[CourierKind]) -> dict[str, Whole]:
    """
    Tell what limits orders, as columns of a problem; a column that would limit nobody is left out.

    Parameters
    ----------
    kinds
        Which courier kind each first index of travel is.
    """
    made: dict[str, Whole] = {}
    if rules.chilled_on_board_s or rules.frozen_on_board_s:
        caps = (rules.on_board_s(chilled_ml=x.chilled_ml, frozen_ml=x.frozen_ml) for x in orders)
        made["on_board_s"] = np.array([NONE if x is None else x for x in caps], np.int64)
    if any(x.kinds for x in orders):
        made["may_take"] = np.array([_bits(x.kinds, kinds) for x in orders], np.int64)
    return made


def courier_limits(couriers: Sequence[Bound]) -> dict[str, Whole]:
    """Tell what limits couriers, as columns of a problem; a column that would limit nobody is left out."""
    made: dict[str, Whole] = {}
    if any(x.break_s for x in couriers):
        made["break_from_s"] = np.array([x.break_from_at_s for x in couriers], np.int64)
        made["break_to_s"] = np.array([x.break_to_at_s for x in couriers], np.int64)
        made["break_s"] = np.array([x.break_s for x in couriers], np.int64)
    if any(x.range_m is not None for x in couriers):
        made["range_m"] = np.array([NONE if x.range_m is None else x.range_m for x in couriers], np.int64)
    return made


def sliced(seconds: Travel, ways: Ways) -> tuple[Travel, tuple[int, ...]]:
    """
    Give travel times their slices of the day.

    Parameters
    ----------
    seconds
        On free streets, shape (kinds, 1, places, places).

    Returns
    -------
    Shape (kinds, slices, places, places), and when each slice begins; the first holds for all before, too.
    """
    if not ways.slices:
        return seconds, (FIRST_S,)
    free = seconds.astype(np.int64)
    slow = [(free * x.slower_bp + ONE_BP // 2) // ONE_BP for x in ways.slices]
    made = np.concatenate([free, *slow], axis=1).astype(np.int32)
    starts = (FIRST_S, *(x.from_at_s for x in ways.slices))
    return (made, starts) if starts[1] > FIRST_S else (made[:, 1:], starts[1:])


def rows_of(columns: Mapping[str, Whole], rows: Any) -> dict[str, Whole]:  # noqa: ANN401 what numpy takes as an index
    """Take some rows of each column."""
    return {name: column[rows] for name, column in columns.items()}


def _bits(may: tuple[CourierKind, ...], kinds: Sequence[CourierKind]) -> int:
    return sum(1 << k for k, x in enumerate(kinds) if x in may) if may else ANY_KIND
