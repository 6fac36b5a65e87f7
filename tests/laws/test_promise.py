"""What can be promised, and the capacity it takes."""

from hypothesis import given
from hypothesis import strategies as st

from doorstep.base.ids import CourierId, OrderId, PickerId
from doorstep.core.promise import Load, NoPromise, Promise, PromiseParams, promise
from doorstep.model.facts import Fact
from doorstep.model.facts.orders import BasketAbandoned, OrderCancelled, QuoteLapsed
from doorstep.model.facts.site import (
    CourierRostered,
    CourierStarted,
    PickerRostered,
    PickerStarted,
    WorkerMissing,
)
from tests.laws.made import NOW_S, placed, quoted

PARAMS = PromiseParams()
SLOT_S = PARAMS.slot_s


def live(load: Load, *facts: Fact, at_s: int = NOW_S) -> None:
    for x in facts:
        load.apply(x, at_s=at_s, slot_s=SLOT_S)


def crew(*, pickers: int, couriers: int, queue: int = 0) -> Load:
    load = Load()
    for n in range(pickers):
        name = PickerId(f"P{n}")
        live(load, PickerRostered(picker=name, on_at_s=NOW_S, off_at_s=NOW_S + 9_000), PickerStarted(picker=name))
    for n in range(couriers):
        rider = CourierId(f"R{n}")
        live(
            load,
            CourierRostered(
                courier=rider,
                kind="ebike",
                on_at_s=NOW_S,
                off_at_s=NOW_S + 9_000,
                ambient_ml=1,
                chilled_ml=1,
                frozen_ml=1,
                speed_mm_s=4_167,
            ),
            CourierStarted(courier=rider),
        )
    for n in range(queue):
        live(load, placed(f"Q{n}", []))
    return load


def ask(load: Load, *, lines: int = 8, ride_s: int = 400, params: PromiseParams = PARAMS) -> Promise | NoPromise:
    return promise(load, lines=lines, ride_s=ride_s, now_s=NOW_S, params=params)


def sell(load: Load, name: str, *, params: PromiseParams = PARAMS) -> Promise | NoPromise:
    """Ask, and let what was promised take its capacity."""
    answer = ask(load, params=params)
    if isinstance(answer, Promise):
        live(load, quoted(name, [], promised_at_s=answer.promised_at_s))
    return answer


crews = st.builds(crew, pickers=st.integers(1, 6), couriers=st.integers(1, 6), queue=st.integers(0, 12))


@given(crews, st.integers(1, 30), st.integers(0, 1_500), st.integers(60, 7_200), st.integers(60, 7_200))
def test_a_later_promise_is_kept_with_more_probability(load: Load, lines: int, ride_s: int, a: int, b: int) -> None:
    """The probability of keeping a promise never falls as the promise gets later, and stays between 0 and 1."""
    early, late = (
        ask(load, lines=lines, ride_s=ride_s, params=PromiseParams(ladder_s=(x,), target_bp=0)) for x in sorted((a, b))
    )
    assert isinstance(early, Promise) == isinstance(late, Promise) or min(a, b) < 9_000
    if isinstance(early, Promise) and isinstance(late, Promise):
        assert 0 <= early.p_kept_bp <= late.p_kept_bp <= 10_000
        assert early.why == late.why


@given(crews, st.integers(1, 30), st.integers(0, 1_500), st.integers(0, 10_000))
def test_the_first_rung_that_holds_is_offered(load: Load, lines: int, ride_s: int, target_bp: int) -> None:
    """What is offered meets the target and no earlier rung with room left does; no promise means that none does."""
    params = PromiseParams(target_bp=target_bp)
    answer = ask(load, lines=lines, ride_s=ride_s, params=params)
    alone = [
        ask(load, lines=lines, ride_s=ride_s, params=PromiseParams(ladder_s=(x,), target_bp=target_bp))
        for x in params.ladder_s
    ]
    expected = next((x for x in alone if isinstance(x, Promise)), alone[-1])
    assert expected == answer
    if isinstance(answer, Promise):
        assert answer.p_kept_bp >= target_bp
        assert answer.promised_at_s - NOW_S in params.ladder_s


