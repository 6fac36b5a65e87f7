"""Days for these tests: the first hours of a made day."""

from msgspec import structs

from doorstep.bench.days.lived import Replay
from doorstep.bench.days.made import Kind, made_day
from doorstep.bench.days.metrics import metrics
from doorstep.bench.days.peers import Fifo
from doorstep.bench.days.replay import Policy, replay
from doorstep.bench.days.validator import Row
from doorstep.bench.days.world import DayArrays, World, arrays
from doorstep.bench.days.write import COLUMNS, trip_rows
from doorstep.model.dispatch import DispatchDay


def small(seed: int = 11, *, hours: float = 1.5, kind: Kind = "normal", couriers: int = 8) -> DispatchDay:
    """The orders of the first hours, and as many of the early couriers."""
    day = made_day(seed, kind)
    end_s = day.site.opens_at_s + int(hours * 3600)
    orders = tuple(x for x in day.orders if x.placed_at_s < end_s)
    return structs.replace(day, orders=orders, couriers=day.couriers[:couriers])


def lived(
    day: DispatchDay, policy: Policy | None = None, *, noise: bool = False, until_s: int | None = None
) -> tuple[DayArrays, Replay]:
    """Replay a day with a clock that stands still."""
    made = arrays(day)
    world = World(made, seed=1, noise=noise)
    return made, replay(made, policy or Fifo(), world=world, clock_ns=lambda: 0, until_s=until_s)


def rows_of(day: DayArrays, done: Replay) -> list[Row]:
    """The rows of `trips.csv`, as the checker reads them."""
    return [dict(zip(COLUMNS, x, strict=True)) for x in trip_rows(day, done.ridden)]


def said_of(day: DayArrays, done: Replay) -> dict[str, object]:
    """What `metrics.json` says."""
    numbers = metrics(day, done, policy="p", seed=1)
    return {x: getattr(numbers, x) for x in numbers.__struct_fields__}
