"""The manners of the house, checked on the text of the code."""

import ast
import re
from importlib import import_module
from typing import Any, get_args, get_type_hints

import pytest
from msgspec import Struct

from doorstep.model.facts import FACTS
from tests.architecture.sources import ROOT, SUFFIXES, document, exported, files, names, python, trees, words

LONG = {
    ("core/dispatch/kernel.py", "_beside"): "a kernel: what is compiled together stands together",
    ("core/dispatch/kernel.py", "_retime"): "a kernel: what is compiled together stands together",
    ("bench/days/labels.py", "_grow"): "a kernel: what is compiled together stands together",
    ("core/dispatch/score.py", "_score"): "one ride through a plan, every limit in the order it is met",
    ("core/history/moved.py", "moved"): "a kernel: what is compiled together stands together",
    ("core/history/trust.py", "weigh"): "a kernel: what is compiled together stands together",
    ("core/indicators/closing.py", "_indicators"): "a table: one row an indicator",
    ("core/order/life.py", "apply"): "a match: one case a fact",
}
"""Functions that may have more than 60 lines, each with the reason."""

WHOLE = {"src/doorstep/core/dispatch/kernel.py": "a kernel calls nothing that is compiled in another file"}
"""Modules that may have more than 400 lines, each with the reason."""

COUNTS = {
    "aisle": "where a sku lies",
    "amount": "packs, or grams of what is weighed",
    "booked": "an amount",
    "couriers_free": "couriers",
    "differences": "lots",
    "doorsteps": "orders",
    "found": "an amount",
    "held": "an amount",
    "left_waiting": "orders",
    "line": "the number of a line",
    "lines": "lines",
    "locker_doors": "doors",
    "lost": "an amount",
    "lots": "lots",
    "missing": "the numbers of lines",
    "orders": "orders",
    "seed": "the name of a day",
    "shelf_places": "places",
    "short": "the numbers of lines",
}
"""Integers of facts that have no unit: what they count or name."""

VAGUE = {"common", "helper", "helpers", "manager", "managers", "misc", "stuff", "util", "utils"}
SHORT = set(
    """
    addr arr attr btn buf calc cfg cmd cnt conf config ctx curr dest dst elem evt fn func idx img info lst mgr msg num
    obj opt opts param pos prio proc ptr pwd qty req res resp ret rng spec src srv svc tgt tmp usr val vals
    """.split()  # noqa: SIM905 fifty quoted words are harder to read
)
CLOCK_AND_CHANCE = {"datetime", "random", "secrets", "time", "uuid", "zoneinfo"}
WORLD = {
    "asyncio",
    "http",
    "multiprocessing",
    "os",
    "signal",
    "socket",
    "sqlite3",
    "subprocess",
    "threading",
    "urllib",
}
RIM = ("adapters/", "cli/", "wire/")
CALENDAR = ("base/calendar.py", {"datetime", "zoneinfo"})
INDEXES = [".".join(x) for x in (("pypi", "org"), ("pythonhosted", "org"), ("npmjs", "org"), ("npmmirror", "com"))]
INDEXES += [".".join(x) for x in (("crates", "io"), ("proxy", "golang", "org"), ("tuna", "tsinghua"))]


def functions(tree: ast.Module) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Every function and method of a module, inner ones too."""
    return [x for x in ast.walk(tree) if isinstance(x, ast.FunctionDef | ast.AsyncFunctionDef)]


def imported(tree: ast.Module) -> set[str]:
    """The top packages that a module imports."""
    found: set[str] = set()
    for x in ast.walk(tree):
        if isinstance(x, ast.Import):
            found |= {y.name.split(".")[0] for y in x.names}
        elif isinstance(x, ast.ImportFrom):
            found.add((x.module or "").split(".")[0])
    return found


def texts() -> dict[str, str]:
    """Every text file of the repository, by its path."""
    found = {}
    for x in files():
        try:
            found[str(x.relative_to(ROOT))] = x.read_text("utf-8")
        except UnicodeDecodeError:
            continue
    return found


def test_no_module_is_longer_than_400_lines() -> None:
    """A module can be read in one sitting."""
    lengths = {x: len(document(x).splitlines()) for x in python() if not x.startswith("tests/")}
    assert {} == {x: n for x, n in lengths.items() if n > 400 and x not in WHOLE}
    assert set(WHOLE) <= {x for x, n in lengths.items() if n > 400}, "what became short needs no reason any more"


def test_no_function_is_longer_than_60_lines() -> None:
    """A function fits a screen, docstring included; a plain table or match may be longer, for a reason."""
    long = {
        (path, x.name): (x.end_lineno or x.lineno) - x.lineno + 1
        for path, tree in trees().items()
        for x in functions(tree)
        if (x.end_lineno or x.lineno) - x.lineno >= 60
    }
    assert {} == {x: n for x, n in long.items() if x not in LONG}
    assert set() == set(LONG) - set(long), "what became short needs no reason any more"


def test_no_room_shows_more_than_seven_names() -> None:
    """What a room offers can be kept in mind."""
    shown = {path: len(exported(tree)) for path, tree in trees().items() if path.endswith("__init__.py")}
    assert {} == {path: n for path, n in shown.items() if n > 7}


def test_no_module_is_a_drawer_for_odds_and_ends() -> None:
    """A module's name says what is in it."""
    parts = {path: path.removesuffix(".py").split("/") for path in python()}
    assert [] == [path for path, x in parts.items() if any(VAGUE & set(words(y)) for y in x)]


