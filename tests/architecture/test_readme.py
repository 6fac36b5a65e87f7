"""README.md keeps its word: what it says to type works, and what it points at is there."""

import re
from importlib.util import module_from_spec, spec_from_file_location

import pytest

from doorstep.cli import app
from tests.architecture.sources import ROOT, document, fences, files, table

README = document("README.md")
DOCUMENTS = [str(x.relative_to(ROOT)) for x in files() if x.suffix == ".md"]
SECTORS = [
    "unmanned factories",
    "industrial internet",
    "telecommuting",
    "online finance",
    "online culture and entertainment",
    "online exhibitions",
    "fresh-produce e-commerce retail",
    "contactless delivery",
    "new mobility",
    "online education",
    "online R&D and design",
    "online healthcare",
]
PROSE = ["README.md", "ARCHITECTURE.md", "GLOSSARY.md", "CONTRIBUTING.md", "CHANGELOG.md"]


def test_the_first_two_blocks_are_the_two_commands() -> None:
    """A person who copies the first block sees a day; the second block tests everything."""
    assert ["python3 go.py day\n", "python3 go.py test\n"] == fences(README)[:2]


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_link_to_a_file_leads_somewhere(name: str) -> None:
    """A relative link names a file that is in the repository, and a heading that is in that file."""
    text = re.sub(r"^```.*?^```", "", document(name), flags=re.MULTILINE | re.DOTALL)
    tracked = {x.resolve() for x in files()}
    for link in re.findall(r"\]\(([^)\s]+)\)", text):
        assert "://" not in link, f"{name} points out of the house: {link}"
        path, _, heading = link.partition("#")
        target = (ROOT / name).parent / path if path else ROOT / name
        inside = [x for x in tracked if x.is_relative_to(target.resolve())]
        assert inside, f"{name}: {link} leads nowhere"
        if heading:
            assert heading in anchors(target.read_text("utf-8")), f"{name}: {link} has no such heading"


def anchors(text: str) -> set[str]:
    """Names of a document's headings, as links use them."""
    headings = re.findall(r"^#+ (.+)$", text, flags=re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", x.lower()).replace(" ", "-") for x in headings}


def test_every_sector_of_the_plan_has_its_line() -> None:
    """The twelve sectors stand in the plan's order, each with what is there, planned, or not our business."""
    rows = table(README, "sector")
    assert [f"{number} {name}" for number, name in enumerate(SECTORS, 1)] == [x[0].strip("*") for x in rows]
    assert all(re.match(r"(Today|Planned|Not our business)[:.]", x[1]) for x in rows)


@pytest.mark.parametrize("name", PROSE)
def test_every_command_that_is_named_exists(name: str) -> None:
    """`doorstep X` and `go.py X` in the documents are commands and tasks of today."""
    code = " ".join([*fences(document(name)), *re.findall(r"`([^`\n]+)`", document(name))])
    commands = {x.name or str(getattr(x.callback, "__name__", "")).replace("_", "-") for x in app.registered_commands}
    groups = {str(x.name) for x in app.registered_groups}
    assert set() == set(re.findall(r"(?:^|[\s/])doorstep ([a-z][\w-]*)", code)) - commands - groups
    assert set() == set(re.findall(r"go\.py ([a-z]\w*)", code)) - tasks()


def tasks() -> set[str]:
    """The tasks that go.py knows."""
    spec = spec_from_file_location("go", ROOT / "go.py")
    assert spec is not None
    assert spec.loader is not None
    go = module_from_spec(spec)
    spec.loader.exec_module(go)
    return set(go.TASKS)


def test_the_picture_needs_nothing_from_elsewhere() -> None:
    """The picture is whole: no address in it but the name of the SVG language."""
    picture = document("docs/pictures/day.svg")
    assert ["http://www.w3.org/2000/svg"] == re.findall(r"\w+://[^\s\"')<]+", picture)
    assert "@font-face" not in picture
    assert "(docs/pictures/day.svg)" in README
