"""Peers and us on the same frozen days and moments: one table, one plot, gone on with where it stopped."""

import time
from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec
from msgspec import Struct

from doorstep.base.errors import BadInput
from doorstep.bench.days.hired import NAME as PEER
from doorstep.bench.days.hired import PYVRP, Rolling
from doorstep.bench.days.metrics import Metrics, metrics
from doorstep.bench.days.moments import Moment, everybody, plotted
from doorstep.bench.days.moments import as_markdown as moments_table
from doorstep.bench.days.moments import plans as plans_of
from doorstep.bench.days.policies import NAMES, Budget, policy_named
from doorstep.bench.days.replay import Policy, replay
from doorstep.bench.days.solvers import PEERS, versions
from doorstep.bench.days.table import Line, as_markdown, as_svg, compare
from doorstep.bench.days.world import DayArrays, World, arrays
from doorstep.intake.dayfolder import read_dispatch_day
from doorstep.wire.dispatch import (
    HINDSIGHT,
    check_hindsight,
    check_lived,
    find_clairvoyant,
    read_hindsight,
)
from doorstep.wire.files import write_whole
from doorstep.wire.moments import SNAPSHOT, read_snapshot


class Settings(Struct, frozen=True, kw_only=True):
    """
    What a table of peers was asked for; a table goes on only with the same.

    Parameters
    ----------
    policies, seed, iterations, seconds, noise
        As the command takes them.
    peer_ms, peer_days
        CPU milliseconds of a peer's solver in a decision, and on how many of the days it lives: it is slow.
    moments
        Names of the planning moments that are planned, too.
    """

    policies: tuple[str, ...]
    seed: int
    iterations: int | None
    seconds: float
    noise: bool
    peer_ms: int = 50
    peer_days: int = 2
    moments: tuple[str, ...] = ()


def bench_days(
    folder: Path,
    out: Path,
    settings: Settings,
    *,
    plans: Path | None = None,
    snapshots: Sequence[Path] = (),
    say: Callable[[str], None],
    force: bool = False,
) -> list[Line]:
    """
    Let peers live the same days and plan the same moments, and write one table and one plot.

    Days are held against the plan with hindsight, moments against the cheapest plan of each.

    Every day and policy is kept as soon as it is done: after a stop the same command goes on where it was.

    Parameters
    ----------
    folder
        A folder of day folders.
    plans
        Stored plans with hindsight, `<day>.json`; those that are missing are looked for, `settings.seconds` each.
    snapshots
        Planning moments, `<name>.snapshot.json`, whose names `settings.moments` has.
    say
        Told what is done.

    Raises
    ------
    BadInput
        There is no day, or `out` holds the table of other settings.
    """
    days = sorted(x for x in folder.iterdir() if (x / "day.json").is_file()) if folder.is_dir() else []
    if not days:
        raise BadInput(f"{folder} holds no day folder; name a folder of days")
    for name in settings.policies:
        if name not in (*NAMES, PEER):
            raise BadInput(f"there is no policy {name!r}; there are {', '.join((*NAMES, PEER))}")
    _begin_bench(out, settings, force=force)
    found: dict[str, dict[str, Metrics]] = {}
    for nth, path in enumerate(days):
        found[path.name] = _bench_day(path, out, settings, plans=plans, say=say, peers=nth < settings.peer_days)
    lines = compare(found, best=HINDSIGHT)
    moments = [x for path in snapshots for x in _bench_moment(path, out, settings, say=say)]
    write_whole(out / "table.md", _table(lines, moments, settings).encode())
    told = {"days": lines, "moments": moments, "peers": versions()}
    write_whole(out / "bench.json", msgspec.json.format(msgspec.json.encode(told), indent=1) + b"\n")
    write_whole(out / "bench.svg", as_svg(lines, plotted(moments)).encode())
    return lines


def _table(lines: Sequence[Line], moments: Sequence[Moment], settings: Settings) -> str:
    """Both parts as one text, with what is missing."""
    parts = [as_markdown(lines)]
    if moments:
        parts.append(moments_table(moments))
    if PEER in settings.policies and PYVRP.version():
        parts.append(
            f"{PYVRP.name} on days: {settings.peer_ms} ms a decision every 30 s, on the first {settings.peer_days}.\n"
        )
    asked = PEERS if moments else (PYVRP,) if PEER in settings.policies else ()
    there = [f"{x.name} {x.version()}" for x in asked if x.version()]
    if there:
        parts.append(f"Peers: {', '.join(there)}. They stop by CPU time, so their rows are not the same twice.\n")
    parts += [f"{x.absent}.\n" for x in asked if not x.version()]
    return "\n".join(parts)