def test_names_are_words() -> None:
    """No name is cut short, but for units and the words of GLOSSARY.md."""
    assert [] == sorted(
        f"{path}: {name}" for path, tree in trees().items() for name in names(tree) if SHORT & set(words(name))
    )


def integers(kind: type[Struct]) -> set[str]:
    """Integer fields of a fact, and of what lies inside it."""
    found: set[str] = set()
    for name, hint in get_type_hints(kind).items():
        for part in parts(hint):
            if part is int:
                found.add(name)
            elif isinstance(part, type) and issubclass(part, Struct):
                found |= integers(part)
    return found


def parts(hint: Any) -> list[Any]:
    """The types that a hint is made of."""
    inner = get_args(hint)
    return [y for x in inner for y in parts(x)] if inner else [hint]


def test_every_integer_of_a_fact_names_its_unit() -> None:
    """An integer's name ends in its unit, or it is one of a few counts."""
    found = set().union(*(integers(x) for x in FACTS.values()))
    bare = {x for x in found if not x.endswith(SUFFIXES)}
    assert set(COUNTS) == bare


def test_instants_are_named_as_instants() -> None:
    """What facts call `…_s` is a duration, an instant `…_at_s` or a deadline `…_by_s`; nothing is called `time`."""
    found = set().union(*(integers(x) for x in FACTS.values()))
    assert [] == [x for x in found if {"time", "timestamp", "date", "created"} & set(words(x))]


def test_no_fact_holds_a_float() -> None:
    """A journal has no rounding of its own."""
    hints = {name: get_type_hints(kind) for name, kind in FACTS.items()}
    assert [] == [f"{name}.{x}" for name, row in hints.items() for x, hint in row.items() if float in parts(hint)]


def test_clock_and_chance_are_arguments() -> None:
    """Only the rim knows what time it is; only `base/chance.py` makes chance, and the calendar is told the instant."""
    asked = {path: imported(tree) & (CLOCK_AND_CHANCE | WORLD) for path, tree in trees().items()}
    path, allowed = CALENDAR
    asked[path] -= allowed
    assert {} == {path: x for path, x in asked.items() if x and not path.startswith(RIM)}


def test_a_fact_that_is_matched_is_heard() -> None:
    """Whoever matches a kind of fact names it in `hears`; a kind that is not named would never be shown."""
    kinds = {x.__name__: x for x in FACTS.values()}
    deaf: list[str] = []
    for path, tree in trees().items():
        for x in ast.walk(tree):
            if isinstance(x, ast.ClassDef) and any(hearing(y) for y in x.body):
                module = import_module(f"doorstep.{path.removesuffix('.py').replace('/', '.')}")
                cases = {
                    y.cls.id for y in ast.walk(x) if isinstance(y, ast.MatchClass) and isinstance(y.cls, ast.Name)
                }
                heard = getattr(module, x.name).hears
                deaf += [
                    f"{path}: {x.name} does not hear {y}" for y in sorted(cases & set(kinds)) if kinds[y] not in heard
                ]
    assert [] == deaf


def hearing(line: ast.stmt) -> bool:
    """Whether a line of a class gives `hears` its value."""
    return isinstance(line, ast.AnnAssign) and ast.unparse(line.target) == "hears" and line.value is not None


def test_every_assert_says_what_was_wrong_about_us() -> None:
    """An assert has a condition that can fail, and a sentence."""
    asserts = [(path, x) for path, tree in trees().items() for x in ast.walk(tree) if isinstance(x, ast.Assert)]
    assert [] == [f"{path}:{x.lineno}" for path, x in asserts if x.msg is None or isinstance(x.test, ast.Constant)]
    assert {"app", "base", "core", "ledger", "twin"} <= {path.split("/")[0] for path, _ in asserts}


def test_every_test_says_its_law() -> None:
    """The docstring of a test is the law that it checks."""
    silent = [
        f"{path}: {x.name}"
        for path, tree in python().items()
        if path.startswith("tests/")
        for x in functions(tree)
        if x.name.startswith("test_") and ast.get_docstring(x) is None
    ]
    assert [] == silent


def test_no_text_names_a_machine() -> None:
    """No file holds a path of somebody's machine, nor the host of a package index."""
    machine = re.compile(r"(?<![\w.\-*}])/(?:work|root|home)/\w")
    found = {path: machine.findall(text) for path, text in texts().items()}
    assert {} == {path: x for path, x in found.items() if x}
    assert {} == {path: x for path, text in texts().items() if (x := [y for y in INDEXES if y in text])}


def test_the_locks_hold_no_address() -> None:
    """A lock says what and which hash, not where: any index will do."""
    locks = {path: text for path, text in texts().items() if re.fullmatch(r"requirements/\w+\.(txt|in)", path)}
    assert {"requirements/runtime.txt", "requirements/test.txt"} <= set(locks)
    signs = ("://", "--index-url", "--extra-index-url", "--find-links", "--trusted-host", "-f ")
    assert {} == {path: x for path, text in locks.items() if (x := [y for y in signs if y in text])}


@pytest.mark.parametrize("mark", ["TO" + "DO", "FIX" + "ME", "XX" + "X"])
def test_nothing_is_left_for_later_in_a_comment(mark: str) -> None:
    """What is still to be done is an issue, not a mark in the text."""
    assert [] == [path for path, text in texts().items() if re.search(rf"\b{mark}\b", text)]
