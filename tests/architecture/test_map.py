"""ARCHITECTURE.md is a map of the code: it shows what is there, and no more."""

import re
import tomllib

from tests.architecture.sources import ROOT, SOURCE, claim, document, fences, section, trees

PLANNED = "(planned) "
LINE = re.compile(r"^((?:│   |    )*)(?:├── |└── )(\S+) +(.+)$")


def drawn() -> dict[str, str]:
    """Each entry of the document's tree with its line: `core/stock/`, `wire.py`."""
    (tree,) = fences(section(document("ARCHITECTURE.md"), "## The rooms"))
    head, *lines = tree.splitlines()
    assert "src/doorstep/" == head
    above: list[str] = []
    entries: dict[str, str] = {}
    for line in lines:
        found = LINE.match(line)
        assert found, f"this is no line of a tree: {line!r}"
        del above[len(found[1]) // 4 :]
        path = "".join(above) + found[2]
        assert path not in entries, f"{path} is drawn twice"
        entries[path] = found[3]
        above.append(found[2])
    return entries


def built() -> dict[str, str]:
    """The same of the code: every package, and every module at its top, with the first line of its docstring."""
    return {
        path.removesuffix("__init__.py"): claim(tree)
        for path, tree in trees().items()
        if path != "__init__.py" and (path.endswith("/__init__.py") or "/" not in path)
    }


def layers() -> list[str]:
    """The layers of the import contract, from the top."""
    with (ROOT / "pyproject.toml").open("rb") as file:
        contracts = tomllib.load(file)["tool"]["importlinter"]["contracts"]
    (found,) = (x["layers"] for x in contracts if x["type"] == "layers")
    return [str(x) for x in found]


def rows(lines: list[str]) -> list[list[str]]:
    """Split `a | (b)` into its rooms, without the signs for what may be missing."""
    return [[x.strip(" ()") for x in line.split("|")] for line in lines]


def test_the_tree_is_the_packages_with_their_docstrings() -> None:
    """Every package is in the tree with the first line of its docstring, word for word, and nothing else is."""
    shown = {path: text for path, text in drawn().items() if not text.startswith(PLANNED)}
    assert built() == shown


def test_what_is_planned_is_not_there() -> None:
    """A room marked as planned does not exist: whoever builds it takes the mark away."""
    planned = [path for path, text in drawn().items() if text.startswith(PLANNED)]
    assert [] == [x for x in planned if (SOURCE / x).exists()]
    assert planned, "the map shows where the house will grow"


def test_the_layers_are_those_of_the_import_contract() -> None:
    """Who may import whom is written as the linter checks it, row by row."""
    (block,) = fences(section(document("ARCHITECTURE.md"), "## Who may import whom"))
    assert rows(layers()) == rows(block.splitlines())


def test_brackets_in_the_layers_mark_what_is_not_there_yet() -> None:
    """In the document a room stands in brackets exactly when it does not exist."""
    (block,) = fences(section(document("ARCHITECTURE.md"), "## Who may import whom"))
    shown = [x.strip() for line in block.splitlines() for x in line.split("|")]
    there = {x.rstrip("/").removesuffix(".py") for x in built()}
    rooms = [x.strip("()") for x in shown]
    assert [x if x in there else f"({x})" for x in rooms] == shown


def test_every_top_room_has_a_layer() -> None:
    """Nothing stands outside the layers."""
    top = {path.split("/")[0].removesuffix(".py") for path in trees() if path != "__init__.py"}
    assert set() == top - {x for row in rows(layers()) for x in row}
