"""Numbers of the pick room."""

from msgspec import Struct


class PickParams(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """
    How people pick. Times in seconds for one person.

    With these, a wave of 12 lines takes about 4 minutes: 180 lines an hour and picker, the middle of what dark stores
    report (150 to 250).

    Parameters
    ----------
    orders_a_wave, lines_a_wave
        A cart takes 3 orders, and one walk at most 36 lines.
    start_s, aisle_s, line_s, weigh_s, bag_s
        Taking the cart and the list; walking on to another aisle; finding and scanning; weighing; closing a bag.
    urgent_s
        An order that no trip is planned for yet should be packed so long before its promise.
    told_from
        From so many waiting orders a picker on, dispatch says what is picked first; 0 for never: the earliest promise
        first. On dispatch days with hardly enough pickers it saves 5 to 9% of the cost (`benchmarks.picking`); on days
        of the twin, whose carts take three orders at once, it saved nothing.
    swap_over_bp
        A stand-in may cost at most 50% more than what it stands in for.
    """

    orders_a_wave: int = 3
    lines_a_wave: int = 36
    start_s: int = 30
    aisle_s: int = 8
    line_s: int = 8
    weigh_s: int = 10
    bag_s: int = 15
    urgent_s: int = 900
    told_from: int = 0
    swap_over_bp: int = 5_000
