"""
The competition's environment: requests appear by the hour; each is sent now or waits, until it must go.

The rules are those of `environment.py` in `ortec/euro-neurips-vrp-2022-quickstart`.
"""

from collections.abc import Sequence
from typing import Final

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from doorstep.base.errors import BadInput, CheckFailed
from doorstep.intake.vrplib import Instance

EPOCH_S: Final = 3600  # environment.py, EPOCH_DURATION
MARGIN_S: Final = 3600  # environment.py, MARGIN_DISPATCH: from an epoch's start to its departures
DRAWS: Final = 100  # environment.py, MAX_REQUESTS_PER_EPOCH

Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]
Draws = NDArray[np.int64]


class Ground(Struct, frozen=True, kw_only=True):
    """
    What does not change over the day: the static instance as arrays.

    Parameters
    ----------
    travel
        Seconds from node to node, shape ``(nodes, nodes)``, node 0 the site.
    opens, closes, service, demand
        By node.
    capacity
        Of one vehicle.
    """

    travel: Ints
    opens: Ints
    closes: Ints
    service: Ints
    demand: Ints
    capacity: int

    @property
    def first(self) -> int:
        """The first epoch."""
        return max((int(self.opens[1:].min()) - MARGIN_S) // EPOCH_S, 0)

    @property
    def last(self) -> int:
        """The last epoch, in which all that is left must go."""
        return max((int(self.opens[1:].max()) - MARGIN_S) // EPOCH_S, 0)


class Requests(Struct, frozen=True, kw_only=True):
    """Requests as arrays of one length: number in the order of sampling from 1, customer, window, demand, service."""

    number: Ints
    customer: Ints
    opens: Ints
    closes: Ints
    demand: Ints
    service: Ints

    def __len__(self) -> int:
        """How many."""
        return len(self.number)

    def take(self, which: Ints | Flags) -> "Requests":
        """Keep some, by position or by flag."""
        return Requests(
            number=self.number[which],
            customer=self.customer[which],
            opens=self.opens[which],
            closes=self.closes[which],
            demand=self.demand[which],
            service=self.service[which],
        )


class Epoch(Struct, frozen=True, kw_only=True):
    """
    What a policy may know when it decides.

    Parameters
    ----------
    epoch, departs_s
        Which one, and when what is sent now leaves the site.
    requests
        All that wait, the new ones among them.
    must
        By request: it must go now.
    """

    epoch: int
    departs_s: int
    requests: Requests
    must: Flags


def ground_of(instance: Instance) -> Ground:
    """
    Make arrays of an instance.

    Raises
    ------
    BadInput
        The instance has no windows: without them nothing must ever go.
    """
    closes = [x for x in instance.closes_s if x is not None]
    if len(closes) != instance.nodes:
        raise BadInput(f"{instance.name}: has no time windows; the dynamic rules need them")
    return Ground(
        travel=np.array(instance.travel_s, dtype=np.int64),
        opens=np.array(instance.opens_s, dtype=np.int64),
        closes=np.array(closes, dtype=np.int64),
        service=np.array(instance.service_s, dtype=np.int64),
        demand=np.array(instance.demand, dtype=np.int64),
        capacity=instance.capacity,
    )


def departs_at(epoch: int) -> int:
    """Say when what is sent in an epoch leaves the site, seconds."""
    return EPOCH_S * epoch + MARGIN_S


def can_still_go(ground: Ground, requests: Requests, departs_s: int) -> Flags:
    """Say which requests could leave at an instant, be in time, and let the vehicle be back in time."""
    there = np.maximum(departs_s + ground.travel[0, requests.customer], requests.opens)
    back = there + requests.service + ground.travel[requests.customer, 0]
    return np.asarray((there <= requests.closes) & (back <= ground.closes[0]))


def sample(ground: Ground, epoch: int, draws: Draws, after: int) -> Requests:
    """
    Make requests of draws, and drop those that can no longer be served.

    Parameters
    ----------
    draws
        Nodes, shape ``(4, DRAWS)``: whose place, window, demand and service a request has, independently.
    after
        The number of the last request before.
    """
    place, window, demand, service = draws
    made = Requests(
        number=np.zeros(draws.shape[1], dtype=np.int64),
        customer=place,
        opens=ground.opens[window],
        closes=ground.closes[window],
        demand=ground.demand[demand],
        service=ground.service[service],
    )
    kept = made.take(can_still_go(ground, made, departs_at(epoch)))
    kept.number[:] = np.arange(after + 1, after + 1 + len(kept))
    return kept


def draws_of(ground: Ground, instance_seed: int) -> list[Draws]:
    """
    Draw all epochs of a day as the competition does: one generator, and four draws an epoch.

    Notes
    -----
    numpy's default generator is part of the rules, so it is made here and not taken from a `Chance`.
    """
    generator = np.random.default_rng(instance_seed)  # noqa: TID251 the rules name the generator
    customers = len(ground.opens) - 1
    return [
        np.stack([generator.integers(customers, size=DRAWS) + 1 for _ in range(4)])
        for _ in range(ground.first, ground.last + 1)
    ]


def joined(one: Requests, other: Requests) -> Requests:
    """Put requests behind others."""
    return Requests(
        number=np.concatenate([one.number, other.number]),
        customer=np.concatenate([one.customer, other.customer]),
        opens=np.concatenate([one.opens, other.opens]),
        closes=np.concatenate([one.closes, other.closes]),
        demand=np.concatenate([one.demand, other.demand]),
        service=np.concatenate([one.service, other.service]),
    )


class Environment:
    """
    One day: ask for an epoch, answer with what leaves, until there is no next one.

    Parameters
    ----------
    draws
        By epoch, from `draws_of`; an epoch's are looked at when it begins.
    """

    def __init__(self, ground: Ground, draws: Sequence[Draws]) -> None:
        assert len(draws) == ground.last - ground.first + 1, "an epoch has no draws, or too many"
        nobody = np.zeros(0, dtype=np.int64)
        self.ground = ground
        self.epoch = ground.first
        self.cost_s = 0
        self.asked = 0
        self._draws = draws
        self._waiting = Requests(
            number=nobody, customer=nobody, opens=nobody, closes=nobody, demand=nobody, service=nobody
        )
        self._shown: Epoch | None = None

    def observe(self) -> Epoch | None:
        """Reveal the next epoch's requests; None when the day is over."""
        if self.epoch > self.ground.last:
            return None
        if self._shown is None:
            new = sample(self.ground, self.epoch, self._draws[self.epoch - self.ground.first], self.asked)
            self.asked += len(new)
            self._waiting = joined(self._waiting, new)
            departs_s = departs_at(self.epoch)
            if self.epoch < self.ground.last:
                must = ~can_still_go(self.ground, self._waiting, departs_s + EPOCH_S)
            else:
                must = np.ones(len(self._waiting), dtype=np.bool_)
            self._shown = Epoch(epoch=self.epoch, departs_s=departs_s, requests=self._waiting, must=must)
        return self._shown

    def send(self, routes: Sequence[Sequence[int]]) -> int:
        """
        Send what leaves in this epoch, and go on to the next.

        Parameters
        ----------
        routes
            Request numbers, each sequence one vehicle.

        Returns
        -------
        The driving time, seconds.

        Raises
        ------
        CheckFailed
            A route breaks a rule; nothing has changed.
        """
        shown = self.observe()
        assert shown is not None, "the day is over"
        cost_s = cost_of(self.ground, shown, routes)
        gone = np.isin(shown.requests.number, [x for route in routes for x in route])
        self._waiting = shown.requests.take(~gone)
        self._shown = None
        self.cost_s += cost_s
        self.epoch += 1
        return cost_s


def cost_of(ground: Ground, shown: Epoch, routes: Sequence[Sequence[int]]) -> int:
    """
    Sum the driving time of an epoch's routes.

    Raises
    ------
    CheckFailed
        A route is late, overfull or empty, a request is unknown or stands twice, or one that must go stays.
    """
    place = {int(x): k for k, x in enumerate(shown.requests.number)}
    seen: set[int] = set()
    for number in (x for route in routes for x in route):
        if number not in place:
            raise CheckFailed(f"epoch {shown.epoch}: request {number} does not wait here")
        if number in seen:
            raise CheckFailed(f"epoch {shown.epoch}: request {number} is sent twice")
        seen.add(number)
    for number in shown.requests.number[shown.must]:
        if int(number) not in seen:
            raise CheckFailed(f"epoch {shown.epoch}: request {number} must go and stays")
    return sum(_route_cost(ground, shown, [place[x] for x in route]) for route in routes)


def _route_cost(ground: Ground, shown: Epoch, route: Sequence[int]) -> int:
    where = f"epoch {shown.epoch}"
    if not route:
        raise CheckFailed(f"{where}: a route is empty")
    asked = shown.requests
    load = int(asked.demand[list(route)].sum())
    if load > ground.capacity:
        raise CheckFailed(f"{where}: a route carries {load}, more than the capacity of {ground.capacity}")
    now_s, cost_s, here, served_s = shown.departs_s, 0, 0, 0
    for k in route:
        there = int(asked.customer[k])
        step_s = int(ground.travel[here, there])
        cost_s += step_s
        now_s = max(now_s + served_s + step_s, int(asked.opens[k]))
        if now_s > asked.closes[k]:
            raise CheckFailed(f"{where}: request {asked.number[k]} is reached at {now_s}, after {asked.closes[k]}")
        here, served_s = there, int(asked.service[k])
    step_s = int(ground.travel[here, 0])
    if now_s + served_s + step_s > ground.closes[0]:
        raise CheckFailed(f"{where}: a route is back at {now_s + served_s + step_s}, after {ground.closes[0]}")
    return cost_s + step_s