@given(crews, st.integers(1, 20), st.integers(0, 1_000), st.integers(1, 10), st.integers(0, 600))
def test_more_to_do_is_never_expected_earlier(load: Load, lines: int, ride_s: int, more: int, further_s: int) -> None:
    """More lines, a longer ride or an order more ahead never bring the expected arrival forward."""
    never = PromiseParams(ladder_s=())
    soon = ask(load, lines=lines, ride_s=ride_s, params=never)
    later = ask(load, lines=lines + more, ride_s=ride_s + further_s, params=never)
    live(load, placed("O1", []))
    behind = ask(load, lines=lines + more, ride_s=ride_s + further_s, params=never)
    assert isinstance(soon, NoPromise)
    assert isinstance(later, NoPromise)
    assert isinstance(behind, NoPromise)
    assert soon.expected_s + further_s <= later.expected_s <= behind.expected_s


@given(st.integers(1, 3), st.integers(1, 3))
def test_nothing_is_promised_beyond_capacity(pickers: int, couriers: int) -> None:
    """Quotes are given until every slot in reach holds as many as people can bring, then there is no promise."""
    load = crew(pickers=pickers, couriers=couriers)
    sold: dict[int, int] = {}
    for n in range(200):
        answer = sell(load, f"O{n}")
        if isinstance(answer, NoPromise):
            break
        slot = answer.promised_at_s // SLOT_S
        sold[slot] = sold.get(slot, 0) + 1
    else:
        raise AssertionError("capacity has no end")
    # In a half hour a courier brings 3 orders and a picker picks 12.
    full = min(3 * couriers, 12 * pickers)
    reach = {(NOW_S + x) // SLOT_S for x in PARAMS.ladder_s}
    assert dict.fromkeys(sorted(sold), full) == dict(sorted(sold.items()))
    assert set(sold) <= reach
    assert {slot: load.capacity(slot, PARAMS) for slot in sold} == sold


@given(st.lists(st.sampled_from(["lapse", "abandon", "cancel", "keep"]), min_size=1, max_size=12))
def test_capacity_comes_back_when_a_quote_comes_to_nothing(ends: list[str]) -> None:
    """A quote that lapses, is left or is cancelled frees its slot, once; a kept one does not."""
    load = crew(pickers=2, couriers=1)
    kept = 0
    for n, end in enumerate(ends):
        name = OrderId(f"O{n}")
        if isinstance(sell(load, name), NoPromise):
            break
        fact: Fact | None = None
        if end == "lapse":
            fact = QuoteLapsed(order=name)
        elif end == "abandon":
            fact = BasketAbandoned(order=name, cause="other", lost_fen=0)
        elif end == "cancel":
            fact = OrderCancelled(order=name, cause="unpaid")
        else:
            kept += 1
        if fact is not None:
            live(load, fact, fact)
        assert kept == sum(load.used.values()) == len(load.promised)
        assert [] == [x for x in load.used.values() if x < 0]


def test_a_lapsed_quote_can_be_promised_to_somebody_else() -> None:
    """When the site is full, the slot of a quote that lapses goes to the next shopper, with the same promise."""
    load = crew(pickers=1, couriers=1)
    answers: list[Promise] = []
    while isinstance(answer := sell(load, f"O{len(answers)}"), Promise):
        answers.append(answer)
    live(load, QuoteLapsed(order=OrderId(f"O{len(answers) - 1}")))
    assert answers[-1] == sell(load, "O99")
    assert isinstance(sell(load, "O100"), NoPromise)


def test_who_does_not_come_cannot_bring_anything() -> None:
    """The capacity of somebody who is missing is not promised any more."""
    load = crew(pickers=2, couriers=2)
    slot = (NOW_S + 1_800) // SLOT_S
    assert 6 == load.capacity(slot, PARAMS)
    live(load, WorkerMissing(role="courier", worker="R1"))
    assert 3 == load.capacity(slot, PARAMS)
    live(load, WorkerMissing(role="picker", worker="P0"), WorkerMissing(role="picker", worker="P1"))
    assert 0 == load.capacity(slot, PARAMS)
    assert isinstance(ask(load), NoPromise)
