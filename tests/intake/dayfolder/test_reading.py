"""A day folder is read right, or refused with its place and nothing written."""

from collections.abc import Callable
from pathlib import Path
from subprocess import run
from sys import executable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doorstep.base.errors import BadFile, BadInput
from doorstep.cli.day import day as live_command
from doorstep.intake.dayfolder import read_day, read_dispatch_day
from doorstep.model.dispatch import DayRules, ReadyOrder
from doorstep.model.people import Place
from doorstep.wire.days import given_day
from tests.intake.dayfolder.corpus import ODD, WRONG
from tests.intake.dayfolder.tiny import DISPATCH, FILES, OPEN, Case, broken, write

LOOP = "a link that leads to itself"


def shown(folder: Path, case: Case) -> str:
    """The value that stands at the place of a case."""
    rows = (folder / (case.at or case.file)).read_bytes().decode("utf-8", "backslashreplace").splitlines()
    text = rows[case.row].split(",")[rows[0].split(",").index(case.column)]
    return text if len(text) <= 60 else f"{text[:60]}…"


def test_the_corpus_is_large_enough() -> None:
    """At least sixty malformed files, each with a name of its own."""
    names = [x.name for x in (*WRONG, *ODD)]
    assert sorted(set(names)) == sorted(names)
    assert len(WRONG) >= 60


@pytest.mark.parametrize("case", WRONG, ids=lambda x: x.name)
def test_what_is_wrong_is_refused_with_its_place(case: Case, tmp_path: Path) -> None:
    """File, row, column and value are named, with what to do; no folder is written."""
    folder = broken(tmp_path / "day", case)
    with pytest.raises(BadFile) as caught:
        live_command(source=folder, out=tmp_path / "out", export=tmp_path / "export")
    error = caught.value
    assert (str(folder / (case.at or case.file)), case.row, case.column) == (error.file, error.row, error.column)
    assert case.says in error.what
    if case.row and case.column and "\n" not in error.value:
        assert shown(folder, case) == error.value
    assert error.exit_code == 2
    assert len(str(error)) < 1_000
    str(error).encode()
    assert ["day"] == [x.name for x in tmp_path.iterdir()]


@pytest.mark.parametrize("case", ODD, ids=lambda x: x.name)
def test_what_is_odd_and_right_is_read(case: Case, tmp_path: Path) -> None:
    """Marks, line ends, quotes, column order and unknown columns change nothing."""
    assert read_day(write(tmp_path / "plain")) == read_day(broken(tmp_path / "odd", case))


def test_what_is_read_is_what_was_written(tmp_path: Path) -> None:
    """Every noun stands where it should, in the order of time."""
    late_first = {
        **FILES,
        "orders.csv": reversed_rows(FILES["orders.csv"]),
        "events.csv": reversed_rows(FILES["events.csv"]),
    }
    given = read_day(write(tmp_path / "day", late_first))
    day = given.day
    assert ("A", "B", "C") == day.order_ids()
    assert [("milk", 2, "group"), ("beef", 500, "no")] == [
        (x.sku, x.amount, x.swap) for x in day.visits[0].basket.lines
    ]
    assert ("s1", OPEN, 7, "2020-04-08") == (day.site.site, day.site.opens_at_s, day.seed, day.date)
    assert ("L3",) == day.recalls()
    assert sorted(x.at_s for x in day.events) == [x.at_s for x in day.events]
    assert (3, 5, 1) == tuple(x.aisle for x in day.skus)
    assert 1_000 == given.params.order.min_basket_fen
    assert DayRules() == given.rules


def reversed_rows(text: str) -> str:
    header, *rows = text.splitlines()
    return "\n".join((header, *rows[::-1])) + "\n"


def test_what_may_be_left_out_may_be_left_out(tmp_path: Path) -> None:
    """No weather, no events, no aisle: a calm day with everything in aisle 0."""
    skus = "\n".join(x.rpartition(",")[0] for x in FILES["skus.csv"].splitlines())
    files = {k: v for k, v in FILES.items() if k not in ("weather.csv", "events.csv")} | {"skus.csv": skus}
    day = read_day(write(tmp_path / "day", files)).day
    assert ((), (), {0}) == (day.weather, day.events, {x.aisle for x in day.skus})


