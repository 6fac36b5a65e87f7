"""`assignments.csv`: who brought what, and who moved where; instants in minutes of the day."""

from collections.abc import Iterable
from pathlib import Path
from typing import Final, NamedTuple

ASSIGNMENTS: Final = "assignments.csv"
COLUMNS: Final = ("courier", "order", "restaurant", "assigned_min", "pickup_min", "dropoff_min")


class Row(NamedTuple):
    """
    One order brought, or, with an empty order, one move.

    Parameters
    ----------
    assigned, pickup, dropoff
        Half minutes of the day: given to the courier, who sets out then; taken up; handed over. Of a move: set out,
        there, there.
    """

    courier: str
    order: str
    restaurant: str
    assigned: int
    pickup: int
    dropoff: int


def write_rows(rows: Iterable[Row], path: Path) -> None:
    """Write the rows by the half minute of their assignment, else as they come; half minutes as `.5`."""
    lines = [",".join(COLUMNS)]
    lines += [
        ",".join([x.courier, x.order, x.restaurant, *map(_minutes, (x.assigned, x.pickup, x.dropoff))])
        for x in sorted(rows, key=lambda x: x.assigned)
    ]
    path.write_bytes("".join(f"{x}\r\n" for x in lines).encode())


def _minutes(halves: int) -> str:
    return f"{halves // 2}.5" if halves % 2 else str(halves // 2)
