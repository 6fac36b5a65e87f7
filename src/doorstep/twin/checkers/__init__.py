"""
The laws of a day, each in a file of its own.

A checker rebuilds what it needs from the facts it sees, by code of its own: it shares nothing with the rooms it
checks. `journal_checkers` need the journal alone; `GoodsCheck` and `MoneyCheck` also look at the physical world.
"""

from doorstep.app.certificate import Checker
from doorstep.twin.checkers.couriers import CouriersLaw
from doorstep.twin.checkers.fefo import FefoLaw
from doorstep.twin.checkers.goods import GoodsCheck
from doorstep.twin.checkers.money import MoneyCheck, MoneyLaw
from doorstep.twin.checkers.orders import OrdersLaw
from doorstep.twin.checkers.pickers import PickersLaw
from doorstep.twin.checkers.promises import PromisesLaw
from doorstep.twin.checkers.stocktaking import StocktakingLaw

__all__ = ["GoodsCheck", "MoneyCheck", "journal_checkers"]


def journal_checkers() -> tuple[Checker, ...]:
    """Every law that can be checked from a journal alone."""
    return (
        FefoLaw(),
        OrdersLaw(),
        MoneyLaw(),
        PromisesLaw(),
        PickersLaw(),
        CouriersLaw(),
        StocktakingLaw(),
    )
