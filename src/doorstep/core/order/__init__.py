"""the basket, its price, the life of an order"""

from doorstep.core.order.after import claim, compensate, refund_recalled
from doorstep.core.order.handover import hand_over
from doorstep.core.order.leave import abandon, cancel, overdue
from doorstep.core.order.life import LineState, Orders, OrderState
from doorstep.core.order.params import OrderParams
from doorstep.core.order.place import Admission, place
from doorstep.core.order.price import Priced, price_basket, quote, refuse

__all__ = [
    "Admission",
    "LineState",
    "OrderParams",
    "OrderState",
    "Orders",
    "Priced",
    "abandon",
    "cancel",
    "claim",
    "compensate",
    "hand_over",
    "overdue",
    "place",
    "price_basket",
    "quote",
    "refund_recalled",
    "refuse",
]
