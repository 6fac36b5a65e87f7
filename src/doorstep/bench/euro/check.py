"""
`routes.json` held against the rules, request by request.

It is written apart from `environment.py` and `policy.py` and shares nothing with them: plain numbers, plain loops.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import msgspec
import numpy as np
from msgspec import Struct

from doorstep.intake.vrplib import Instance

HOUR_S: Final = 3600
DRAWN: Final = 100


class Asked(Struct, frozen=True):
    """One request: customer, window, demand, service."""

    customer: int
    opens_s: int
    closes_s: int
    demand: int
    service_s: int


class Verdict(Struct, frozen=True, kw_only=True):
    """
    What was found.

    Parameters
    ----------
    wrong
        Sentences; none where all holds.
    cost_s, busy_s
        The driving time as recomputed, and the time from departures to ends, waiting and service included.
    requests, sent
        How many there were, and how many went.
    """

    wrong: tuple[str, ...]
    cost_s: int
    busy_s: int
    requests: int
    sent: int


def check_routes(path: Path, instance: Instance, *, instance_seed: int) -> Verdict:
    """
    Run the day again with the routes of a file.

    Returns
    -------
    The verdict. After a wrong epoch the check goes on with what that epoch says was sent.
    """
    try:
        raw = msgspec.json.decode(path.read_bytes())
    except (OSError, msgspec.DecodeError) as error:
        return Verdict(wrong=(f"the file is no JSON: {error}",), cost_s=0, busy_s=0, requests=0, sent=0)
    return _Check(instance, instance_seed).verdict(raw)


class _Check:
    def __init__(self, instance: Instance, instance_seed: int) -> None:
        self.at = instance
        self.wrong: list[str] = []
        self.cost_s = self.busy_s = 0
        opens = instance.opens_s[1:]
        self.first = max((min(opens) - HOUR_S) // HOUR_S, 0)
        self.last = max((max(opens) - HOUR_S) // HOUR_S, 0)
        self.generator = np.random.default_rng(instance_seed)  # noqa: TID251 the rules name the generator
        self.home_s = instance.closes_s[0] or 0
        self.known: dict[int, Asked] = {}
        self.shown: dict[int, int] = {}
        self.sent: dict[int, int] = {}

    def verdict(self, raw: object) -> Verdict:
        said = self._epochs(raw)
        for epoch in range(self.first, self.last + 1):
            self._reveal(epoch)
            for route in said.get(epoch, []):
                self._drive(epoch, route)
            for number, asked in self.known.items():
                if number not in self.sent and self._must(epoch, asked):
                    self.wrong.append(f"epoch {epoch}: request {number} had to go and is not sent")
        return Verdict(
            wrong=tuple(self.wrong),
            cost_s=self.cost_s,
            busy_s=self.busy_s,
            requests=len(self.known),
            sent=len(self.sent),
        )

    def _epochs(self, raw: object) -> dict[int, list[list[int]]]:
        """Read the shape of the file: what has not the right one is said and left out."""
        said: dict[int, list[list[int]]] = {}
        if not isinstance(raw, list):
            self.wrong.append("the file is no list of epochs")
            return said
        before = -1
        for entry in raw:
            if not isinstance(entry, dict) or set(entry) != {"epoch", "routes"}:
                self.wrong.append("an entry is not {epoch, routes}")
                continue
            epoch, routes = entry["epoch"], entry["routes"]
            if type(epoch) is not int or not self.first <= epoch <= self.last:
                self.wrong.append(f"epoch {epoch!r} is not one of {self.first} to {self.last}")
            elif epoch <= before:
                self.wrong.append(f"epoch {epoch} comes after epoch {before}")
            elif not isinstance(routes, list) or not all(isinstance(x, list) for x in routes):
                self.wrong.append(f"epoch {epoch}: routes is no list of lists")
            elif not all(type(x) is int for route in routes for x in route):
                self.wrong.append(f"epoch {epoch}: a request is no whole number")
            else:
                said[epoch] = routes
                before = epoch
        return said

    def _reveal(self, epoch: int) -> None:
        customers = self.at.nodes - 1
        places, windows, demands, services = (self.generator.integers(customers, size=DRAWN) + 1 for _ in range(4))
        for place, window, demand, service in zip(places, windows, demands, services, strict=True):
            asked = Asked(
                int(place),
                self.at.opens_s[window],
                self.at.closes_s[window] or 0,
                self.at.demand[demand],
                self.at.service_s[service],
            )
            if self._fits(asked, HOUR_S * epoch + HOUR_S):
                self.known[len(self.known) + 1] = asked
                self.shown[len(self.known)] = epoch

    def _fits(self, asked: Asked, leaves_s: int) -> bool:
        there_s = max(leaves_s + self.at.travel_s[0][asked.customer], asked.opens_s)
        back_s = there_s + asked.service_s + self.at.travel_s[asked.customer][0]
        return there_s <= asked.closes_s and back_s <= self.home_s

    def _must(self, epoch: int, asked: Asked) -> bool:
        return epoch == self.last or not self._fits(asked, HOUR_S * epoch + 2 * HOUR_S)

    def _drive(self, epoch: int, route: Sequence[int]) -> None:
        """Drive one route, and say what breaks on the way."""
        if not route:
            self.wrong.append(f"epoch {epoch}: a route is empty")
            return
        now_s, here, load = HOUR_S * epoch + HOUR_S, 0, 0
        for number in route:
            if number not in self.known:
                self.wrong.append(f"epoch {epoch}: request {number} is not known yet, or never")
                continue
            if number in self.sent:
                self.wrong.append(f"epoch {epoch}: request {number} was sent in epoch {self.sent[number]} already")
            self.sent[number] = epoch
            asked = self.known[number]
            step_s = self.at.travel_s[here][asked.customer]
            self.cost_s += step_s
            now_s += step_s
            if now_s > asked.closes_s:
                self.wrong.append(f"epoch {epoch}: request {number} is reached at {now_s}, after {asked.closes_s}")
            now_s = max(now_s, asked.opens_s) + asked.service_s
            load += asked.demand
            here = asked.customer
        now_s += self.at.travel_s[here][0]
        self.cost_s += self.at.travel_s[here][0]
        self.busy_s += now_s - HOUR_S * epoch - HOUR_S
        if now_s > self.home_s:
            self.wrong.append(f"epoch {epoch}: the route of request {route[0]} is back after {self.home_s}")
        if load > self.at.capacity:
            self.wrong.append(f"epoch {epoch}: the route of request {route[0]} carries {load} of {self.at.capacity}")
