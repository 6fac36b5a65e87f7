"""A day exported and read back is the same day, byte for byte of its journal."""

from pathlib import Path
from subprocess import run
from sys import executable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import convert
from msgspec.structs import replace

from doorstep.app.params import Params
from doorstep.base.errors import BadInput
from doorstep.core.dispatch import DispatchParams
from doorstep.core.promise import PromiseParams
from doorstep.intake.dayfolder import GivenDay, read_day, write_day
from doorstep.intake.dayfolder.cells import FORMULA, guarded, unguarded
from doorstep.model.dispatch import DayRules
from doorstep.roads import Straight
from doorstep.twin.troubles import Troubles
from doorstep.twin.worlds import neighbourhood, swarm_day
from doorstep.wire.days import given_day, given_with, live_day, live_given
from tests.intake.dayfolder.tiny import CLOSE, FILES, OPEN, header_only, write

SMALL = tuple(x for x in range(1, 40) if len(swarm_day(x)[0].visits) <= 72)[:3]
EVIL = (
    '=HYPERLINK("x")',
    "+1",
    "-1",
    "@sum",
    "'=1",
    "''+2",
    "＝1",
    "a,b",
    'say "hi"',
    "\u3000全角",
    "'",
    "",
    "👩\u200d🍳",
)


def exported(given: GivenDay, folder: Path) -> GivenDay:
    """Write a day and read it back."""
    folder.mkdir()
    write_day(given, folder)
    return given_day(folder)


@pytest.mark.parametrize("seed", SMALL)
def test_a_swarm_day_read_back_has_the_same_journal(seed: int, tmp_path: Path) -> None:
    """Troubles, rain, thefts and all: the digest is the same to the last bit."""
    day, troubles = swarm_day(seed)
    first = live_day(day, tmp_path / "first", troubles=troubles)
    back = exported(given_with(day, troubles=troubles), tmp_path / "day")
    assert first.digest == live_given(back, tmp_path / "again").digest


@pytest.mark.check
def test_the_default_day_read_back_has_the_same_journal(tmp_path: Path) -> None:
    """The command line exports the built-in day while it lives it, and lives the folder the same."""
    for flags in (["--export", "day", "--out", "first"], ["--from", "day", "--out", "again"]):
        run([executable, "-m", "doorstep", "day", *flags], cwd=tmp_path, check=True, capture_output=True)
    assert (tmp_path / "first/journal.ndjson").read_bytes() == (tmp_path / "again/journal.ndjson").read_bytes()
    assert neighbourhood(1) == given_day(tmp_path / "day").day


def test_every_number_survives(tmp_path: Path) -> None:
    """Params that differ, a promise that believes in other times than dispatch, costs of lateness, troubles."""
    given = replace(
        read_day(write(tmp_path / "tiny")),
        params=Params(
            roads=Straight(detour_e3=1_500),
            dispatch=DispatchParams(service_s=90, tick_s=60, late_fixed_s=1, late_per_s=3, overtime_per_s=0),
            promise=PromiseParams(ladder_s=(1_800, 3_600), loading_s=45),
        ),
        rules=convert(
            {"travel": {"detour_e3": 1_500}, "service_s": 90, "late_fixed_s": 1, "late_per_s": 3, "overtime_per_s": 0},
            DayRules,
        ),
        troubles={"claim_bp": 0},
    )
    assert given == exported(given, tmp_path / "day")


@given(st.integers(0, 300), st.integers(0, 300), st.integers(1, 3_000), st.integers(0, 300))
def test_what_two_rooms_know_alike_or_not_survives(
    tmp_path_factory: pytest.TempPathFactory, service_s: int, believed_s: int, detour_e3: int, loading_s: int
) -> None:
    """`service_s` fills two rooms unless one of them says otherwise; whichever it was, it comes back."""
    folder = tmp_path_factory.mktemp("params", numbered=True)
    params = Params(
        roads=Straight(detour_e3=detour_e3),
        dispatch=DispatchParams(service_s=service_s, loading_s=loading_s),
        promise=PromiseParams(service_s=believed_s),
    )
    day = replace(read_day(write(folder / "tiny")), params=params)
    assert params == exported(day, folder / "day").params


def test_a_number_said_once_fills_its_rooms(tmp_path: Path) -> None:
    """A folder that says `service_s` and the detour says them to dispatch, the promise and the roads."""
    text = FILES["day.json"].replace("120", "100").replace("1350", "1600")
    params = read_day(write(tmp_path / "day", {**FILES, "day.json": text})).params
    assert (100, 100, 1_600) == (params.dispatch.service_s, params.promise.service_s, params.roads.detour_e3)


