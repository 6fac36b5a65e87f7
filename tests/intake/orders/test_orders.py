"""An operator's table becomes orders and lines through a mapping, or is refused."""

import csv
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from doorstep.base.calendar import instant
from doorstep.intake.datum import to_wgs84
from doorstep.intake.orders import read_bought, read_mapping
from doorstep.model.people import Place
from tests.intake.typed import refused, shared, typed

MAP = """
[file]
datum = "gcj02"

[skip]
"状态" = ["已取消"]

[orders]
order = "订单号"
site = { constant = "s1" }
shopper = "会员"
placed_at_s = { column = "下单时间", format = "%Y/%m/%d %H:%M" }
lat_e6 = { column = "纬度", factor = 1000000 }
lng_e6 = { column = "经度", factor = 1000000 }
drop = { column = "投放", words = { "放门口" = "door", "柜" = "locker" } }

[lines]
sku = "商品"
amount = { column = "公斤", factor = 1000 }
"""
HEADER = ["订单号", "会员", "下单时间", "纬度", "经度", "投放", "商品", "公斤", "状态"]
ROWS = [
    ["7", "u1", "2026/05/04 09:30", "31.2304", "121.4737", "放门口", "pork", "0.5", "完成"],
    ["7", "u1", "2026/05/04 09:30", "31.2304", "121.4737", "放门口", "=leek", "1.25", "完成"],
    ["8", "u2", "2026/05/04 09:31", "31.2310", "121.4740", "柜", "pork", "1", "完成"],
    ["9", "u3", "2026/05/04 09:32", "x", "", "", "pork", "1", "已取消"],
    ["7", "u1", "2026/05/04 09:30", "31.2304", "121.4737", "放门口", "pork", "0.2", "完成"],
]


def csv_of(rows: list[list[str]]) -> str:
    return "".join(",".join(x) + "\n" for x in rows)


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """A folder with an operator's table and its mapping."""
    (tmp_path / "map.toml").write_text(MAP, "utf-8")
    (tmp_path / "table.csv").write_text(csv_of([HEADER, *ROWS]), "utf-8")
    return tmp_path


def turned(lat: str, lng: str) -> list[str]:
    """Write a position in GCJ-02 as micro-degrees of WGS-84."""
    at = to_wgs84(Place(round(float(lat) * 1e6), round(float(lng) * 1e6)), "gcj02")
    return [str(at.lat_e6), str(at.lng_e6)]


def table(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def sheet_cell(value: str | float) -> str:
    if isinstance(value, str):
        return f'<c t="inlineStr"><is><t>{value}</t></is></c>'
    style = ' s="1"' if value > 40_000 else ""  # a day of the calendar, as a number with a date's style
    return f"<c{style}><v>{value}</v></c>"


def workbook(path: Path, rows: list[list[str | float]], *, name: str = "订单") -> None:
    """Make the smallest workbook that Excel would open."""
    package = "http://schemas.openxmlformats.org/package/2006"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    types = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    cells = "".join(f"<row>{''.join(sheet_cell(y) for y in x)}</row>" for x in rows)
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{package}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{types}.sheet.main+xml"/>'
        f'<Override PartName="/xl/styles.xml" ContentType="{types}.styles+xml"/>'
        f'<Override PartName="/xl/sheet1.xml" ContentType="{types}.worksheet+xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{package}/relationships">'
        f'<Relationship Id="r1" Type="{office}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{main}" xmlns:r="{office}"><sheets>'
        f'<sheet name="{name}" sheetId="1" r:id="r1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{package}/relationships">'
        f'<Relationship Id="r1" Type="{office}/worksheet" Target="sheet1.xml"/>'
        f'<Relationship Id="r2" Type="{office}/styles" Target="styles.xml"/></Relationships>',
        "xl/styles.xml": f'<styleSheet xmlns="{main}"><cellXfs count="2"><xf numFmtId="0"/>'
        '<xf numFmtId="22" applyNumberFormat="1"/></cellXfs></styleSheet>',
        "xl/sheet1.xml": f'<worksheet xmlns="{main}"><sheetData>{cells}</sheetData></worksheet>',
    }
    with zipfile.ZipFile(path, "w") as archive:
        for part, text in parts.items():
            archive.writestr(part, f'<?xml version="1.0" encoding="UTF-8"?>{text}')


