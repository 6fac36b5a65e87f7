"""`.sol` files: routes and their cost, believed only when they fit the instance."""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from doorstep.base.errors import BadFile
from doorstep.intake.opened import text_of
from doorstep.intake.vrplib.instance import Instance, Solution

ROUTE: Final = re.compile(r"Route\s*#?\s*[0-9]+\s*:\s*(.*)", re.IGNORECASE)
COST: Final = re.compile(r"Cost\s*:?\s*([0-9]{1,15})(\.0*)?", re.IGNORECASE)


def read_solution(path: Path, instance: Instance) -> Solution:
    """
    Read a solution and hold it against its instance.

    Raises
    ------
    BadFile
        It is no solution, or not one of this instance (`refuse_wrong`). `row` is the number of the line.
    """
    routes: list[tuple[int, ...]] = []
    rows: list[int] = []
    cost: tuple[int, int] | None = None
    for row, raw in enumerate(text_of(path).split("\n"), start=1):
        line = raw.strip()
        if not line:
            continue
        if found := ROUTE.fullmatch(line):
            routes.append(_customers(path, row, found[1], instance))
            rows.append(row)
        elif found := COST.fullmatch(line):
            if cost is not None:
                raise BadFile(str(path), row=row, column="Cost", value=found[1], what="stands twice; keep one")
            cost = (row, int(found[1]))
        else:
            what = "is neither “Route #1: 3 1 2” nor “Cost 1234”; correct it"
            raise BadFile(str(path), row=row, value=line[:60], what=what)
    if cost is None:
        raise BadFile(str(path), column="Cost", what="the line is missing; the file is cut off, fetch it again")
    solution = Solution(routes=tuple(routes), cost_s=cost[1])
    refuse_wrong(path, instance, solution, rows=rows, cost_row=cost[0])
    return solution


def refuse_wrong(path: Path, instance: Instance, solution: Solution, *, rows: Sequence[int], cost_row: int) -> None:
    """
    Refuse a solution that does not hold: each customer once, no route overfull or late, the cost as said.

    Parameters
    ----------
    rows, cost_row
        The lines of the routes and of the cost, for the error.
    """
    seen: dict[int, int] = {}
    for route, row in zip(solution.routes, rows, strict=True):
        for x in route:
            if x in seen:
                what = f"customer {x} was in the route of line {seen[x]} already; each is served once"
                raise BadFile(str(path), row=row, column="Route", value=str(x), what=what)
            seen[x] = row
        load = sum(instance.demand[x] for x in route)
        if load > instance.capacity:
            what = f"the route carries {load}, more than the capacity of {instance.capacity}"
            raise BadFile(str(path), row=row, column="Route", value=str(load), what=what)
        _refuse_late(path, instance, route, row)
    unserved = [x for x in range(1, instance.nodes) if x not in seen]
    if unserved:
        what = f"{len(unserved)} customers are in no route; is it the solution of another instance?"
        raise BadFile(str(path), column="Route", value=str(unserved[0]), what=what)
    travel_s = sum(_travel(instance, x) for x in solution.routes)
    if travel_s != solution.cost_s:
        what = f"the durations along the routes sum to {travel_s}; is it the solution of another instance?"
        raise BadFile(str(path), row=cost_row, column="Cost", value=str(solution.cost_s), what=what)


def _customers(path: Path, row: int, text: str, instance: Instance) -> tuple[int, ...]:
    customers = []
    for x in text.split():
        if not re.fullmatch(r"[0-9]{1,9}", x) or not 1 <= int(x) < instance.nodes:
            what = f"is no customer; they are 1 to {instance.nodes - 1}"
            raise BadFile(str(path), row=row, column="Route", value=x, what=what)
        customers.append(int(x))
    return tuple(customers)


def _travel(instance: Instance, route: Sequence[int]) -> int:
    return sum(instance.travel_s[a][b] for a, b in zip((0, *route), (*route, 0), strict=True)) if route else 0


def _refuse_late(path: Path, instance: Instance, route: Sequence[int], row: int) -> None:
    now_s, here = instance.opens_s[0], 0
    for x in (*route, 0):
        now_s += instance.service_s[here] + instance.travel_s[here][x]
        closes_s = instance.closes_s[x]
        if closes_s is not None and now_s > closes_s:
            what = f"node {x} is reached at {now_s}, after it closes at {closes_s}"
            raise BadFile(str(path), row=row, column="Route", value=str(x), what=what)
        now_s, here = max(now_s, instance.opens_s[x]), x
