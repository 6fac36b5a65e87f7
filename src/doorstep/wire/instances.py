"""Instances of others, lived by their own benches: meal delivery days, and requests by the hour."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal, cast, get_args

import msgspec

from doorstep.base.errors import BadInput
from doorstep.wire.files import write_into

METRICS = "metrics.json"
Form = Literal["grubhub", "euro-dynamic", "vrplib"]
Progress = Callable[[int, int], None]


def live_instance(
    source: Path,
    out: Path,
    *,
    form: Form,
    policy: str | None,
    seed: int,
    instance_seed: int | None,
    seconds: float | None,
    rounds: int | None,
    force: bool = False,
    progress: Progress | None = None,
) -> dict[str, Any]:
    """
    Live an instance into a folder.

    Parameters
    ----------
    policy
        One of the format's own; its best where none is named.
    instance_seed
        The seed of a dynamic day; no other format has one.
    seconds, rounds
        What an epoch, or a static instance, may take: CPU seconds or rounds of search.

    Returns
    -------
    What its `metrics.json` says.

    Raises
    ------
    BadInput
        The instance cannot be read right, there is no such policy, or an option is missing.
    """
    if form != "grubhub" and seconds is None and rounds is None:
        raise BadInput("how long may an epoch think? Name --epoch-seconds, or --budget-iterations for the same bytes")
    if form == "euro-dynamic" and instance_seed is None:
        raise BadInput("a dynamic day is drawn from its seed: name --instance-seed")

    budget = (seconds, rounds)

    def work(scratch: Path) -> dict[str, Any]:
        if form == "grubhub":
            _grubhub(source, scratch, policy=policy, seed=seed, progress=progress)
        else:
            _euro(source, scratch, policy, seed, instance_seed if form == "euro-dynamic" else None, budget, progress)
        return cast("dict[str, Any]", msgspec.json.decode((scratch / METRICS).read_bytes()))

    return write_into(out, work, force=force)


def _grubhub(source: Path, out: Path, *, policy: str | None, seed: int, progress: Progress | None) -> None:
    from doorstep.bench.grubhub import Options, replay_grubhub
    from doorstep.bench.grubhub.replay import Policy

    options = Options()
    if policy is not None:
        if policy not in get_args(Policy):
            raise BadInput(f"there is no policy {policy!r}; there are {', '.join(get_args(Policy))}")
        options = msgspec.structs.replace(options, policy=cast("Policy", policy))
    options = msgspec.structs.replace(options, params=msgspec.structs.replace(options.params, seed=seed))
    replay_grubhub(source, out, options=options, progress=progress)


def _euro(
    source: Path,
    out: Path,
    policy: str | None,
    seed: int,
    instance_seed: int | None,
    budget: tuple[float | None, int | None],
    progress: Progress | None,
) -> None:
    """Live a dynamic day, or without its seed solve the instance as a static one."""
    from doorstep.bench.euro import replay_euro, solve_static

    seconds, rounds = budget
    clock = time.process_time
    if instance_seed is None:
        solve_static(source, out, seconds=seconds, rounds=rounds, seed=seed, progress=progress, clock=clock)
        return
    replay_euro(
        source,
        out,
        instance_seed=instance_seed,
        epoch_seconds=seconds,
        epoch_rounds=rounds,
        seed=seed,
        policy=policy or "consensus",
        progress=progress,
        clock=clock,
    )
