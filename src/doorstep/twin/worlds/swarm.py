"""Days made to go wrong, each in its own way."""

from collections.abc import Sequence

from doorstep.base.chance import Chance
from doorstep.base.units import HOUR_S
from doorstep.model.day import Day, Event, EventKind
from doorstep.twin.troubles import Troubles, swarm
from doorstep.twin.worlds.neighbourhood import neighbourhood


def swarm_day(seed: int) -> tuple[Day, Troubles]:
    """
    Make the day of one seed and its troubles.

    Every trouble is off in some seeds and far up in others: rain, a rush from a live room, people who do not come,
    late and warm trucks, thefts, recalls, power cuts, and the rates of `troubles.swarm`. Days are of 60 to 700 visits,
    so that a crowd and a near-empty site are both lived.
    """
    chance = Chance(seed).child("swarm")
    draw = chance.child("day")
    day = neighbourhood(
        seed,
        visits=(60, 200, 400, 700)[draw.below(4)],
        rush=draw.happens(3_000),
        rain=draw.happens(4_000),
    )
    # A small crowd with the roster of a whole day would never queue: some days are short of people instead.
    share = (3, 5, 8, 10)[draw.below(4)] / 10
    couriers = day.couriers[:: max(1, round(1 / share))]
    pickers = day.pickers[:: max(1, round(1 / share))]
    events = list(day.events) if draw.happens(5_000) else []
    open_s = day.site.opens_at_s

    def some(kind: EventKind, subjects: Sequence[str], most: int, values: tuple[int, int]) -> None:
        stream = chance.child(kind)
        if stream.happens(5_000):
            for _ in range(stream.between(1, most)):
                events.append(
                    Event(
                        at_s=open_s + stream.below(15 * HOUR_S),
                        kind=kind,
                        subject=subjects[stream.below(len(subjects))],
                        value=stream.between(*values),
                    )
                )

    lots = [x.lot for x in day.lots]
    trucks = sorted({x.supplier for x in day.lots})
    some("recall", lots, 6, (0, 0))
    some("theft", lots, 30, (1, 5))
    some("warm_truck", trucks, 6, (60, 250))
    some("late_truck", trucks, 6, (600, 4 * HOUR_S))
    some("no_show", [x.courier for x in couriers] + [x.picker for x in pickers], 5, (0, 0))
    some("power_cut", [""], 3, (0, 0))
    some("price", [x.sku for x in day.skus], 10, (100, 5_000))
    made = {x: getattr(day, x) for x in Day.__struct_fields__}
    ordered = tuple(sorted(events, key=lambda x: (x.at_s, x.kind, x.subject)))
    return Day(**{**made, "couriers": couriers, "pickers": pickers, "events": ordered}), swarm(chance.child("rates"))