@pytest.mark.parametrize("name", sorted(FILES))
@pytest.mark.parametrize("what", [LOOP, "a folder", "unreadable"])
def test_a_file_that_cannot_be_opened_is_named(
    name: str, what: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A link to itself, a folder and a file without permission are refused by name."""
    path = write(tmp_path / "day") / name
    if what == "unreadable":
        refuse_opening(monkeypatch, path)
    else:
        path.unlink()
        if what == LOOP:
            path.symlink_to(path.name)
        else:
            path.mkdir()
    with pytest.raises(BadFile) as caught:
        read_day(path.parent)
    assert str(path) == caught.value.file


def refuse_opening(monkeypatch: pytest.MonkeyPatch, path: Path) -> None:
    """Let one file be unreadable, also for root."""
    really: Callable[..., object] = Path.open

    def refusing(self: Path, *args: object, **more: object) -> object:
        if self == path:
            raise PermissionError(13, "Permission denied", str(path))
        return really(self, *args, **more)

    monkeypatch.setattr(Path, "open", refusing)


@pytest.mark.parametrize("what", ["missing", "a file", LOOP, "empty", "a long name"])
def test_a_folder_that_is_none_is_refused(what: str, tmp_path: Path) -> None:
    """What --from names must be a folder with a day.json."""
    path = tmp_path / ("x" * 300 if what == "a long name" else "day")
    if what == "a file":
        path.write_text("x")
    elif what == LOOP:
        path.symlink_to(path.name)
    elif what == "empty":
        path.mkdir()
    with pytest.raises(BadInput, match=path.name[:100]):
        read_day(path)


def test_a_folder_of_several_sites_asks_for_one(tmp_path: Path) -> None:
    """Without --site they are named; with it the day is that site's alone, though every row is checked."""
    s1 = read_day(write(tmp_path / "one")).day
    two = write(tmp_path / "two")
    for name, row in {
        "sites.csv": f"s2,31200000,121500000,{OPEN},{OPEN + 3_600}",
        "lots.csv": f"M1,milk,s2,dairy-9,{OPEN - 3_600},{OPEN + 500_000},40",
        "orders.csv": f"X,s2,C1,{OPEN + 60},31200000,121500000,door",
        "lines.csv": "X,1,milk,3,no",
        "events.csv": f"{OPEN + 90},recall,M1,0",
    }.items():
        with (two / name).open("a") as file:
            file.write(row + "\n")
    with pytest.raises(BadInput, match="s1, s2"):
        read_day(two)
    with pytest.raises(BadInput, match="'s3'"):
        read_day(two, site="s3")
    assert s1 == read_day(two, site="s1").day
    s2 = read_day(two, site="s2").day
    assert (("X",), ("M1",), ("M1",)) == (s2.order_ids(), tuple(x.lot for x in s2.lots), s2.recalls())


def test_a_dispatch_day_is_read_into_nouns(tmp_path: Path) -> None:
    """Orders that say when they are ready need no lines; they stand in the order of their clicks."""
    day = read_dispatch_day(write(tmp_path / "day", DISPATCH))
    assert ("R1", "R2") == tuple(x.courier for x in day.couriers)
    assert ("A", "B") == tuple(x.order for x in day.orders)
    assert ReadyOrder(
        order=day.orders[1].order,
        site=day.site.site,
        shopper=day.orders[1].shopper,
        placed_at_s=OPEN + 7_200,
        at=Place(31_190_000, 121_430_000),
        drop="locker",
        ready_at_s=OPEN + 7_500,
        promised_at_s=OPEN + 9_000,
        ambient_ml=11_900,
        chilled_ml=5_100,
        frozen_ml=0,
    ) == day.orders[1]  # fmt: skip
    assert (1_350, 120, 60, 600, 2, 1) == (
        day.rules.travel.detour_e3, day.rules.service_s, day.rules.loading_s,
        day.rules.late_fixed_s, day.rules.late_per_s, day.rules.overtime_per_s,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("old", "new", "row", "column"),
    [
        (",frozen_ml", ",frost_ml", 0, "frozen_ml"),
        (f",{OPEN + 7_500},", ",,", 1, "ready_at_s"),
        (f",{OPEN + 7_500},", f",{OPEN + 7_199},", 1, "ready_at_s"),
        (f",{OPEN + 5_400},", f",{OPEN},", 2, "promised_at_s"),
        (",5100,", ",-1,", 1, "chilled_ml"),
        (",3000\n", ",0.5\n", 2, "frozen_ml"),
    ],
)
def test_a_wrong_dispatch_day_is_refused_with_its_place(
    old: str, new: str, row: int, column: str, tmp_path: Path
) -> None:
    """Where one of the columns of a dispatch day is there all are, and each is right."""
    files = {**DISPATCH, "orders.csv": DISPATCH["orders.csv"].replace(old, new, 1)}
    with pytest.raises(BadFile) as caught:
        read_dispatch_day(write(tmp_path / "day", files))
    assert ("orders.csv", row, column) == (Path(caught.value.file).name, caught.value.row, caught.value.column)


def test_a_dispatch_day_is_not_lived(tmp_path: Path) -> None:
    """It has nothing to pick and sell: one sentence says so."""
    with pytest.raises(BadInput, match="is a dispatch day"):
        read_day(write(tmp_path / "day", DISPATCH))


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("day.json", '"late_per_s": 2', '"late_per_s": 2, "moved_per_s": 1'),
        (
            "day.json",
            '"detour_e3": 1350',
            f'"detour_e3": 1350, "slices": [{{"from_at_s": {OPEN}, "slower_bp": 12000}}]',
        ),
        ("orders.csv", "order,site,", "kinds,order,site,"),
    ],
)
def test_what_a_whole_day_cannot_keep_is_refused(tmp_path: Path, file: str, old: str, new: str) -> None:
    """Nothing is taken and then forgotten: what only dispatch days know is named."""
    assert FILES[file].count(old) == 1
    with pytest.raises(BadInput, match="for dispatch days"):
        read_day(write(tmp_path / "day", {**FILES, file: FILES[file].replace(old, new)}))


