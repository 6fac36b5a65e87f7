"""Numbers of the promise room."""

from msgspec import Struct

LADDER_S = (1800, 2100, 2400, 2700, 3000, 3600, 4200, 4800, 5400, 6300, 7200)


class PromiseParams(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """
    What a promise is made of. Times in seconds.

    Those marked * were fitted on twin days with seeds 1001 to 1003 (never used in tests), plain, with rain and with a
    rush, so that the share kept meets the probability quoted.

    Parameters
    ----------
    ladder_s
        Promises offered, shortest first: 30 minutes, the usual one, up to two hours.
    target_bp
        The shortest promise that is kept with at least this probability is offered.
    slot_s
        Capacity is kept by half hours of the promised arrival.
    orders_per_courier_hour_e2, orders_per_picker_hour_e2
        What one person can bring or pick in an hour, in hundredths: 6.0 with several orders a trip, 24 at 8 lines
        an order.
    wave_s, line_s, orders_a_wave_e1
        A wave's fixed time, a line's time, and how many orders share a wave, in tenths.
    orders_a_trip_e1 *
        How many orders share a trip when many wait, in tenths.
    trip_s *
        From leaving to being back, in the mean.
    speed_mm_s
        How fast couriers ride: 15 km/h through a neighbourhood (formats, section 2).
    loading_s, service_s
        Loading a box, and the time at a door.
    base_spread_s *, queue_spread_bp *, wait_spread_bp *, ride_spread_bp *
        The spread of the whole: a part that is always there, and shares of the queue, the wait and the ride.
    """

    ladder_s: tuple[int, ...] = LADDER_S
    target_bp: int = 9_000
    slot_s: int = 1_800
    orders_per_courier_hour_e2: int = 600
    orders_per_picker_hour_e2: int = 2_400
    wave_s: int = 40
    line_s: int = 15
    orders_a_wave_e1: int = 15
    orders_a_trip_e1: int = 33
    trip_s: int = 1_740
    speed_mm_s: int = 4_167
    loading_s: int = 60
    service_s: int = 120
    base_spread_s: int = 320
    queue_spread_bp: int = 4_500
    wait_spread_bp: int = 500
    ride_spread_bp: int = 3_500
