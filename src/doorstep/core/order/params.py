"""Numbers of the order room."""

from msgspec import Struct

from doorstep.base.units import HOUR_S


class OrderParams(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """
    What we sell under.

    Parameters
    ----------
    min_basket_fen
        Baskets below are not sold; 15 yuan, under which picking and riding cost more than the margin.
    free_delivery_fen, delivery_fee_fen
        Baskets below 39 yuan pay 5 yuan for delivery: the usual terms of Shanghai's fresh platforms in 2020.
    weigh_over_bp
        How much heavier than ordered a weighed piece may be and still be charged: 10%. Payment is authorised and
        goods are set aside at that weight, so that capture never exceeds what the shopper agreed to.
    shelf_ahead_s
        A line is offered if it would still have its minimum life at a doorstep this much later; one hour.
    quote_valid_s, pay_within_s
        A quote holds its capacity for 2 minutes; an order waits 5 minutes for its payment.
    courier_pay_fen
        Paid per order handed over: 6 yuan.
    late_small_fen, late_large_fen, late_large_s
        A late order is given 5 yuan back, 10 yuan beyond 15 minutes.
    claim_within_s
        Claims are taken for 24 hours.
    locker_doors, shelf_places
        Shared places for contactless handover in the neighbourhood.
    """

    min_basket_fen: int = 1_500
    free_delivery_fen: int = 3_900
    delivery_fee_fen: int = 500
    weigh_over_bp: int = 1_000
    shelf_ahead_s: int = HOUR_S
    quote_valid_s: int = 120
    pay_within_s: int = 300
    courier_pay_fen: int = 600
    late_small_fen: int = 500
    late_large_fen: int = 1_000
    late_large_s: int = 900
    claim_within_s: int = 24 * HOUR_S
    locker_doors: int = 60
    shelf_places: int = 40
