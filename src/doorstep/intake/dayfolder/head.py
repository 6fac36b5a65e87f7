"""`day.json`: seed, date, zone, and the numbers of the rooms; both ways."""

import json
import re
from pathlib import Path
from typing import Any, Final

import msgspec
from msgspec import Struct, field

from doorstep.app.params import Params, params_from
from doorstep.base.calendar import instant
from doorstep.base.errors import BadFile, BadInput
from doorstep.model.day import Assumption, Day
from doorstep.model.dispatch import DayRules

HEAD: Final = "day.json"
FORMAT: Final = 1
MOST: Final = 10**9

PRICES: Final = ("late_fixed_s", "late_per_s", "overtime_per_s", "grace_s", "steep_per_s", "unfair_s")
BRINGING: Final = ("service_s", "loading_s", "chilled_on_board_s", "frozen_on_board_s", *PRICES)
NAMED: Final = ("travel", "service_s", "loading_s", "late_fixed_s", "late_per_s", "overtime_per_s")
# Where a name of the formats' section 2 is kept by the rooms. The first must agree; others may know better.
RULED: Final[dict[str, tuple[tuple[str, str], ...]]] = {
    "service_s": (("dispatch", "service_s"), ("promise", "service_s")),
    "loading_s": (("dispatch", "loading_s"), ("promise", "loading_s")),
    "chilled_on_board_s": (("dispatch", "chilled_on_board_s"),),
    "frozen_on_board_s": (("dispatch", "frozen_on_board_s"),),
    **{x: (("dispatch", x),) for x in PRICES},
    "travel": (("roads", "detour_e3"),),
}
# What is divided by, or waited for again and again: zero would never end.
NEVER_ZERO: Final = (
    ("dispatch", "tick_s"),
    ("dispatch", "orders_a_trip"),
    ("pick", "orders_a_wave"),
    ("pick", "lines_a_wave"),
    ("promise", "base_spread_s"),
    ("promise", "orders_a_trip_e1"),
    ("promise", "orders_a_wave_e1"),
    ("promise", "slot_s"),
    ("promise", "speed_mm_s"),
    ("roads", "detour_e3"),
    ("stock", "count_every_s"),
    ("stock", "count_lots"),
)


class GivenDay(Struct, frozen=True, kw_only=True):
    """
    A day as a folder holds it: what the world brings, and the numbers it is to be lived under.

    Parameters
    ----------
    rules
        What §2 of the formats names; of these, only slow hours and the price of moved arrivals are not among `params`.
    troubles
        Rates of the twin that differ from the usual ones, by name, in basis points.
    """

    day: Day
    params: Params = field(default_factory=Params)
    rules: DayRules = field(default_factory=DayRules)
    troubles: dict[str, int] = field(default_factory=dict)


class Head(Struct, frozen=True, kw_only=True):
    """What `day.json` says."""

    seed: int
    date: str
    tz: str
    params: Params
    rules: DayRules
    troubles: dict[str, int]
    assumptions: tuple[Assumption, ...]


def read_head(folder: Path) -> Head:
    """
    Read `day.json`.

    Raises
    ------
    BadFile
        It is not there, is no JSON, or says something that cannot be right; `column` is the path of the key.
    """
    path = folder / HEAD
    found = _Json(path).read()
    _whole(path, found, "format", least=FORMAT, most=FORMAT, what=f"this Doorstep reads format {FORMAT}")
    seed = _whole(path, found, "seed", least=-(2**63), most=2**63 - 1, what="write a whole number of 64 bits")
    date, tz = _text(path, found, "date"), _text(path, found, "tz")
    try:
        instant("2020-01-01", "00:00", tz)
    except BadInput as error:
        raise _bad(path, "tz", str(error), tz) from error
    try:
        instant(date if re.fullmatch(r"20[0-9]{2}-[0-9]{2}-[0-9]{2}", date) else "", "00:00", tz)
    except BadInput as error:
        raise _bad(path, "date", "is no day of this century; write YYYY-MM-DD", date) from error
    rules, params = _numbers(path, _object(path, found, "params"))
    troubles = _object(path, found, "troubles")
    for x in troubles:
        _whole(path, troubles, x, least=0, most=10_000, what="write basis points, 0 to 10000", above="troubles.")
    try:
        assumed = msgspec.convert(found.get("assumptions", []), tuple[Assumption, ...])
    except msgspec.ValidationError as error:
        what, _, where = str(error).partition(" - at `$")
        raise _bad(path, "assumptions" + where.rstrip("`"), f"{what}; write name, value and why of each") from error
    return Head(seed=seed, date=date, tz=tz, params=params, rules=rules, troubles=troubles, assumptions=assumed)


