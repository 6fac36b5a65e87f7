"""Days with everything that not every day has: breaks, ranges, kinds, minutes on board, slow hours, fair shares."""

from msgspec import structs

from doorstep.base.chance import Chance
from doorstep.base.ids import CourierId
from doorstep.model.dispatch import DayRules, DispatchDay, ReadyOrder, Slice, Travel
from doorstep.model.people import Courier, CourierKind
from tests.dispatch.replay.days import small

SPEEDS: dict[CourierKind, int] = {"ebike": 4_167, "walker": 1_400, "van": 6_000, "robot": 3_000}
GATES: tuple[tuple[CourierKind, ...], ...] = ((), (), (), ("ebike", "walker"), ("ebike", "walker", "van"))
KINDS: tuple[CourierKind, ...] = ("ebike", "ebike", "robot", "ebike", "van", "walker")
BREAK_S = 900


def limited(seed: int = 31, *, hours: float = 1.5, couriers: int = 12) -> DispatchDay:
    """The first hours of a made day, with limits drawn from the seed; somebody can bring every order."""
    day = small(seed, hours=hours, couriers=couriers)
    opens_s, chance = day.site.opens_at_s, Chance(seed).child("limits")
    return structs.replace(
        day,
        couriers=tuple(_courier(n, x, opens_s, hours, chance.child(n)) for n, x in enumerate(day.couriers)),
        orders=tuple(_order(x, chance.child(x.order)) for x in day.orders),
        rules=DayRules(
            travel=Travel(
                slices=(
                    Slice(from_at_s=opens_s + 1_500, slower_bp=13_000),
                    Slice(from_at_s=opens_s + 4_000, slower_bp=10_000),
                )
            ),
            grace_s=300,
            steep_per_s=3,
            moved_per_s=2,
            unfair_s=40,
            chilled_on_board_s=2_400,
            frozen_on_board_s=1_800,
        ),
    )


def _courier(n: int, courier: Courier, opens_s: int, hours: float, chance: Chance) -> Courier:
    kind = KINDS[n % len(KINDS)]
    begins_s = opens_s + chance.between(600, int(hours * 3_600) - 600)
    return structs.replace(
        courier,
        courier=CourierId(f"{kind}-{n:02d}"),
        kind=kind,
        on_at_s=opens_s,
        speed_mm_s=SPEEDS[kind],
        break_from_at_s=begins_s if n % 3 else 0,
        break_to_at_s=begins_s + 1_800 if n % 3 else 0,
        break_s=BREAK_S if n % 3 else 0,
        range_m={"robot": 9_000, "walker": 5_000}.get(kind),
    )


def _order(order: ReadyOrder, chance: Chance) -> ReadyOrder:
    return structs.replace(order, kinds=GATES[chance.below(len(GATES))])