def test_a_table_becomes_orders_and_lines(house: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Rows of an order come together, kilograms become grams, what is skipped or joined is counted."""
    command: list[str | Path] = [
        "orders",
        house / "table.csv",
        "--mapping",
        house / "map.toml",
        "--out",
        house / "out",
    ]
    code, said, error = typed(capsys, *command, "--json")
    assert (0, "") == (code, error)
    summary = json.loads(said)
    assert {"rows": 5, "orders": 2, "lines": 3, "sites": 1, "skus": 2} == summary["counts"]
    assert {
        "rows whose 状态 is 已取消": 1,
        "lines joined to an earlier line of the same sku": 1,
    } == summary["dropped"]
    placed_at_s = instant("2026-05-04", "09:30", "Asia/Shanghai")
    assert [
        ["order", "site", "shopper", "placed_at_s", "lat_e6", "lng_e6", "drop"],
        ["7", "s1", "u1", str(placed_at_s), *turned("31.2304", "121.4737"), "door"],
        ["8", "s1", "u2", str(placed_at_s + 60), *turned("31.2310", "121.4740"), "locker"],
    ] == table(house / "out" / "orders.csv")
    assert [
        ["order", "line", "sku", "amount", "swap"],
        ["7", "1", "pork", "700", "no"],
        ["7", "2", "'=leek", "1250", "no"],
        ["8", "1", "pork", "1000", "no"],
    ] == table(house / "out" / "lines.csv")


@pytest.mark.parametrize("kind", ["parquet", "xlsx"])
def test_parquet_and_a_workbook_give_what_csv_gives(
    kind: str, house: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Numbers and real dates in cells read as the texts of a CSV file do."""
    numbers = {3: float, 4: float, 7: float}
    kept = [x for x in ROWS if x[-1] == "完成"]
    if kind == "xlsx":
        dates: dict[int, Callable[[str], Any]] = {0: int, 2: lambda x: 46_146 + (9 * 60 + int(x[-2:])) / 1_440}
        cells: dict[int, Callable[[str], Any]] = {**numbers, **dates}
        made: list[list[str | float]] = [[cells.get(n, str)(y) for n, y in enumerate(x)] for x in kept]
        workbook(house / "table.xlsx", [list(HEADER), *made, ["", "", "", "", "", "", "", "", ""]])
    else:
        import polars as pl  # noqa: PLC0415 only here

        columns = list(zip(*kept, strict=True))
        frame = pl.DataFrame({x: [numbers.get(n, str)(y) for y in columns[n]] for n, x in enumerate(HEADER)})
        when = pl.col("下单时间").str.to_datetime("%Y/%m/%d %H:%M").dt.replace_time_zone("Asia/Shanghai")
        frame.with_columns(when, pl.col("订单号").cast(pl.Int64)).write_parquet(house / "table.parquet")
    (house / "iso.toml").write_text(MAP.replace("%Y/%m/%d %H:%M", "iso"), "utf-8")
    for path, mapping, out in (("table.csv", "map.toml", "a"), (f"table.{kind}", "iso.toml", "b")):
        assert 0 == typed(capsys, "orders", house / path, "--mapping", house / mapping, "--out", house / out)[0]
    for name in ("orders.csv", "lines.csv"):
        assert (house / "a" / name).read_text("utf-8") == (house / "b" / name).read_text("utf-8")


def test_orders_of_a_dispatch_day_need_no_lines(house: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """With ready, promised and volumes mapped each row is an order, and there is no lines.csv."""
    text = (
        MAP.partition("[lines]")[0]
        .replace('datum = "gcj02"', "")
        .replace("[skip]", "[skip]\n'公斤' = ['1.25', '0.2']")
    )
    text += 'ready_at_s = { column = "下单时间", format = "%Y/%m/%d %H:%M" }\n'
    text += "promised_at_s = { constant = 1777860000000, format = 'epoch_ms' }\n"
    text += 'ambient_ml = { column = "公斤", factor = "1500.5" }\n'
    text += "chilled_ml = { constant = 0 }\nfrozen_ml = { constant = 0 }\n"
    (house / "map.toml").write_text(text, "utf-8")
    command: list[str | Path] = [
        "orders",
        house / "table.csv",
        "--mapping",
        house / "map.toml",
        "--out",
        house / "out",
    ]
    assert 0 == typed(capsys, *command)[0]
    assert ["orders.csv"] == [x.name for x in (house / "out").iterdir()]
    _, first, second = table(house / "out" / "orders.csv")
    assert (["1777860000", "750", "0", "0"], ["1777860000", "1501", "0", "0"]) == (first[-4:], second[-4:])
    assert first[3] == first[7]


def put(row: int, column: str, value: str) -> Callable[[str], str]:
    """Put another value into a row of the table (0 is the header)."""

    def change(_: str) -> str:
        rows = [list(x) for x in (HEADER, *ROWS)]
        rows[row][HEADER.index(column)] = value
        return csv_of(rows)

    return change


WRONG: list[tuple[str, Callable[[str], str], list[str]]] = [
    ("missing column", put(0, "会员", "顾客"), ["column 会员", "missing", "顾客"]),
    ("doubled column", put(0, "会员", "商品"), ["商品", "twice"]),
    ("no order number", put(3, "订单号", ""), ["row 3", "订单号", "as order", "empty"]),
    ("another date", put(3, "下单时间", "04.05.2026 09:31"), ["row 3", "下单时间", "'04.05.2026 09:31'", "%Y/%m/%d"]),
    ("a day that is none", put(3, "下单时间", "2026/02/30 09:31"), ["row 3", "下单时间", "'2026/02/30 09:31'"]),
    ("year 1970", put(3, "下单时间", "1970/01/01 08:00"), ["row 3", "下单时间", "between"]),
    ("swapped", put(3, "纬度", "121.47"), ["row 3", "纬度", "'121.47'", "earth"]),
    ("no position", put(3, "纬度", ""), ["row 3", "纬度", "lat_e6", "empty"]),
    ("NaN", put(3, "经度", "NaN"), ["row 3", "经度", "'NaN'", "no number"]),
    ("unknown word", put(3, "投放", "前台"), ["row 3", "投放", "'前台'", "words"]),
    ("half a gram", put(3, "公斤", "0.0005"), ["row 3", "公斤", "'0.0005'", "makes 0.5"]),
    ("nothing", put(3, "公斤", "0"), ["row 3", "公斤", "'0'", "between"]),
    ("two tonnes", put(3, "公斤", "2000"), ["row 3", "公斤", "makes 2000000"]),
    ("10^99", put(3, "公斤", "1e99"), ["row 3", "公斤", "'1e99'", "too large"]),
    ("a thousands sign", put(3, "公斤", '"1,000"'), ["row 3", "公斤", "'1,000'", "no number"]),
    ("rows that disagree", put(2, "会员", "u9"), ["row 2", "会员", "'u9'", "first row of order 7"]),
    ("places that disagree", put(2, "纬度", "31.3"), ["row 2", "纬度", "'31.3'", "must agree"]),
    ("an invisible sign", put(3, "商品", "po\u200brk"), ["row 3", "商品", "visible"]),
    ("no rows", lambda x: x.split("\n", 1)[0] + "\n", ["holds no order"]),
    ("a field too many", lambda x: x.replace("完成\n", "完成,\n", 1), ["row 1", "10 fields, the header 9"]),
    ("semicolons", lambda x: x.replace(",", ";"), ["one column only"]),
    ("empty", lambda _: "", ["is empty"]),
]


@pytest.mark.parametrize(("change", "says"), [pytest.param(*x[1:], id=x[0]) for x in WRONG])
def test_a_malformed_table_is_refused_with_its_place(
    change: Callable[[str], str], says: list[str], house: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """File, row, their column and value are said, and nothing is written."""
    (house / "table.csv").write_text(change(csv_of([HEADER, *ROWS])), "utf-8")
    command: list[str | Path] = ["orders", house / "table.csv", "--mapping", house / "map.toml"]
    error = refused(capsys, house / "out", *command)
    assert [] == [x for x in ["table.csv", *says] if x not in error], error


def swap(old: str, new: str) -> Callable[[str], str]:
    def change(text: str) -> str:
        assert old in text
        return text.replace(old, new, 1)

    return change


WRONG_MAPS: list[tuple[str, Callable[[str], str], list[str]]] = [
    ("no TOML", swap('order = "', 'order = "\n'), ["no TOML"]),
    ("no orders", lambda x: x.replace("[orders]", "[order]"), ["order"]),
    ("unknown column of ours", swap("shopper =", "customer ="), ["orders.customer", "none of our columns"]),
    ("unknown key", swap("factor = 1000000", "times = 1000000"), ["orders", "times"]),
    ("nothing named", swap('{ constant = "s1" }', "{ }"), ["orders.site", "one of the two"]),
    ("both named", swap('constant = "s1"', 'constant = "s1", column = "a"'), ["orders.site", "one of the two"]),
    ("a place missing", swap("lat_e6 =", "drop_me ="), ["orders.drop_me"]),
    ("a needed column missing", swap('site = { constant = "s1" }\n', ""), ["orders.site", "is needed"]),
    ("no format", swap(', format = "%Y/%m/%d %H:%M"', ""), ["orders.placed_at_s", "format"]),
    ("unknown zone", swap('%H:%M"', '%H:%M", tz = "China/Shanghai"'), ["orders.placed_at_s.tz", "'China/Shanghai'"]),
    ("a factor of nothing", swap("factor = 1000 ", "factor = 0 "), ["lines.amount.factor", "'0'"]),
    ("a factor in words", swap("factor = 1000 ", "factor = 'k' "), ["lines.amount.factor", "'k'"]),
    ("a factor of a name", swap('"订单号"', '{ column = "订单号", factor = 2 }'), ["orders.order.factor", "fit"]),
    ("half of ready", swap("[lines]", "ambient_ml = { constant = 1 }\n[lines]"), ["orders.ready_at_s", "together"]),
    ("no lines, no ready", lambda x: x.partition("[lines]")[0], ["orders.ready_at_s", "no [lines]"]),
    ("unknown datum", swap("gcj02", "bd09"), ["file.datum", "bd09"]),
    ("a sheet of a CSV file", swap('datum = "gcj02"', 'sheet = "1"'), ["no workbook"]),
]


@pytest.mark.parametrize(("change", "says"), [pytest.param(*x[1:], id=x[0]) for x in WRONG_MAPS])
def test_a_malformed_mapping_is_refused_with_its_place(
    change: Callable[[str], str], says: list[str], house: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The key and what fits there are said, and nothing is written."""
    (house / "map.toml").write_text(change(MAP), "utf-8")
    command: list[str | Path] = ["orders", house / "table.csv", "--mapping", house / "map.toml"]
    error = refused(capsys, house / "out", *command)
    assert [] == [x for x in says if x not in error], error


def test_a_file_of_another_kind_is_refused(house: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What only looks like Parquet or a workbook, is missing, or lacks its sheet is named."""
    command: list[str | Path] = ["--mapping", house / "map.toml"]
    for name in ("table.parquet", "table.xlsx"):
        (house / name).write_text("hello", "utf-8")
        assert f"{name}: is no" in refused(capsys, house / "out", "orders", house / name, *command)
        (house / name).write_bytes(b"")
        assert f"{name}: is empty" in refused(capsys, house / "out", "orders", house / name, *command)
    assert "none of .csv" in refused(capsys, house / "out", "orders", house / "table.json", *command)
    assert "is not there" in refused(capsys, house / "out", "orders", house / "none.xlsx", *command)
    workbook(house / "table.xlsx", [list(HEADER), *(list[str | float](x) for x in ROWS)])
    (house / "map.toml").write_text(MAP.replace("[file]", '[file]\nsheet = "1"'), "utf-8")
    error = refused(capsys, house / "out", "orders", house / "table.xlsx", *command)
    assert "column sheet: '1': has no such sheet; it has 订单" in error


def test_a_real_table_through_a_mapping(tmp_path: Path) -> None:
    """The shared case, mapped: 512 orders, each of its row's minute and place."""
    path = shared("tianchi-last-mile-rush", "Case1-512.csv")
    (tmp_path / "map.toml").write_text(
        '[orders]\norder = "OrderId"\nsite = { constant = "A007" }\nshopper = "Spot_id"\n'
        'placed_at_s = { constant = "2026-05-04T09:00", format = "iso" }\n'
        "lat_e6 = { column = 'Latitude', factor = 1000000 }\nlng_e6 = { column = 'Longitude', factor = 1000000 }\n"
        "[lines]\nsku = { constant = 'parcel' }\namount = { constant = 1 }\n",
        "utf-8",
    )
    orders, summary = read_bought(path, read_mapping(tmp_path / "map.toml"))
    assert {"rows": 512, "orders": 512, "lines": 512, "sites": 1, "skus": 1} == summary.counts
    first = path.read_text("utf-8").splitlines()[1].split(",")
    assert (first[0], first[1], round(float(first[5]) * 1e6)) == (
        orders[0].order,
        orders[0].shopper,
        orders[0].at.lat_e6,
    )