def test_names_that_a_spreadsheet_would_run_survive_and_do_not_run(tmp_path: Path) -> None:
    """A formula in a name is text: it reads back exactly, and no cell of the export begins like a formula."""
    given = read_day(write(tmp_path / "tiny"))
    for n, text in enumerate(EVIL):
        skus = (replace(given.day.skus[0], name_zh=text, name_en=text[::-1]), *given.day.skus[1:])
        evil = replace(given, day=replace(given.day, skus=skus))
        assert evil == exported(evil, tmp_path / f"day{n}")
        row = (tmp_path / f"day{n}" / "skus.csv").read_text("utf-8").splitlines()[1]
        assert not [x for x in row.split(",") if x.lstrip('"')[:1] in FORMULA]


def test_an_id_like_a_formula_is_one_name_everywhere(tmp_path: Path) -> None:
    """`-7` is a fine order, and `'-7` in a file means the same one; `''-7` is another."""
    files = dict(FILES)
    for name in ("orders.csv", "lines.csv"):
        files[name] = files[name].replace("\nA,", "\n-7,").replace("\nB,", "\n''-7,")
    files["lines.csv"] = files["lines.csv"].replace("\n-7,2", "\n'-7,2")
    given = read_day(write(tmp_path / "tiny", files))
    assert ("-7", "'-7", "C") == given.day.order_ids()
    assert [2, 1, 3] == [len(x.basket.lines) for x in given.day.visits]
    assert given == exported(given, tmp_path / "day")


@given(st.text(st.sampled_from("'=+-@＝a ")) | st.text())
def test_guarding_is_undone_exactly(text: str) -> None:
    """What is guarded begins like no formula, and every text comes back."""
    assert text == unguarded(guarded(text))
    assert guarded(text)[:1] not in FORMULA


def test_events_about_nobody_are_left_out(tmp_path: Path) -> None:
    """An event about a courier who is not planned cannot happen, so the export does without."""
    given = read_day(write(tmp_path / "tiny"))
    ghost = replace(given.day.events[0], kind="no_show", subject="R99", value=0)
    haunted = replace(given, day=replace(given.day, events=(ghost, *given.day.events)))
    assert given == exported(haunted, tmp_path / "day")


@pytest.mark.parametrize(
    "empty",
    [("orders.csv", "lines.csv"), ("lots.csv", "events.csv"), ("couriers.csv", "events.csv"), ("pickers.csv",)],
)
def test_a_day_without_orders_goods_or_people_is_lived(empty: tuple[str, ...], tmp_path: Path) -> None:
    """A file with nothing but its header is a day on which nobody came; it closes like any other."""
    files = {**FILES, **{x: header_only(FILES[x].encode()).decode() for x in empty}}
    closing = live_given(read_day(write(tmp_path / "day", files)), tmp_path / "out")
    assert {"ok"} == set(closing.checks.values())


def test_a_tiny_day_is_lived(tmp_path: Path) -> None:
    """Three orders, and one of every event: every law holds."""
    closing = live_given(read_day(write(tmp_path / "day")), tmp_path / "out")
    assert {"ok"} == set(closing.checks.values())
    assert (OPEN, 3) == (closing.opened_at_s + 3_600, sum(closing.orders.values()))


def test_nothing_is_exported_where_out_is_refused(tmp_path: Path) -> None:
    """Both folders are looked at first: a full --out, or one folder for both, leaves no export behind."""
    given = read_day(write(tmp_path / "day"))
    before = sorted(tmp_path.rglob("*"))
    for out, export in (
        (tmp_path / "day", tmp_path / "e"),
        (tmp_path / "e", tmp_path / "e"),
        (tmp_path / "o", tmp_path / "day"),
    ):
        with pytest.raises(BadInput):
            live_given(given, out, export=export)
    assert before == sorted(tmp_path.rglob("*"))


def test_unusual_troubles_alone_are_kept() -> None:
    """A day under the usual rates says nothing about them."""
    day = swarm_day(1)[0]
    assert {} == given_with(day).troubles
    assert {"claim_bp": 1} == given_with(day, troubles=Troubles(claim_bp=1)).troubles


def test_what_never_came_cannot_be_stolen(tmp_path: Path) -> None:
    """A thief finds nothing of a lot whose truck comes after the close; the day closes all the same."""
    lots = FILES["lots.csv"].replace(f"dairy-1,{OPEN - 3_600}", f"dairy-1,{CLOSE + 80_000}")
    closing = live_given(read_day(write(tmp_path / "day", {**FILES, "lots.csv": lots})), tmp_path / "out")
    assert {"ok"} == set(closing.checks.values())
