"""Which orders leave now, with whom, in which sequence."""

from hypothesis import given
from hypothesis import strategies as st

from doorstep.base.ids import CourierId, OrderId
from doorstep.core.dispatch import DispatchParams, Fleet, Ready, plan, wanted
from doorstep.core.dispatch.fleet import Expected, OnDuty
from doorstep.model.facts.work import TripPlanned
from doorstep.model.people import Place
from doorstep.roads import Straight
from tests.laws.made import HOME, NOW_S
from tests.oracles import roads as oracle

PARAMS, ROADS = DispatchParams(), Straight()

places = st.builds(
    lambda north, east: Place(HOME.lat_e6 + north, HOME.lng_e6 + east),
    st.integers(-20_000, 20_000),
    st.integers(-20_000, 20_000),
)
volumes = st.tuples(*[st.sampled_from([0, 10, 40])] * 3)
boxes = st.sampled_from([(100, 100, 100), (50, 50, 50), (20, 0, 20)])


def rider(n: int, *, off_s: int = 9_000, ml: tuple[int, int, int] = (100, 100, 100), speed: int = 4_167) -> OnDuty:
    return OnDuty(
        courier=CourierId(f"R{n}"),
        kind="ebike",
        on_at_s=NOW_S - 3_600,
        off_at_s=NOW_S + off_s,
        speed_mm_s=speed,
        ml=ml,
    )


def ready(n: int, at: Place, *, promised_s: int, ml: tuple[int, int, int] = (10, 0, 0)) -> Ready:
    return Ready(order=OrderId(f"O{n}"), at=at, ready_at_s=NOW_S, promised_at_s=NOW_S + promised_s, ml=ml)


def fleet_of(on_duty: list[tuple[OnDuty, int | None]], orders: list[Ready], *, expected: bool) -> Fleet:
    """Make a fleet of on_duty, each with since when it is idle (None where it rides), and orders that are ready."""
    fleet = Fleet()
    for x, since_s in on_duty:
        fleet.on_duty[x.courier] = x
        if since_s is not None:
            fleet.idle[x.courier] = since_s
    fleet.ready = {x.order: x for x in orders}
    if expected:
        fleet.expected[OrderId("later")] = Expected(at=HOME, ready_at_s=NOW_S + 300, promised_at_s=NOW_S + 1_800)
    return fleet


@st.composite
def fleets(draw: st.DrawFn) -> tuple[list[tuple[OnDuty, int | None]], list[Ready], bool]:
    on_duty = [
        (
            rider(n, off_s=draw(st.sampled_from([0, 9_000])), ml=draw(boxes), speed=draw(st.integers(1_500, 6_000))),
            draw(st.none() | st.integers(0, 2)),
        )
        for n in range(draw(st.integers(0, 4)))
    ]
    orders = [
        ready(n, draw(places), promised_s=draw(st.integers(-600, 3_600)), ml=draw(volumes))
        for n in range(draw(st.integers(0, 9)))
    ]
    return on_duty, orders, draw(st.booleans())


def decide(fleet: Fleet) -> tuple[TripPlanned, ...]:
    decided = plan(fleet, site=HOME, roads=lambda _: ROADS, now_s=NOW_S, params=PARAMS)
    return tuple(x for x in decided if isinstance(x, TripPlanned))


@given(fleets())
def test_trips_are_made_of_what_is_there(drawn: tuple[list[tuple[OnDuty, int | None]], list[Ready], bool]) -> None:
    """Each order and each idle courier leaves at most once, nobody who rides; boxes hold in every zone."""
    on_duty, orders, expected = drawn
    by_order = {x.order: x for x in orders}
    by_rider = {x.courier: (x, since_s) for x, since_s in on_duty}
    trips = decide(fleet_of(on_duty, orders, expected=expected))
    sent = [x for trip in trips for x in trip.orders]
    assert len(sent) == len(set(sent))
    assert len(trips) == len({x.courier for x in trips}) == len({x.trip for x in trips})
    for trip in trips:
        who, since_s = by_rider[trip.courier]
        assert since_s is not None
        assert trip.orders
        for zone in range(3):
            assert sum(by_order[x].ml[zone] for x in trip.orders) <= who.ml[zone]


