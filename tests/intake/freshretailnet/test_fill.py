"""Demand from sales: exact where the shelf was in stock, filled in where it was not."""

from hypothesis import given
from hypothesis import strategies as st

from doorstep.base.chance import Chance
from doorstep.base.ids import SkuId
from doorstep.intake.freshretailnet.fill import Asked, Filled, FillParams, Foreseen, fill
from doorstep.intake.freshretailnet.sales import HOURS, Series, SoldDay

TODAY = "d99"
hours = st.lists(st.floats(0, 30), min_size=HOURS, max_size=HOURS)
flags = st.lists(st.booleans(), min_size=HOURS, max_size=HOURS)
days = st.builds(
    lambda sold, empty: SoldDay(sold=tuple(sold), empty=tuple(empty), discount=1.0), sold=hours, empty=flags
)


def filled(
    series: list[Series], date: str = TODAY, *, scale: float = 1.0, seed: int = 1, foreseen: Foreseen | None = None
) -> Asked:
    return fill(series, date, scale=scale, chance=Chance(seed), params=FillParams(), foreseen=foreseen)


def made(found: list[list[SoldDay]]) -> list[Series]:
    """Series of today and the days before, the youngest first."""
    return [
        Series(sku=SkuId(f"{n}"), first="", second="", days={f"d{99 - m}": x for m, x in enumerate(row)})
        for n, row in enumerate(found)
    ]


def flat(units: float, empty: tuple[int, ...] = ()) -> SoldDay:
    sold = tuple(0.0 if x in empty else units for x in range(HOURS))
    return SoldDay(sold=sold, empty=tuple(x in empty for x in range(HOURS)), discount=1.0)


@given(st.lists(st.lists(days, min_size=1, max_size=3), min_size=1, max_size=3), st.floats(1, 8))
def test_in_stock_what_is_asked_for_is_what_was_sold(found: list[list[SoldDay]], scale: float) -> None:
    """In every hour in stock exactly round(scale × sold); in an empty one at least that, and each is listed."""
    series = made(found)
    asked = filled(series, scale=scale)
    marked = {(x.sku, x.hour): x for x in asked.filled}
    for x in series:
        day = x.days[TODAY]
        for hour in range(HOURS):
            recorded = round(scale * day.sold[hour])
            if day.empty[hour]:
                told = Filled(sku=x.sku, hour=hour, sold=recorded, asked=asked.asked[x.sku][hour])
                assert told == marked.pop((x.sku, hour))
                assert told.asked >= recorded
            else:
                assert recorded == asked.asked[x.sku][hour]
    assert {} == marked


def test_an_empty_hour_is_filled_with_what_other_days_sell_in_it() -> None:
    """Two packs in every hour of nine days are two packs in the empty hours of the tenth."""
    series = made([[flat(2, empty=(9, 10, 11)), *[flat(2)] * 9]])
    assert (2,) * HOURS == filled(series).asked[SkuId("0")]


def test_a_day_that_sells_more_is_filled_with_more() -> None:
    """In stock it sells three times as much as usual, and so it would have in the empty hours."""
    series = made([[flat(6, empty=(9, 10, 11)), *[flat(2)] * 40]])
    asked = filled(series).asked[SkuId("0")]
    assert 16 <= sum(asked[9:12]) <= 18


def test_the_day_itself_never_teaches_its_own_rates() -> None:
    """Sales recorded in empty hours of the day move nothing in the rates; they are a lower bound only."""
    sold = tuple(50.0 if x == 9 else 0.0 for x in range(HOURS))
    day = SoldDay(sold=sold, empty=(True,) * HOURS, discount=1.0)
    asked = filled(made([[day, *[flat(1)] * 5]])).asked[SkuId("0")]
    assert 50 == asked[9]
    assert (1,) * 14 == asked[10:]


def test_days_after_the_day_teach_nothing() -> None:
    """Whatever a sku sells from tomorrow on, what today asks for stays the same."""
    today = [flat(2, empty=(9, 10)), *[flat(1)] * 5]
    (known,) = made([today])
    (later,) = made([today])
    later.days.update({f"e{x}": flat(50) for x in range(9)})
    assert filled([known]) == filled([later])


def test_what_was_foreseen_fills_the_empty_hours() -> None:
    """Where seven packs an hour are expected, and the hours in stock sell seven, an empty hour asks for seven."""
    series = made([[flat(7, empty=(9, 10)), *[flat(1)] * 5]])
    foreseen = Foreseen(rates={SkuId("0"): (7.0,) * HOURS}, source="somebody")
    assert (7, 7) == filled(series, foreseen=foreseen).asked[SkuId("0")][9:11]


def test_a_store_without_days_before_asks_for_little_more_than_it_sold() -> None:
    """Where nothing is known there is nothing to fill in."""
    asked = filled(made([[flat(2, empty=(9,))]])).asked[SkuId("0")]
    assert 0 == asked[9]


def test_the_same_seed_fills_alike() -> None:
    """And another one rounds otherwise."""
    series = made([[flat(0.5, empty=tuple(range(6, 22))), *[flat(0.5)] * 9] for _ in range(5)])
    assert filled(series) == filled(series)
    assert filled(series) != filled(series, seed=2)
