"""Admitting orders: one decision over everything that is waiting."""

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from doorstep.app.params import Params
from doorstep.app.state import SiteState
from doorstep.base.ids import LotId, OrderId, SkuId
from doorstep.core.order import admit
from doorstep.core.stock import Allotment
from doorstep.ledger import transfers_of
from doorstep.model.facts import Fact
from doorstep.model.facts.orders import BasketRefused, OrderPlaced
from doorstep.model.orders import PlaceOrder, Wanted
from tests.laws.made import NOW_S, happen, listed, quoted, received, site, sku
from tests.oracles import money

SKUS = (sku("S1", price_fen=900), sku("S2", price_fen=2_100), sku("S3", price_fen=1_795, sold_by="g"))
BY_ID = {x.sku: x for x in SKUS}
PARAMS = Params().order
LIFE_S = SKUS[0].min_life_s


@st.composite
def mornings(draw: st.DrawFn) -> tuple[Fact, ...]:
    """Draw a shelf, and quotes for five orders, some of which have lapsed or miss lines."""
    facts: list[Fact] = [listed(x) for x in SKUS]
    for n in range(draw(st.integers(0, 6))):
        of = draw(st.sampled_from(SKUS))
        amount = draw(st.integers(1, 6)) * (100 if of.sold_by == "g" else 1)
        # Some lots are too old for a doorstep, some good for one that is promised early only.
        sell_by_s = NOW_S + LIFE_S + draw(st.sampled_from([0, 1_800, 2_400, 9_000]))
        facts += received(f"L{n}", of.sku, amount=amount, sell_by_s=sell_by_s)
    for n in range(5):
        chosen = draw(st.lists(st.sampled_from(SKUS), min_size=1, max_size=3, unique_by=lambda x: x.sku))
        lines = [
            Wanted(k, x.sku, draw(st.integers(1, 4)) * (50 if x.sold_by == "g" else 1), "no")
            for k, x in enumerate(chosen, start=1)
        ]
        facts.append(
            quoted(
                f"O{n}",
                lines,
                promised_at_s=NOW_S + draw(st.sampled_from([1_800, 2_400])),
                lapses_at_s=NOW_S + draw(st.sampled_from([-1, 0, 120])),
                missing=[1] if draw(st.integers(0, 4)) == 0 else [],
            )
        )
    return tuple(facts)


orders = st.sampled_from([f"O{n}" for n in range(5)])
honest = st.builds(lambda o, again: PlaceOrder(key=f"k-{o}-{again}", order=OrderId(o)), orders, st.integers(0, 1))
hostile = st.builds(
    lambda k, o: PlaceOrder(key=k, order=OrderId(o)), st.sampled_from(["k0", "k1", "k2", "k3"]), orders
)
batches = st.lists(honest, max_size=9)


def place(state: SiteState, commands: Sequence[PlaceOrder]) -> tuple[admit.Admission, ...]:
    return admit.place(
        commands, orders=state.orders, holds=Allotment(state.shelf), now_s=NOW_S, params=state.params.order
    )


def one_by_one(state: SiteState, commands: Sequence[PlaceOrder]) -> list[admit.Admission]:
    answers = []
    for x in commands:
        (answer,) = place(state, [x])
        happen(state, *answer.facts)
        answers.append(answer)
    return answers


@given(mornings(), batches)
def test_no_lot_is_ever_oversold(morning: tuple[Fact, ...], commands: list[PlaceOrder]) -> None:
    """All that a batch sets aside of a lot was free of it, lived long enough, and is written in the books."""
    state = site(*morning)
    free = {lot: x.free for lot, x in state.shelf.lots.items()}
    held: dict[LotId, int] = {}
    for answer in place(state, commands):
        for fact in answer.facts:
            if isinstance(fact, OrderPlaced):
                quote = state.orders.by_id[fact.order].quote
                for parcel in (y for x in fact.lines for y in x.held):
                    held[parcel.lot] = held.get(parcel.lot, 0) + parcel.amount
                    assert state.shelf.lots[parcel.lot].sell_by_s - LIFE_S >= quote.promised_at_s
        happen(state, *answer.facts)
    for lot, amount in free.items():
        assert held.get(lot, 0) <= amount
        assert (amount - held.get(lot, 0), held.get(lot, 0)) == (
            state.balances.of(f"lot:{lot}", "shelf"),
            state.balances.of(f"lot:{lot}", "reserved"),
        )


@given(mornings(), batches)
def test_a_batch_is_answered_as_one_by_one(morning: tuple[Fact, ...], commands: list[PlaceOrder]) -> None:
    """Every order gets the answer, the goods and the place in the list it would get alone, in order of arrival."""
    batch, alone = place(site(*morning), commands), one_by_one(site(*morning), commands)
    assert [(x.order, x.outcome, x.facts) for x in alone] == [(x.order, x.outcome, x.facts) for x in batch]