def head_text(given: GivenDay) -> str:
    """Write `day.json` so that `read_head` gives the same params, rules and troubles again."""
    now = msgspec.to_builtins(given.params)
    usual = msgspec.to_builtins(Params())
    implied = msgspec.to_builtins(Params())
    rules = rules_said(given.rules)
    rules["travel"]["detour_e3"] = now["roads"]["detour_e3"]
    for name in BRINGING:
        if name in rules:
            rules[name] = now["dispatch"][name]
    for name, places in ((x, y) for x, y in RULED.items() if x in rules):
        for room, number in places:
            implied[room][number] = rules["travel"]["detour_e3"] if name == "travel" else rules[name]
    rooms = {
        room: {x: n for x, n in numbers.items() if n != usual[room][x] or n != implied[room][x]}
        for room, numbers in now.items()
    }
    day = given.day
    document = {
        "format": FORMAT,
        "seed": day.seed,
        "date": day.date,
        "tz": day.tz,
        "params": {**rules, **{room: numbers for room, numbers in rooms.items() if numbers}},
    }
    if day.assumptions:
        document["assumptions"] = msgspec.to_builtins(day.assumptions)
    if given.troubles:
        document["troubles"] = given.troubles
    return json.dumps(document, indent=1, ensure_ascii=False) + "\n"


def rules_said(rules: DayRules) -> dict[str, Any]:
    """Write the rules of a day: what the formats name, and of the rest what is not as usual."""
    said, usual = msgspec.to_builtins(rules), msgspec.to_builtins(DayRules())
    made = {x: y for x, y in said.items() if x in NAMED or y != usual[x]}
    if not rules.travel.slices:
        del made["travel"]["slices"]
    return made


def _numbers(path: Path, params: dict[str, Any]) -> tuple[DayRules, Params]:
    """Read the params: §2's names fill the rooms that use them, then each room's own numbers come on top."""
    said = {x: params[x] for x in DayRules.__struct_fields__ if x in params}
    try:
        rules = msgspec.convert(said, DayRules)
    except msgspec.ValidationError as error:
        raise _misfit(path, error) from error
    rooms: dict[str, Any] = {}
    for name in (x for x in RULED if x in said):
        for room, number in RULED[name]:
            value = rules.travel.detour_e3 if name == "travel" else getattr(rules, name)
            rooms.setdefault(room, {})[number] = value
    for room, numbers in params.items():
        if room in said:
            continue
        if not isinstance(numbers, dict):
            known = ", ".join((*DayRules.__struct_fields__, *Params.__struct_fields__))
            what = f"is no param; known are {known}, the rooms each with an object of numbers"
            raise _bad(path, f"params.{room}", what, json.dumps(numbers))
        rooms[room] = {**rooms.get(room, {}), **numbers}
    try:
        made = params_from(rooms)
    except BadInput as error:
        raise _misfit(path, error) from error
    _refuse_ranges(path, made)
    for name, ((room, number), *_) in RULED.items():
        value = rules.travel.detour_e3 if name == "travel" else getattr(rules, name)
        kept = getattr(getattr(made, room), number)
        if name in said and kept != value:
            raise _bad(path, f"params.{room}.{number}", f"says other than params.{name}; keep one of them", str(kept))
    detour = msgspec.structs.replace(rules.travel, detour_e3=made.roads.detour_e3)
    times = {x: getattr(made.dispatch, x) for x in BRINGING if x in said or x in NAMED}
    return msgspec.structs.replace(rules, travel=detour, **times), made


