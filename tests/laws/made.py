"""What the laws are tried on: nouns, facts and small sites, drawn by Hypothesis."""

from collections.abc import Sequence
from types import NoneType, UnionType
from typing import Any, Final, Literal, Union, get_args, get_origin, get_type_hints

from hypothesis import settings
from hypothesis import strategies as st
from msgspec import Struct
from msgspec.structs import fields

from doorstep.app.params import Params
from doorstep.app.state import SiteState
from doorstep.base.ids import CourierId, LotId, OrderId, PickerId, ShopperId, SiteId, SkuId, WaveId
from doorstep.base.units import SoldBy, Zone
from doorstep.core.stock import Shelf
from doorstep.journal import Chain
from doorstep.ledger import transfers_of
from doorstep.model.facts import FACTS, Fact
from doorstep.model.facts.goods import LotReceived, LotShipped
from doorstep.model.facts.orders import OrderPlaced, Quoted
from doorstep.model.facts.site import SkuListed
from doorstep.model.facts.work import LinePicked
from doorstep.model.goods import Parcel, Sku
from doorstep.model.orders import Drop, PromiseReason, Taken, Wanted
from doorstep.model.people import Place

# For laws that are tried on every kind of fact: a few of each are many together.
FEW: Final = settings(max_examples=max(1, settings().max_examples // 5))

NOW_S: Final = 1_586_311_200  # 10:00 in Shanghai on 8 April 2020
SITE: Final = SiteId("xuhui-01")
HOME: Final = Place(31_193_000, 121_437_000)

HOSTILE: Final = (
    "上海青 300g",
    "🥬🐟",
    "\u2028\u2029",
    "\x7f",
    '"',
    "\\",
    "\x00\x1f\b\f\n\r\t",
    "</script>",
    "é",
    "ﬀ",
    "",
)
texts = st.sampled_from(HOSTILE) | st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
any_int = st.integers(-(2**53), 2**53)
amounts = st.integers(0, 60)
json_values = st.recursive(
    st.booleans() | any_int | texts,
    lambda x: st.lists(x, max_size=2) | st.dictionaries(texts, x, max_size=2),
    max_leaves=4,
)


def of_type(kind: Any, ints: st.SearchStrategy[int] = any_int) -> st.SearchStrategy[Any]:
    """Draw a value of any type that a fact's field may have."""
    if hasattr(kind, "__supertype__"):
        return of_type(kind.__supertype__, ints)
    if kind is int:
        return ints
    if kind is str:
        return texts
    if kind is NoneType:
        return st.none()
    origin, args = get_origin(kind), get_args(kind)
    if origin is Literal:
        return st.sampled_from(args)
    if origin in (Union, UnionType):
        return st.one_of([of_type(x, ints) for x in args])
    if origin is tuple:
        assert args[1:] == (...,), f"{kind}: draw this kind of tuple too"
        return st.lists(of_type(args[0], ints), max_size=3).map(tuple)
    if origin is dict:
        return st.dictionaries(texts, json_values, max_size=3)
    assert issubclass(kind, Struct), f"{kind}: draw this type too"
    return of_struct(kind, ints)


def of_struct(kind: type[Struct], ints: st.SearchStrategy[int]) -> st.SearchStrategy[Any]:
    """Draw a struct; fields with a default are left out now and then."""
    hints = get_type_hints(kind)
    drawn = {x.name: of_type(hints[x.name], ints) for x in fields(kind)}
    required = {x.name: drawn[x.name] for x in fields(kind) if x.required}
    optional = {x: strategy for x, strategy in drawn.items() if x not in required}
    return st.fixed_dictionaries(required, optional=optional).map(lambda values: kind(**values))


any_fact: Final[st.SearchStrategy[Fact]] = st.sampled_from(sorted(FACTS)).flatmap(lambda x: of_type(FACTS[x]))
moving_fact: Final[st.SearchStrategy[Fact]] = st.sampled_from(sorted(FACTS)).flatmap(
    lambda x: of_type(FACTS[x], amounts).filter(_can_be)
)
transactions = st.lists(st.lists(moving_fact, min_size=1, max_size=3), min_size=1, max_size=4)


def _can_be(fact: Fact) -> bool:
    return not isinstance(fact, LinePicked) or fact.amount <= fact.held


def sealed(blocks: Sequence[Sequence[Fact]], *, site: SiteId = SITE) -> list[list[bytes]]:
    """Write transactions as a store does: the lines of each."""
    chain = Chain(site)
    return [
        [
            chain.seal(fact, transfers_of(fact), at_s=NOW_S + n, more=number < len(facts))[1]
            for number, fact in enumerate(facts, start=1)
        ]
        for n, facts in enumerate(blocks)
    ]


def sku(
    name: str,
    *,
    price_fen: int = 1_000,
    sold_by: SoldBy = "pack",
    zone: Zone = "ambient",
    min_life_s: int = 3_600,
    swap_group: str = "greens",
    unit_ml: int = 500,
    aisle: int = 1,
) -> Sku:
    """Make a sku; all that a law does not speak of is usual."""
    return Sku(
        sku=SkuId(name),
        name_zh="上海青",
        name_en="Shanghai greens",
        category="vegetables",
        zone=zone,
        sold_by=sold_by,
        unit_g=300,
        unit_ml=unit_ml,
        price_fen=price_fen,
        cost_fen=price_fen * 7 // 10,
        life_s=216_000,
        min_life_s=min_life_s,
        swap_group=swap_group,
        aisle=aisle,
    )


def listed(x: Sku) -> SkuListed:
    """List a sku for sale."""
    return SkuListed(**{name: getattr(x, name) for name in Sku.__struct_fields__})


def received(lot: str, of: str, *, amount: int, sell_by_s: int) -> tuple[LotShipped, LotReceived]:
    """Bring a lot onto the shelf."""
    name, goods = LotId(lot), SkuId(of)
    return (
        LotShipped(lot=name, sku=goods, supplier="farm-1", amount=amount, arrives_at_s=NOW_S, sell_by_s=sell_by_s),
        LotReceived(lot=name, sku=goods, supplier="farm-1", amount=amount, sell_by_s=sell_by_s),
    )


def quoted(
    order: str,
    lines: Sequence[Wanted],
    *,
    promised_at_s: int = NOW_S + 1_800,
    lapses_at_s: int = NOW_S + 120,
    missing: Sequence[int] = (),
    fee_fen: int = 500,
    drop: Drop = "door",
    at: Place = HOME,
) -> Quoted:
    """Quote an order; its sums are not looked at by what follows."""
    return Quoted(
        order=OrderId(order),
        shopper=ShopperId(f"C-{order}"),
        at=at,
        drop=drop,
        lines=tuple(lines),
        goods_fen=0,
        fee_fen=fee_fen,
        est_fen=0,
        promised_at_s=promised_at_s,
        p_kept_bp=9_500,
        why=PromiseReason(0, 0, 0, 0, 0),
        lapses_at_s=lapses_at_s,
        missing=tuple(missing),
    )


def placed(order: str, lines: Sequence[Taken], *, est_fen: int = 0, fee_fen: int = 500) -> OrderPlaced:
    """Place an order with what is set aside for it."""
    return OrderPlaced(
        order=OrderId(order),
        key=f"key-{order}",
        lines=tuple(lines),
        fee_fen=fee_fen,
        est_fen=est_fen,
        pay_by_s=NOW_S + 300,
    )


def picked(order: str, line: int, lot: str, *, held: int, amount: int) -> LinePicked:
    """Take goods of a lot for a line."""
    return LinePicked(
        order=OrderId(order), line=line, picker=PickerId("P01"), lot=LotId(lot), held=held, amount=amount
    )


def happen(state: SiteState, *facts: Fact, at_s: int = NOW_S) -> SiteState:
    """Let facts happen to a site as a store does: first the books, then every room."""
    for fact in facts:
        transfers = transfers_of(fact)
        state.balances.post(transfers)
        state.apply(fact, transfers, at_s=at_s)
    return state


def site(*facts: Fact, params: Params | None = None) -> SiteState:
    """Make a site to which these facts happened."""
    return happen(SiteState(SITE, params or Params()), *facts)


def shelf_of(rows: Sequence[tuple[str, str, int, int]]) -> Shelf:
    """Make a shelf of rows (lot, sku, amount, sell by)."""
    shelf = Shelf()
    for lot, of, amount, sell_by_s in rows:
        for fact in received(lot, of, amount=amount, sell_by_s=sell_by_s)[1:]:
            shelf.apply(fact, transfers_of(fact))
    return shelf


def parcels(*rows: tuple[str, int]) -> tuple[Parcel, ...]:
    """Make parcels of rows (lot, amount)."""
    return tuple(Parcel(LotId(lot), amount) for lot, amount in rows)


WAVE: Final = WaveId("W0001")
PICKER: Final = PickerId("P01")
COURIER: Final = CourierId("R01")
