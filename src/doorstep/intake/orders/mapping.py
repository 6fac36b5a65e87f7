"""The mapping file: for each of our columns, which of theirs it is, or which constant, and how it is written."""

import tomllib
from pathlib import Path
from typing import Any, Final

import msgspec
from msgspec import Struct, field

from doorstep.base.calendar import instant
from doorstep.base.errors import BadFile, BadInput
from doorstep.intake.datum import Datum
from doorstep.intake.dayfolder.orders import LINE_COLUMNS, ORDER_COLUMNS, READY_COLUMNS
from doorstep.intake.opened import text_of

OPTIONAL: Final = frozenset({"shopper", "drop", "line", "swap"})
INSTANTS: Final = frozenset({"placed_at_s", "ready_at_s", "promised_at_s"})
WORDS: Final = frozenset({"drop", "swap"})
NAMES: Final = frozenset({"order", "site", "shopper", "sku"})
FORMATS: Final = "iso, epoch_s, epoch_ms, or signs such as %Y-%m-%d %H:%M:%S"


class Source(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """
    Where one of our columns comes from.

    Parameters
    ----------
    column, constant
        One of the two: their column, or the same text in every row.
    format, tz
        Of an instant: ``iso``, ``epoch_s``, ``epoch_ms`` or signs as of ``strptime``; its zone where it has none.
    factor
        Theirs times this is ours: 1000000 turns degrees into micro-degrees, 1000 kilograms into grams.
    words
        Their words for ours, of `drop` and `swap`; what is not among them must be one of ours.
    """

    column: str | None = None
    constant: str | int | float | None = None
    format: str | None = None
    tz: str | None = None
    factor: str | int | float | None = None
    words: dict[str, str] = field(default_factory=dict)


class FileSection(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What holds for the whole file: a workbook's sheet, the datum of positions, the zone of instants."""

    sheet: str | None = None
    datum: Datum = "wgs84"
    tz: str = "Asia/Shanghai"


class _Toml(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    orders: dict[str, str | Source]
    lines: dict[str, str | Source] | None = None
    file: FileSection = field(default_factory=FileSection)
    skip: dict[str, list[str]] = field(default_factory=dict)


class Mapped(Struct, frozen=True, kw_only=True):
    """
    A mapping, checked.

    Parameters
    ----------
    orders, lines
        Sources by our column; no lines where rows are whole orders.
    skip
        By their column, the texts whose rows are left out.
    """

    path: Path
    orders: dict[str, Source]
    lines: dict[str, Source]
    file: FileSection
    skip: dict[str, tuple[str, ...]]

    def columns(self) -> tuple[str, ...]:
        """Their columns that are read, each once, in the order of the mapping."""
        named = [x.column for x in (*self.orders.values(), *self.lines.values()) if x.column is not None]
        return tuple(dict.fromkeys([*named, *self.skip]))


def read_mapping(path: Path) -> Mapped:
    """
    Read a mapping file.

    Raises
    ------
    BadFile
        It is no TOML, or maps what cannot be mapped; `column` is the path of the key.
    """
    try:
        said = msgspec.convert(tomllib.loads(text_of(path)), _Toml)
    except tomllib.TOMLDecodeError as error:
        raise BadFile(str(path), what=f"is no TOML ({error}); correct it") from error
    except msgspec.ValidationError as error:
        what, _, where = str(error).partition(" - at `$")
        raise BadFile(str(path), column=where.strip(".`"), what=f"{what}; correct it or take it out") from error
    orders = _sources(path, "orders", said.orders, (*ORDER_COLUMNS, *READY_COLUMNS))
    lines = _sources(path, "lines", said.lines or {}, tuple(x for x in LINE_COLUMNS if x != "order"))
    _refuse_gaps(path, orders, lines, with_lines=said.lines is not None)
    _refuse_zone(path, "file.tz", said.file.tz)
    skip = {x: tuple(y) for x, y in said.skip.items()}
    return Mapped(path=path, orders=orders, lines=lines, file=said.file, skip=skip)


def _sources(path: Path, part: str, said: dict[str, str | Source], known: tuple[str, ...]) -> dict[str, Source]:
    found = {x: Source(column=y) if isinstance(y, str) else y for x, y in said.items()}
    for ours, source in found.items():
        where = f"{part}.{ours}"
        if ours not in known:
            raise BadFile(str(path), column=where, what=f"is none of our columns; they are {', '.join(known)}")
        if (source.column is None) == (source.constant is None):
            what = 'write their column, such as "order_no", or { constant = … }: one of the two'
            raise BadFile(str(path), column=where, what=what)
        _refuse_misplaced(path, where, ours, source)
    return found


def _refuse_misplaced(path: Path, where: str, ours: str, source: Source) -> None:
    """Refuse a key that has no meaning for this column, before a row can be misread by it."""
    if ours in INSTANTS and source.format is None:
        raise BadFile(str(path), column=where, what=f"is an instant; add its format: {FORMATS}")
    given: dict[str, tuple[Any, bool]] = {
        "format": (source.format, ours in INSTANTS),
        "tz": (source.tz, ours in INSTANTS),
        "factor": (source.factor, ours not in INSTANTS | WORDS | NAMES | {"line"}),
        "words": (source.words or None, ours in WORDS),
    }
    for key, (value, fits) in given.items():
        if value is not None and not fits:
            raise BadFile(str(path), column=f"{where}.{key}", value=str(value)[:60], what="does not fit this column")
    if source.tz is not None:
        _refuse_zone(path, f"{where}.tz", source.tz)
    try:
        wrong = source.factor is not None and not 1e-12 <= float(source.factor) <= 1e12
    except ValueError:
        wrong = True
    if wrong:
        what = "must be a number above 0, such as 1000"
        raise BadFile(str(path), column=f"{where}.factor", value=str(source.factor)[:60], what=what)


def _refuse_gaps(path: Path, orders: dict[str, Source], lines: dict[str, Source], *, with_lines: bool) -> None:
    needed = [f"orders.{x}" for x in ORDER_COLUMNS if x not in OPTIONAL and x not in orders]
    if with_lines:
        needed += [f"lines.{x}" for x in ("sku", "amount") if x not in lines]
    if needed:
        raise BadFile(str(path), column=needed[0], what="is not mapped, and is needed; add it")
    ready = [x for x in READY_COLUMNS if x in orders]
    if (ready or not with_lines) and len(ready) < len(READY_COLUMNS):
        absent = next(x for x in READY_COLUMNS if x not in orders)
        why = "the others of its kind are mapped" if ready else "there are no [lines]"
        what = f"is not mapped, and is needed since {why}: {', '.join(READY_COLUMNS)} go together"
        raise BadFile(str(path), column=f"orders.{absent}", what=what)


def _refuse_zone(path: Path, where: str, tz: str) -> None:
    try:
        instant("2020-01-01", "00:00", tz)
    except BadInput as error:
        raise BadFile(str(path), column=where, value=tz[:60], what=str(error)) from error
