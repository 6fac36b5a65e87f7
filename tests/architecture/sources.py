"""The project's files, and what can be read off them without running them."""

import ast
import re
import subprocess
from functools import lru_cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src" / "doorstep"

SUFFIXES = (
    "_fen",
    "_g",
    "_m",
    "_ml",
    "_s",
    "_at_s",
    "_by_s",
    "due_s",
    "now_s",
    "_ms",
    "_e6",
    "_bp",
    "_units",
    "_c10",
    "_mm_s",
    "_mm_h",
)
"""How an integer's name ends, so that it carries its unit."""


@lru_cache
def files() -> tuple[Path, ...]:
    """Every file that is in the repository, or would be with the next commit."""
    git = ["git", "-C", str(ROOT), "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    try:
        listed = subprocess.run(git, capture_output=True, check=True, text=True).stdout.split("\0")
        found = [ROOT / x for x in listed if x]
    except (OSError, subprocess.CalledProcessError):  # an unpacked archive, or somebody else's clone
        found = [x for x in ROOT.rglob("*") if not _made(x.relative_to(ROOT))]
    return tuple(sorted(x for x in found if x.is_file()))


def _made(path: Path) -> bool:
    """Whether .gitignore would leave it out."""
    hidden = any(x.startswith(".") and x not in (".ci", ".gitignore") for x in path.parts)
    return hidden or any(x == "__pycache__" or x.endswith(".egg-info") for x in path.parts)


@lru_cache
def trees() -> dict[str, ast.Module]:
    """Every module of the project, by its path below `src/doorstep`."""
    return {str(x.relative_to(SOURCE)): ast.parse(x.read_text("utf-8")) for x in sorted(SOURCE.rglob("*.py"))}


def python() -> dict[str, ast.Module]:
    """Every Python file of the repository, by its path."""
    return {str(x.relative_to(ROOT)): ast.parse(x.read_text("utf-8")) for x in files() if x.suffix == ".py"}


def claim(tree: ast.Module) -> str:
    """First line of a module's docstring."""
    return (ast.get_docstring(tree) or "").split("\n", 1)[0]


def exported(tree: ast.Module) -> list[str]:
    """Names in a module's `__all__`; none where it has none."""
    for x in tree.body:
        if isinstance(x, ast.Assign) and isinstance(x.targets[0], ast.Name) and x.targets[0].id == "__all__":
            names = ast.literal_eval(x.value)
            return [str(name) for name in names]
    return []


def names(tree: ast.Module) -> set[str]:
    """Every name that a module gives to something."""
    found: set[str] = set()
    for x in ast.walk(tree):
        match x:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                found.add(name)
            case ast.arg(arg=name) | ast.alias(asname=str(name)):
                found.add(name)
            case ast.Name(id=name, ctx=ast.Store()) | ast.Attribute(attr=name, ctx=ast.Store()):
                found.add(name)
            case _:
                pass
    return found


def words(name: str) -> list[str]:
    """The words of a name: `RefundDue` and `refund_due` have the same two."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower().strip("_").split("_")


def document(name: str) -> str:
    """Text of a document."""
    return (ROOT / name).read_text("utf-8")


def fences(text: str) -> list[str]:
    """What stands in the fenced blocks of a document, in order."""
    return re.findall(r"^```[^\n]*\n(.*?)^```", text, flags=re.MULTILINE | re.DOTALL)


def section(text: str, heading: str) -> str:
    """Text below a heading, up to the next heading of its rank."""
    rank = heading.split(" ", 1)[0]
    _, found, below = f"\n{text}".partition(f"\n{heading}\n")
    assert found, f"there is no heading {heading!r}"
    return re.split(rf"^{rank} ", below, maxsplit=1, flags=re.MULTILINE)[0]


def table(text: str, first: str) -> list[list[str]]:
    """Rows of every table whose first column has this title; backquotes are taken off the cells."""
    rows: list[list[str]] = []
    inside = header = False
    for line in text.splitlines():
        if not line.startswith("|"):
            inside = header = False
            continue
        cells = [x.strip().replace("`", "") for x in line.strip("|").split("|")]
        if not header:
            header, inside = True, cells[0] == first
        elif inside and not set(cells[0]) <= set("-:"):
            rows.append(cells)
    return rows