def _begin_bench(out: Path, settings: Settings, *, force: bool) -> None:
    """Make the folder, or take up the one that is there."""
    kept = out / "settings.json"
    wanted = msgspec.json.encode(settings)
    if kept.is_file() and kept.read_bytes() != wanted and not force:
        raise BadInput(f"{out} holds a table of other settings; name another folder, or add --force to begin anew")
    if not kept.is_file() and out.is_dir() and any(out.iterdir()) and not force:
        raise BadInput(f"{out} is not empty and holds no table; name another folder, or add --force to write into it")
    try:
        (out / "days").mkdir(parents=True, exist_ok=True)
        (out / "plans").mkdir(exist_ok=True)
        (out / "moments").mkdir(exist_ok=True)
    except OSError as error:
        raise BadInput(f"{out} cannot be made ({error.strerror}); name a folder that you may write to") from error
    if kept.is_file() and kept.read_bytes() != wanted:
        for path in (out / "days").glob("*.json"):
            path.unlink()
        for path in (out / "moments").glob("*.json"):
            path.unlink()
    write_whole(kept, wanted)


def _bench_day(
    path: Path, out: Path, settings: Settings, *, plans: Path | None, say: Callable[[str], None], peers: bool
) -> dict[str, Metrics]:
    """One day: the plan with hindsight, then every policy; what is kept is not done again."""
    day = arrays(read_dispatch_day(path))
    plan = out / "plans" / f"{path.name}.json"
    given = plans / plan.name if plans is not None else plan
    if not plan.is_file() and given.is_file():
        write_whole(plan, given.read_bytes())
    if not plan.is_file():
        find_clairvoyant(path, plan, seconds=settings.seconds, seed=settings.seed)
    made = {HINDSIGHT: check_hindsight(day, read_hindsight(plan))}
    for policy in settings.policies:
        kept = out / "days" / f"{path.name}.{policy}.json"
        if kept.is_file():
            made[policy] = msgspec.json.decode(kept.read_bytes(), type=Metrics)
            continue
        if policy == PEER and not (peers and PYVRP.version()):
            continue
        decider = _decider(policy, day, settings)
        world = World(day, seed=settings.seed, noise=settings.noise)
        lived = replay(day, decider, world=world, clock_ns=time.process_time_ns)
        made[policy] = metrics(day, lived, policy=policy, seed=settings.seed)
        check_lived(day, lived, made[policy], noise=settings.noise)
        write_whole(kept, msgspec.json.encode(made[policy]))
        ratio = made[policy].cost / made[HINDSIGHT].cost
        say(f"{path.name} {policy}: {made[policy].on_time_bp / 100:.2f}% on time, cost {ratio:.3f} × hindsight")
    return made


def _decider(policy: str, day: DayArrays, settings: Settings) -> Policy:
    """Make who decides ready for a day."""
    if policy == PEER:
        return Rolling(seconds=settings.peer_ms / 1000, clock=time.process_time, seed=settings.seed)
    return policy_named(policy, day=day, budget=Budget(iterations=settings.iterations), seed=settings.seed)


def _bench_moment(path: Path, out: Path, settings: Settings, *, say: Callable[[str], None]) -> list[Moment]:
    """One moment with everybody; what is kept is not done again, unless a peer has been installed since."""
    name = moment_name(path)
    kept = out / "moments" / f"{name}.json"
    rows = msgspec.json.decode(kept.read_bytes(), type=list[Moment]) if kept.is_file() else []
    if {x.who for x in rows} >= set(everybody()):
        return rows
    rows = plans_of(name, read_snapshot(path), clock=time.process_time, seed=settings.seed)
    write_whole(kept, msgspec.json.encode(rows))
    say(f"{name}: " + ", ".join(f"{x.who} {x.cost:,}" for x in rows))
    return rows


def snapshots_in(folder: Path) -> tuple[Path, ...]:
    """
    Name the planning moments of a folder, sorted.

    Raises
    ------
    BadInput
        There is none.
    """
    found = tuple(sorted(folder.glob(f"*{SNAPSHOT}"))) if folder.is_dir() else ()
    if not found:
        raise BadInput(f"{folder} holds no *{SNAPSHOT}; name a folder of planning moments")
    return found


def moment_name(path: Path) -> str:
    """Take a moment's name from its file."""
    return path.name.removesuffix(SNAPSHOT)