def _refuse_ranges(path: Path, params: Params) -> None:
    """Refuse numbers that no room could work with. Temperatures alone may be below zero."""
    for room, numbers in msgspec.to_builtins(params).items():
        for name, value in numbers.items():
            if isinstance(value, dict):
                _refuse_nested(path, f"params.{room}.{name}", value)
                continue
            least = int((room, name) in NEVER_ZERO or name == "ladder_s")
            least = -1_000 if name.endswith("_c10") else least
            every = value if isinstance(value, list | tuple) else (value,)
            if not every or not all(least <= x <= MOST for x in every):
                what = f"must lie between {least} and {MOST}"
                raise _bad(path, f"params.{room}.{name}", what, json.dumps(value))


def _refuse_nested(path: Path, where: str, numbers: dict[str, Any]) -> None:
    """Refuse the same among numbers that belong together; -1 may stand for never."""
    for name, value in numbers.items():
        if isinstance(value, dict):
            _refuse_nested(path, f"{where}.{name}", value)
        elif isinstance(value, int) and not -1 <= value <= MOST:
            raise _bad(path, f"{where}.{name}", f"must lie between -1 and {MOST}", json.dumps(value))


def _misfit(path: Path, error: Exception) -> BadFile:
    """Turn what msgspec says into the place and a sentence."""
    text = str(error).removeprefix("params: ")
    what, _, where = text.partition(" - at `$")
    return _bad(path, "params" + where.rstrip("`"), f"{what}; correct it or take it out")


def _bad(path: Path, column: str, what: str, value: str = "") -> BadFile:
    # JSON may smuggle in halves of characters, which no terminal can show.
    column, what, value = (x.encode("utf-8", "backslashreplace").decode() for x in (column, what, value))
    return BadFile(str(path), column=column[:200], value=value[:60], what=what[:400])


def _whole(path: Path, found: dict[str, Any], key: str, *, least: int, most: int, what: str, above: str = "") -> int:
    if key not in found:
        raise _bad(path, above + key, f"the key is missing; {what}")
    value = found[key]
    if type(value) is not int or not least <= value <= most:
        raise _bad(path, above + key, f"cannot be; {what}", json.dumps(value)[:60])
    return value


def _text(path: Path, found: dict[str, Any], key: str) -> str:
    value = found.get(key)
    if not isinstance(value, str):
        usual = {"date": "YYYY-MM-DD", "tz": "an IANA name such as Asia/Shanghai"}[key]
        raise _bad(path, key, f"the key is missing or no text; write {usual}", json.dumps(value) if value else "")
    return value


def _object(path: Path, found: dict[str, Any], key: str) -> dict[str, Any]:
    value = found.get(key, {})
    if not isinstance(value, dict):
        raise _bad(path, key, "must be an object, such as {}", json.dumps(value)[:60])
    return value


class _Json:
    """A JSON object without doubled keys, floats or NaN."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def read(self) -> dict[str, Any]:
        if not self._path.is_file():
            raise BadFile(str(self._path), what="is not there; a day folder begins with it")
        try:
            text = self._path.read_bytes().decode("utf-8-sig")
            found = json.loads(text, object_pairs_hook=self._pairs, parse_constant=self._constant)
        except UnicodeDecodeError as error:
            raise _bad(self._path, "", f"is not UTF-8 at byte {error.start}; save it as UTF-8") from error
        except json.JSONDecodeError as error:
            raise _bad(self._path, "", f"is not JSON ({error}); correct it") from error
        except (ValueError, RecursionError) as error:
            raise _bad(self._path, "", "holds a number or a nesting far too large; correct it") from error
        except OSError as error:
            raise _bad(self._path, "", f"cannot be read ({error.strerror}); mend that and try again") from error
        if not isinstance(found, dict):
            raise _bad(self._path, "", "must be one JSON object: {…}")
        return found

    def _pairs(self, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for key, value in pairs:
            if key in found:
                raise _bad(self._path, key, "stands twice in one object; keep one")
            found[key] = value
        return found

    def _constant(self, text: str) -> Any:  # noqa: ANN401 json's own signature
        raise _bad(self._path, "", "is no JSON number; write a whole number", text)
