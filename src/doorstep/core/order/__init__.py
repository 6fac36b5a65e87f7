"""the basket, its price, the life of an order"""

from doorstep.core.order import admit, after, handover, leave, price
from doorstep.core.order.life import Orders
from doorstep.core.order.params import OrderParams

__all__ = ["OrderParams", "Orders", "admit", "after", "handover", "leave", "price"]