@given(fleets())
def test_a_trip_tells_when_it_will_be_where(drawn: tuple[list[tuple[OnDuty, int | None]], list[Ready], bool]) -> None:
    """Loading, rides by the format, services and the way back add up to what is told."""
    on_duty, orders, expected = drawn
    by_order = {x.order: x for x in orders}
    speed = {x.courier: x.speed_mm_s for x, _ in on_duty}
    for trip in decide(fleet_of(on_duty, orders, expected=expected)):
        at, clock_s, etas = HOME, NOW_S + 60, []
        for name in (*trip.orders, None):
            to = by_order[name].at if name else HOME
            here, there = (at.lat_e6, at.lng_e6), (to.lat_e6, to.lng_e6)
            clock_s += oracle.seconds(here, there, detour_e3=1_350, speed_mm_s=speed[trip.courier])[0]
            if name:
                clock_s += 120
                etas.append(clock_s)
            at = to
        assert (tuple(etas), clock_s) == (trip.etas_at_s, trip.back_at_s)
        slacks = [by_order[x].promised_at_s - eta for x, eta in zip(trip.orders, etas, strict=True)]
        assert min(slacks) == trip.why.slack_s


@given(fleets(), st.data())
def test_the_order_in_which_things_became_known_does_not_matter(
    drawn: tuple[list[tuple[OnDuty, int | None]], list[Ready], bool], data: st.DataObject
) -> None:
    """The same couriers and orders in another order of the tables give the same trips."""
    on_duty, orders, expected = drawn
    again = fleet_of(data.draw(st.permutations(on_duty)), data.draw(st.permutations(orders)), expected=expected)
    assert decide(fleet_of(on_duty, orders, expected=expected)) == decide(again)


@given(fleets())
def test_nobody_waits_when_nothing_more_will_come(
    drawn: tuple[list[tuple[OnDuty, int | None]], list[Ready], bool],
) -> None:
    """Where no order is still being picked, couriers are idle only if no order that is left fits their box."""
    on_duty, orders, _ = drawn
    trips = decide(fleet_of(on_duty, orders, expected=False))
    sent, used = {y for x in trips for y in x.orders}, {x.courier for x in trips}
    idle = [x for x, since_s in on_duty if since_s is not None]
    on_shift = [x for x in idle if x.off_at_s >= NOW_S + PARAMS.loading_s]
    for who in on_shift or idle:
        if who.courier not in used:
            assert [] == [
                x.order
                for x in orders
                if x.order not in sent and all(a <= b for a, b in zip(x.ml, who.ml, strict=True))
            ]


@given(fleets())
def test_a_decision_changes_nothing(drawn: tuple[list[tuple[OnDuty, int | None]], list[Ready], bool]) -> None:
    """Deciding twice gives the same trips: nothing moves until the facts are written."""
    on_duty, orders, expected = drawn
    fleet = fleet_of(on_duty, orders, expected=expected)
    assert decide(fleet) == decide(fleet)
    assert {x.order: x for x in orders} == fleet.ready


def test_what_is_due_leaves_while_others_may_wait() -> None:
    """A courier with a small box who can wait does not keep a large order that is due from the one who has room."""
    south, north = Place(HOME.lat_e6 - 5_000, HOME.lng_e6), Place(HOME.lat_e6 + 20_000, HOME.lng_e6)
    large = ready(1, south, promised_s=600, ml=(90, 0, 0))
    small = ready(2, north, promised_s=3_600)
    on_duty: list[tuple[OnDuty, int | None]] = [(rider(1, ml=(20, 20, 20)), 0), (rider(2), 1)]
    trips = decide(fleet_of(on_duty, [large, small], expected=True))
    assert [("R2", "O1")] == [(x.courier, y) for x in trips for y in x.orders if y == "O1"]


def test_a_trip_with_time_to_spare_waits_for_company() -> None:
    """With hours to go and orders still being picked nobody leaves; without any more to come the courier goes."""
    near = Place(HOME.lat_e6 + 5_000, HOME.lng_e6)
    orders = [ready(1, near, promised_s=7_200)]
    assert () == decide(fleet_of([(rider(1), 0)], orders, expected=True))
    (trip,) = decide(fleet_of([(rider(1), 0)], orders, expected=False))
    assert ("at_once", (OrderId("O1"),)) == (trip.why.leaves, trip.orders)


@given(fleets())
def test_dispatch_wants_only_what_is_still_to_be_packed(
    drawn: tuple[list[tuple[OnDuty, int | None]], list[Ready], bool],
) -> None:
    """Orders are wanted while they are being picked, and not before they can be there."""
    on_duty, orders, _ = drawn
    fleet = fleet_of(on_duty, orders[1:], expected=False)
    for x in orders[:1]:
        fleet.expected[x.order] = Expected(at=x.at, ready_at_s=NOW_S + 300, promised_at_s=x.promised_at_s)
    found = wanted(fleet, site=HOME, roads=lambda _: ROADS, now_s=NOW_S, params=PARAMS)
    assert set(found) <= set(fleet.expected)
    for at_s in found.values():
        assert NOW_S + 300 <= at_s
    assert {} == wanted(
        fleet_of(on_duty, orders, expected=False), site=HOME, roads=lambda _: ROADS, now_s=NOW_S, params=PARAMS
    )
