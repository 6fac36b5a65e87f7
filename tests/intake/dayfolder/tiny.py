"""A tiny day folder to break: one site, three orders, every kind of event."""

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

OPEN = 1_586_296_800  # 2020-04-08 06:00 in Shanghai
CLOSE = OPEN + 16 * 3_600

DAY = """{"format": 1, "seed": 7, "date": "2020-04-08", "tz": "Asia/Shanghai",
 "params": {"travel": {"kind": "straight", "detour_e3": 1350}, "service_s": 120, "loading_s": 60,
  "late_fixed_s": 600, "late_per_s": 2, "overtime_per_s": 1, "order": {"min_basket_fen": 1000}}}
"""
FILES = {
    "day.json": DAY,
    "sites.csv": f"site,lat_e6,lng_e6,opens_at_s,closes_at_s\ns1,31193000,121437000,{OPEN},{CLOSE}\n",
    "skus.csv": (
        "sku,name_zh,name_en,category,zone,sold_by,unit_g,unit_ml,price_fen,cost_fen,life_s,min_life_s,swap_group,aisle\n"
        "milk,鲜牛奶,Fresh milk,dairy,chilled,pack,950,1100,1290,900,604800,86400,milk,3\n"
        "beef,牛腩,Beef brisket,meat,chilled,g,1000,1100,9800,7000,345600,43200,beef,5\n"
        "rice,大米 5kg,Rice 5 kg,grain,ambient,pack,5000,6000,3990,3000,31536000,2592000,rice,1\n"
    ),
    "lots.csv": (
        "lot,sku,site,supplier,arrives_at_s,sell_by_s,amount\n"
        f"L1,milk,s1,dairy-1,{OPEN - 3_600},{OPEN + 500_000},40\n"
        f"L2,beef,s1,meat-1,{OPEN - 3_600},{OPEN + 300_000},9000\n"
        f"L3,rice,s1,grain-1,{OPEN - 86_400},{OPEN + 20_000_000},20\n"
    ),
    "pickers.csv": f"picker,site,on_at_s,off_at_s\nP1,s1,{OPEN - 1_800},{CLOSE}\nP2,s1,{OPEN},{OPEN + 28_800}\n",
    "couriers.csv": (
        "courier,site,kind,on_at_s,off_at_s,ambient_ml,chilled_ml,frozen_ml,speed_mm_s\n"
        f"R1,s1,ebike,{OPEN},{CLOSE},100000,40000,20000,4167\n"
        f"R2,s1,van,{OPEN},{OPEN + 28_800},900000,400000,200000,6000\n"
    ),
    "orders.csv": (
        "order,site,shopper,placed_at_s,lat_e6,lng_e6,drop\n"
        f"A,s1,C1,{OPEN + 3_600},31195000,121440000,door\n"
        f"B,s1,C2,{OPEN + 7_200},31190000,121430000,locker\n"
        f"C,s1,C1,{OPEN + 9_000},31200000,121435000,shelf\n"
    ),
    "lines.csv": (
        "order,line,sku,amount,swap\n"
        "A,1,milk,2,group\nA,2,beef,500,no\nB,1,rice,1,no\nC,1,beef,800,group\nC,2,milk,1,no\nC,3,rice,1,group\n"
    ),
    "weather.csv": f"at_s,rain_mm_h,temp_c10\n{OPEN},0,140\n{OPEN + 20_000},6,120\n",
    "events.csv": (
        "at_s,kind,subject,value\n"
        f"{OPEN},warm_truck,dairy-1,90\n{OPEN + 100},late_truck,meat-1,600\n{OPEN + 4_000},price,milk,1390\n"
        f"{OPEN + 5_000},theft,L1,2\n{OPEN + 6_000},no_show,R2,\n{OPEN + 7_000},power_cut,,\n"
        f"{OPEN + 40_000},recall,L3,0\n"
    ),
}
DISPATCH = {
    "day.json": DAY,
    "sites.csv": FILES["sites.csv"],
    "couriers.csv": FILES["couriers.csv"],
    "orders.csv": (
        "order,site,shopper,placed_at_s,lat_e6,lng_e6,drop,ready_at_s,promised_at_s,ambient_ml,chilled_ml,frozen_ml\n"
        f"B,s1,C2,{OPEN + 7_200},31190000,121430000,locker,{OPEN + 7_500},{OPEN + 9_000},11900,5100,0\n"
        f"A,s1,C1,{OPEN + 3_600},31195000,121440000,door,{OPEN + 3_800},{OPEN + 5_400},100,0,3000\n"
    ),
}

Edit = Callable[[bytes], bytes]
Change = Callable[[bytes], bytes | None]


class Case(NamedTuple):
    """A broken folder: which file is changed and how, and the place that must be named."""

    name: str
    file: str
    change: Change
    row: int = 0
    column: str = ""
    says: str = ""
    at: str = ""  # the file that is named, where it is another one


def write(folder: Path, files: dict[str, str] | None = None) -> Path:
    """Write a folder of files."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in (files or FILES).items():
        (folder / name).write_bytes(text.encode())
    return folder


def broken(folder: Path, case: Case) -> Path:
    """Write the tiny folder with one file changed, or taken away."""
    write(folder)
    path = folder / case.file
    changed = case.change(path.read_bytes())
    if changed is None:
        path.unlink()
    else:
        path.write_bytes(changed)
    return folder


def cell(row: int, column: str, value: str) -> Edit:
    """Put a value into a cell; row 1 is the first after the header."""

    def change(data: bytes) -> bytes:
        rows = [x.split(",") for x in data.decode().splitlines()]
        rows[row][rows[0].index(column)] = value
        return ("\n".join(",".join(x) for x in rows) + "\n").encode()

    return change


def cells(row: int, **values: str) -> Edit:
    """Put values into several cells of a row."""

    def change(data: bytes) -> bytes:
        for column, value in values.items():
            data = cell(row, column, value)(data)
        return data

    return change


def more(line: str) -> Change:
    """Add a row at the end."""
    return lambda data: data + line.encode() + b"\n"


def swap(old: str, new: str) -> Change:
    """Put one text in the place of another."""
    return lambda data: data.replace(old.encode(), new.encode(), 1)


def whole(data: bytes | None) -> Change:
    """Put other bytes into the place of the whole file, or none."""
    return lambda _: data


def header_only(data: bytes) -> bytes:
    """Keep the header."""
    return data.splitlines(keepends=True)[0]
