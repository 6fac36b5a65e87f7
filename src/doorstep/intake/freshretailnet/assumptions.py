"""What the data does not hold and a day needs all the same: each assumption with its value and why."""

from typing import Final

from doorstep.intake.freshretailnet.baskets import BasketParams
from doorstep.intake.freshretailnet.fill import RULE, Asked, Foreseen
from doorstep.intake.freshretailnet.goods import LEAST_LIFE_S, SPARE_BP, SPARE_PACKS
from doorstep.intake.freshretailnet.people import People, PeopleParams
from doorstep.model.day import Assumption, Day

ALIKE: Final = "what sells more in the file gets a more popular row, the same at every store and date"
UNTIL: Final = (
    "one for each stretch in stock, there when it begins: exactly what is asked for until the record runs empty (so "
    "the shelf does too, but for what shoppers leave behind)"
)
VANS: Final = "six-hour shifts by the orders of each hour; vans where a tenth of them is over 40 min by e-bike away"


def assumptions(
    day: Day, asked: Asked, staff: People, *, units_a_sale: int, foreseen: Foreseen | None
) -> tuple[Assumption, ...]:
    """List all that was assumed to make a real day, in the order in which it was needed."""
    rows = [*_goods(day, asked, units_a_sale, foreseen), *_people(day, staff)]
    return tuple(Assumption(name=name, value=value, why=why) for name, value, why in rows)


def _goods(day: Day, asked: Asked, units_a_sale: int, foreseen: Foreseen | None) -> list[tuple[str, str, str]]:
    hours = f"{len(asked.filled)} of {24 * len(asked.asked)} hours"
    site = day.site
    open_hours = (site.closes_at_s - site.opens_at_s) // 3_600
    return [
        (
            "unit",
            f"one pack = {1 / units_a_sale:g} of sale_amount",
            "sales are normalised; this is their smallest step",
        ),
        (
            "expected demand",
            foreseen.source if foreseen is not None else "the mean rates of the days before",
            "made of the days before this one only; it fills the hours in which the shelf was empty",
        ),
        ("demand in empty hours", f"filled in {hours}", RULE),
        (
            "hours",
            f"open for {open_hours} hours",
            "06:00 to 22:00 and every hour before and after with sales; the time zone is Asia/Shanghai",
        ),
        (
            "price, cost, life, zone, size",
            "borrowed from the built-in catalogue",
            f"drawn by the seed from its rows in packs that can be sold for {LEAST_LIFE_S // 3_600} hours; {ALIKE}",
        ),
        ("names and categories", "from the ids", "the data is anonymous; a category is the first category id"),
        (
            "discount",
            f"{len(day.events)} prices changed before the opening",
            "list price times the discount recorded, not below a tenth nor above the whole",
        ),
        (
            "swaps",
            "none",
            "a stand-in would sell what the record did not",
        ),
        (
            "lots",
            f"{len(day.lots)} lots",
            f"{UNTIL}, else {SPARE_BP // 100}% and {SPARE_PACKS} packs more; fresh, with the whole life of the sku",
        ),
    ]


def _people(day: Day, staff: People) -> list[tuple[str, str, str]]:
    baskets, shifts = BasketParams(), PeopleParams()
    return [
        (
            "baskets",
            f"{len(day.visits)} orders, {baskets.packs_mean} packs in the mean",
            f"the file knows a part of each; {baskets.packs_a_line} packs of a sku at most; any second of the hour",
        ),
        (
            "least basket",
            "0 fen",
            "the record has hours with a single pack; with the rest of the basket it was worth bringing",
        ),
        (
            "shoppers",
            f"{baskets.shoppers_a_point} a point, all points alike",
            "the points have no weights; 55% door, 25% shelf, 20% locker as in the built-in day",
        ),
        (
            "couriers",
            f"{len(day.couriers)} by {staff.kind}",
            f"{staff.ride_s // 60} min a ride in the mean, {shifts.spare_bp // 100 - 100}% to spare; {VANS}",
        ),
        (
            "promises",
            f"up to {staff.params.promise.ladder_s[-1] // 60} min",
            "longer ones than usual are offered only where points are far",
        ),
        ("pickers", f"{len(day.pickers)}", f"{shifts.picker_lines} lines an hour each, with the same to spare"),
        (
            "weather",
            f"rain {day.weather[0].rain_mm_h} mm/h, {day.weather[0].temp_c10 / 10:g} °C" if day.weather else "none",
            "the record has one number a day: its rain is taken as mm that fall within five hours",
        ),
        ("troubles", "the usual rates", "no thefts, recalls or warm trucks: the data names none"),
    ]
