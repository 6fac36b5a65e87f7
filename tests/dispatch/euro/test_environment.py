"""The environment against the rules, and against what the competition published."""

import csv

import numpy as np
import pytest

from doorstep.base.errors import CheckFailed
from doorstep.bench.euro.environment import Environment, draws_of, ground_of
from doorstep.intake.vrplib import read_vrplib
from tests.dispatch.euro.made import made
from tests.intake.typed import shared

# Requests over the whole day, for the published seeds.
COUNTS = [396, 483, 479, 454, 417, 473, 463, 517, 496, 513, 514, 465]


def test_a_request_that_may_wait_can_go_alone_an_hour_later_and_one_that_must_cannot() -> None:
    """The flag `must` is exactly that: sent alone an epoch later, only the others would be in time."""
    ground = ground_of(made(1))
    day = Environment(ground, draws_of(ground, 7))
    seen = 0
    while (shown := day.observe()) is not None:
        asked = shown.requests
        if shown.epoch < ground.last:
            for k in range(len(asked)):
                place = asked.customer[k]
                there = max(shown.departs_s + 3600 + ground.travel[0, place], asked.opens[k])
                back = there + asked.service[k] + ground.travel[place, 0]
                late = there > asked.closes[k] or back > ground.closes[0]
                assert late == bool(shown.must[k])
                seen += 1
        else:
            assert shown.must.all()
        day.send([[int(x)] for x in asked.number[shown.must]])
    assert seen > 100


def test_a_day_sent_one_by_one_costs_every_way_there_and_back() -> None:
    """The environment's cost is the sum of driving, nothing else."""
    ground = ground_of(made(2))
    day = Environment(ground, draws_of(ground, 3))
    expected = 0
    while (shown := day.observe()) is not None:
        places = shown.requests.customer
        expected += int((ground.travel[0, places] + ground.travel[places, 0]).sum())
        day.send([[int(x)] for x in shown.requests.number])
    assert expected == day.cost_s


def test_a_refused_answer_changes_nothing() -> None:
    """After a wrong answer the same epoch waits for a right one."""
    ground = ground_of(made(3))
    day = Environment(ground, draws_of(ground, 3))
    shown = day.observe()
    assert shown is not None
    everyone = [[int(x)] for x in shown.requests.number]
    wrongs: list[list[list[int]]] = [[[9999]], [[1], [1]], [[]], [[int(x) for x in shown.requests.number]]]
    for wrong in wrongs:
        with pytest.raises(CheckFailed):
            day.send(wrong)
    assert (ground.first, 0) == (day.epoch, day.cost_s)
    day.send(everyone)
    assert ground.first + 1 == day.epoch


def test_draws_are_those_of_the_competition() -> None:
    """One generator a day, four draws of a hundred an epoch, in the published sequence."""
    ground = ground_of(made(4))
    rng = np.random.default_rng(11)
    for draws in draws_of(ground, 11):
        for row in draws:
            assert list(rng.integers(40, size=100) + 1) == list(row)


@pytest.mark.check
def test_the_published_days_have_as_many_requests_as_were_counted() -> None:
    """All 12 shared instances with their published seeds."""
    folder = shared("euro-neurips-2022")
    with (folder / "published_results.csv").open() as file:
        rows = [x for x in csv.DictReader(file) if x["type"] == "dynamic"]
    counts = []
    for row in rows:
        ground = ground_of(read_vrplib(folder / f"{row['instance']}.gz"))
        day = Environment(ground, draws_of(ground, int(row["instance_seed"])))
        while (shown := day.observe()) is not None:
            day.send([[int(x)] for x in shown.requests.number])
        counts.append(day.asked)
    assert COUNTS == counts