@given(mornings(), st.lists(hostile, max_size=9))
def test_a_batch_is_answered_as_one_by_one_whatever_keys_people_send(
    morning: tuple[Fact, ...], commands: list[PlaceOrder]
) -> None:
    """The same where one key is used for several orders: in a batch or alone, the same orders are placed."""
    batch, alone = place(site(*morning), commands), one_by_one(site(*morning), commands)
    assert [(x.order, x.outcome, x.facts) for x in alone] == [(x.order, x.outcome, x.facts) for x in batch]


@given(mornings(), st.lists(hostile, max_size=9))
def test_the_same_key_or_order_twice_is_one_order(morning: tuple[Fact, ...], commands: list[PlaceOrder]) -> None:
    """An order is placed at most once and a key places at most one, in one batch or sent again after it."""
    state = site(*morning)
    first = place(state, commands)
    for answer in first:
        happen(state, *answer.facts)
    again = place(state, commands)
    assert [()] * len(commands) == [x.facts for x in again]
    made = [fact for answer in (*first, *again) for fact in answer.facts if isinstance(fact, OrderPlaced)]
    assert len(made) == len({x.order for x in made}) == len({x.key for x in made})


@given(mornings(), batches)
def test_a_repeated_command_is_answered_as_before(morning: tuple[Fact, ...], commands: list[PlaceOrder]) -> None:
    """Whoever sends the same again hears the same again, in the same batch or later, and nothing moves."""
    state = site(*morning)
    first = place(state, commands)
    for answer in first:
        happen(state, *answer.facts)
    before = state.balances.as_dict()
    again = place(state, commands)
    assert [(x.order, x.outcome) for x in first] == [(x.order, x.outcome) for x in again]
    assert [()] * len(commands) == [x.facts for x in again]
    assert before == state.balances.as_dict()


@given(mornings(), batches)
def test_refused_orders_move_nothing(morning: tuple[Fact, ...], commands: list[PlaceOrder]) -> None:
    """A refusal is one fact with its cause and worth; it sets nothing aside, and nobody later gets less for it."""
    state = site(*morning)
    answers = place(state, commands)
    refused = [x for x in answers if x.outcome == "refused"]
    for answer in refused:
        for fact in answer.facts:
            assert isinstance(fact, BasketRefused)
            assert () == transfers_of(fact)
            quote = state.orders.by_id[fact.order].quote
            assert ("lapsed" if quote.lapses_at_s < NOW_S else "short") == fact.cause
            assert quote.lines == fact.lines
            worth = sum(
                money.goods_fen(x.amount, price_fen=BY_ID[x.sku].price_fen, sold_by=BY_ID[x.sku].sold_by)
                for x in quote.lines
            )
            assert worth == fact.lost_fen
    names = {x.order for x in refused}
    without = place(site(*morning), [x for x in commands if x.order not in names])
    assert [x for x in answers if x.order not in names] == list(without)


@given(mornings(), batches)
def test_a_placed_order_is_what_was_quoted(morning: tuple[Fact, ...], commands: list[PlaceOrder]) -> None:
    """Each quoted line is held whole, at the heaviest that may be charged, or named as short."""
    state = site(*morning)
    for answer in place(state, commands):
        for fact in answer.facts:
            if not isinstance(fact, OrderPlaced):
                continue
            quote = state.orders.by_id[fact.order].quote
            assert {x.line for x in quote.lines} == {x.line for x in fact.lines} | set(fact.short) | set(quote.missing)
            most_fen = quote.fee_fen
            for x in fact.lines:
                of = BY_ID[x.sku]
                most = x.amount if of.sold_by == "pack" else money.half_up(x.amount * 11_000, 10_000)
                assert most == sum(y.amount for y in x.held)
                assert of.price_fen == x.price_fen
                most_fen += money.goods_fen(most, price_fen=x.price_fen, sold_by=of.sold_by)
            assert (most_fen, quote.fee_fen, NOW_S + PARAMS.pay_within_s) == (
                fact.est_fen,
                fact.fee_fen,
                fact.pay_by_s,
            )
            goods = sum(BY_ID[x.sku].fen(x.amount) for x in fact.lines)
            assert goods >= PARAMS.min_basket_fen


def test_a_quote_can_be_taken_until_its_last_second() -> None:
    """At the instant it lapses a quote still holds; a second later it does not."""
    facts = (*(listed(x) for x in SKUS), *received("L0", "S2", amount=5, sell_by_s=NOW_S + 99_999))
    lines = [Wanted(1, SkuId("S2"), 1, "no")]
    command = PlaceOrder(key="k", order=OrderId("O0"))
    in_time = site(*facts, quoted("O0", lines, lapses_at_s=NOW_S))
    too_late = site(*facts, quoted("O0", lines, lapses_at_s=NOW_S - 1))
    assert ["placed"] == [x.outcome for x in place(in_time, [command])]
    assert ["refused"] == [x.outcome for x in place(too_late, [command])]
