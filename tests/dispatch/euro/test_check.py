"""The validator finds every planted error, and nothing wrong in a right file."""

import copy
import json
from collections.abc import Callable
from pathlib import Path
from time import process_time
from typing import Any

import pytest

from doorstep.bench.euro import check_routes, replay_euro
from doorstep.bench.euro.environment import Environment, draws_of, ground_of
from tests.dispatch.euro.made import made, vrplib_text

SEED = 5
INSTANCE = made(11)
Entries = list[dict[str, Any]]


@pytest.fixture(scope="module")
def right(tmp_path_factory: pytest.TempPathFactory) -> Entries:
    """What the rolling policy sends on a made day: read by the planters, changed by none."""
    folder = tmp_path_factory.mktemp("euro")
    (folder / "made.txt").write_text(vrplib_text(INSTANCE))
    replay_euro(
        folder / "made.txt", folder, instance_seed=SEED, epoch_rounds=500, policy="rolling", clock=process_time
    )
    found: Entries = json.loads((folder / "routes.json").read_bytes())
    return found


def verdict_of(entries: object, folder: Path) -> tuple[str, ...]:
    (folder / "routes.json").write_text(json.dumps(entries))
    return check_routes(folder / "routes.json", INSTANCE, instance_seed=SEED).wrong


def busy(entries: Entries) -> dict[str, Any]:
    """The first epoch with two routes of two requests or more."""
    return next(x for x in entries if sum(len(r) >= 2 for r in x["routes"]) >= 2)


def a_later_one(entries: Entries) -> int:
    """The last request that is sent: it was shown late in the day."""
    return max(int(x) for e in entries for r in e["routes"] for x in r)


def sent_twice(e: Entries) -> None:
    busy(e)["routes"][0].append(busy(e)["routes"][1][0])


def sent_again_later(e: Entries) -> None:
    e[-1]["routes"].append([busy(e)["routes"][0][0]])


def must_stays(e: Entries) -> None:
    must = must_of()
    for entry in e:
        entry["routes"] = [[x for x in r if (entry["epoch"], x) not in must] for r in entry["routes"]]
        entry["routes"] = [r for r in entry["routes"] if r]


def one_must_stays(e: Entries) -> None:
    epoch, number = min(must_of())
    for entry in e:
        if entry["epoch"] == epoch:
            entry["routes"] = [kept for r in entry["routes"] if (kept := [x for x in r if x != number])]


def all_left_at_the_end(e: Entries) -> None:
    e[-1]["routes"] = []


def before_it_was_shown(e: Entries) -> None:
    number = a_later_one(e)
    for entry in e:
        entry["routes"] = [kept for r in entry["routes"] if (kept := [x for x in r if x != number])]
    busy(e)["routes"].append([number])


def nobody_knows_it(e: Entries) -> None:
    busy(e)["routes"][0].append(99_999)


def overfull(e: Entries) -> None:
    entry = busy(e)
    entry["routes"] = [[x for r in entry["routes"] for x in r]]


def late(e: Entries) -> None:
    for entry in e:
        entry["routes"] = [r[::-1] for r in entry["routes"]]


def an_empty_route(e: Entries) -> None:
    busy(e)["routes"].append([])


def an_epoch_too_late(e: Entries) -> None:
    e[-1]["epoch"] += 1


def epochs_swapped(e: Entries) -> None:
    e[-1], e[-2] = e[-2], e[-1]


def an_epoch_twice(e: Entries) -> None:
    e.append(copy.deepcopy(e[-1]))


def no_key(e: Entries) -> None:
    del e[-1]["routes"]


def words(e: Entries) -> None:
    busy(e)["routes"][0][0] = str(busy(e)["routes"][0][0])


def truth_for_a_number(e: Entries) -> None:
    busy(e)["routes"][0][0] = True


def flat(e: Entries) -> None:
    busy(e)["routes"] = busy(e)["routes"][0]


def must_of() -> set[tuple[int, int]]:
    """Epoch and number of what had to go while the rolling policy was answering, told by the environment."""
    ground = ground_of(INSTANCE)
    day = Environment(ground, draws_of(ground, SEED))
    found: set[tuple[int, int]] = set()
    while (shown := day.observe()) is not None:
        must = [int(x) for x in shown.requests.number[shown.must]]
        found |= {(shown.epoch, x) for x in must}
        day.send([[x] for x in must])
    return found


PLANTED: list[tuple[Callable[[Entries], None], str]] = [
    (sent_twice, "was sent in epoch"),
    (sent_again_later, "was sent in epoch"),
    (must_stays, "had to go"),
    (one_must_stays, "had to go"),
    (all_left_at_the_end, "had to go"),
    (before_it_was_shown, "is not known yet"),
    (nobody_knows_it, "is not known yet"),
    (overfull, "carries"),
    (late, "is reached at"),
    (an_empty_route, "a route is empty"),
    (an_epoch_too_late, "is not one of"),
    (epochs_swapped, "comes after"),
    (an_epoch_twice, "comes after"),
    (no_key, "is not {epoch, routes}"),
    (words, "is no whole number"),
    (truth_for_a_number, "is no whole number"),
    (flat, "is no list of lists"),
]


def test_a_right_file_has_nothing_wrong(right: Entries, tmp_path: Path) -> None:
    """What our policy wrote passes, and all that was asked was sent."""
    (tmp_path / "routes.json").write_text(json.dumps(right))
    verdict = check_routes(tmp_path / "routes.json", INSTANCE, instance_seed=SEED)
    assert () == verdict.wrong
    assert verdict.requests == verdict.sent


@pytest.mark.parametrize(("plant", "says"), PLANTED, ids=[x[0].__name__ for x in PLANTED])
def test_every_planted_error_is_found(
    plant: Callable[[Entries], None], says: str, right: Entries, tmp_path: Path
) -> None:
    """Each is said in words that name it."""
    entries = copy.deepcopy(right)
    plant(entries)
    assert any(says in x for x in verdict_of(entries, tmp_path))


def test_another_day_s_routes_do_not_pass(right: Entries, tmp_path: Path) -> None:
    """The seed of the day is part of what is checked."""
    (tmp_path / "routes.json").write_text(json.dumps(right))
    assert check_routes(tmp_path / "routes.json", INSTANCE, instance_seed=SEED + 1).wrong


def test_a_file_that_is_no_json_is_wrong(tmp_path: Path) -> None:
    """It is said, not raised."""
    (tmp_path / "routes.json").write_text('[{"epoch":')
    assert check_routes(tmp_path / "routes.json", INSTANCE, instance_seed=SEED).wrong
