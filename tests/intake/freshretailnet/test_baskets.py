"""Baskets: every pack in exactly one line."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from doorstep.base.chance import Chance
from doorstep.base.ids import SkuId
from doorstep.intake.freshretailnet.baskets import ROOM_ML, BasketParams, visits
from doorstep.intake.freshretailnet.fill import Asked
from doorstep.intake.freshretailnet.goods import borrowed, named
from doorstep.intake.freshretailnet.sales import HOURS, Series
from doorstep.model.day import Visit
from doorstep.model.goods import Sku
from tests.intake.freshretailnet.made import listed, places

SKUS = [SkuId(f"{x}") for x in range(6)]
ROWS = borrowed(SKUS, listed(), Chance(1))
GOODS = {x: named(Series(sku=x, first="1", second="", days={}), ROWS[x]) for x in SKUS}

packs = st.lists(st.tuples(st.sampled_from(SKUS), st.integers(0, HOURS - 1), st.integers(1, 90)), max_size=30)


def baskets(
    found: dict[SkuId, list[int]], *, skus: dict[SkuId, Sku] | None = None, seed: int = 1
) -> tuple[Visit, ...]:
    asked = {x: tuple(y) for x, y in found.items()}
    return visits(
        Asked(sold=asked, asked=asked, empty=dict.fromkeys(asked, (False,) * HOURS), filled=()),
        skus or GOODS,
        places().points,
        midnight_s=0,
        chance=Chance(seed),
        params=BasketParams(),
    )


@given(packs)
def test_every_pack_is_in_one_line_of_its_hour(found: list[tuple[SkuId, int, int]]) -> None:
    """Lines sum to what is asked for by sku and hour; one line a sku and order; a basket fits a box; by time."""
    asked = {x: [0] * HOURS for x in SKUS}
    for sku, hour, count in found:
        asked[sku][hour] += count
    made = baskets(asked)
    counted: Counter[tuple[SkuId, int]] = Counter()
    for x in made:
        lines = x.basket.lines
        assert len({y.sku for y in lines}) == len(lines) >= 1
        assert list(range(1, len(lines) + 1)) == [y.line for y in lines]
        for zone, room_ml in ROOM_ML.items():
            assert sum(GOODS[y.sku].ml(y.amount) for y in lines if GOODS[y.sku].zone == zone) <= room_ml
        for y in lines:
            assert 1 <= y.amount <= BasketParams().packs_a_line
            counted[y.sku, x.at_s // 3_600] += y.amount
    assert +Counter({(x, hour): asked[x][hour] for x in SKUS for hour in range(HOURS)}) == counted
    assert sorted(x.at_s for x in made) == [x.at_s for x in made]
    assert len({x.basket.order for x in made}) == len(made)


def test_the_mean_basket_is_near_six_packs() -> None:
    """An hour of 600 packs of six skus brings about a hundred baskets."""
    made = baskets({x: [100 if hour == 9 else 0 for hour in range(HOURS)] for x in SKUS})
    assert 90 <= len(made) <= 110
    assert len({len(x.basket.lines) for x in made}) >= 4


def test_the_seed_draws_the_baskets() -> None:
    """The same seed draws the same, another one others."""
    asked = {x: [2] * HOURS for x in SKUS}
    assert baskets(asked) == baskets(asked)
    assert baskets(asked) != baskets(asked, seed=2)