def test_a_day_pays_what_its_file_says(tmp_path: Path) -> None:
    """Prices of lateness reach dispatch, whether by their own names or by its room's."""
    text = FILES["day.json"].replace('"late_per_s": 2', '"late_per_s": 7, "steep_per_s": 3, "unfair_s": 40')
    found = read_day(write(tmp_path / "day", {**FILES, "day.json": text})).params.dispatch.prices
    assert (600, 7, 3, 40) == (found.late_fixed_s, found.late_per_s, found.steep_per_s, found.unfair_s)


def test_the_command_line_answers_a_typo_with_one_sentence(tmp_path: Path) -> None:
    """Exit 2, the place on stderr, nothing on stdout, nothing written."""
    case = next(x for x in WRONG if x.name == "unknown drop")
    folder = broken(tmp_path / "day", case)
    command = [executable, "-m", "doorstep", "day", "--from", str(folder), "--out", str(tmp_path / "out"), "--json"]
    done = run(command, capture_output=True, text=True, check=False)
    assert (2, "") == (done.returncode, done.stdout)
    assert (
        f"doorstep: {folder}/orders.csv, row 1, column drop: 'Door': must be one of door, shelf, locker\n"
        == done.stderr
    )
    assert ["day"] == [x.name for x in tmp_path.iterdir()]


@given(
    st.sampled_from(sorted(FILES)),
    st.lists(st.tuples(st.integers(0, 2_000), st.integers(0, 255)), min_size=1, max_size=4),
    st.sampled_from(["flip", "cut", "double"]),
)
def test_flipped_bytes_are_read_or_refused(
    tmp_path_factory: pytest.TempPathFactory, name: str, flips: list[tuple[int, int]], how: str
) -> None:
    """Whatever happens to the bytes of a file: a day, or a `BadInput`; nothing else."""
    folder = write(tmp_path_factory.mktemp("flips", numbered=True) / "day")
    data = bytearray((folder / name).read_bytes())
    for at, byte in flips:
        place = at % len(data)
        if how == "flip":
            data[place] = byte
        elif how == "cut":
            del data[place : place + byte % 8]
        else:
            data[place:place] = data[place : place + byte % 32]
    (folder / name).write_bytes(data)
    try:
        given_day(folder)
    except BadInput as error:
        assert str(folder) in str(error)  # noqa: PT017 both ends are fine
