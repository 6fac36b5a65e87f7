"""The import contracts hold, and they would catch whoever breaks them."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from tests.architecture.sources import ROOT, SOURCE

LINT = """
import sys
from importlinter.cli import lint_imports
sys.exit(lint_imports(no_logo=True, cache_dir=sys.argv[1]))
"""

PLANTED = {
    "Imports run downhill": ("base/units.py", "from doorstep.model.goods import Sku"),
    "No room of core imports another": ("core/stock/shelf.py", "from doorstep.core.order import Orders"),
    "The inner house has no clock, chance, disk, network or threads": ("core/pick/wave.py", "import time"),
    "Only wire picks adapters": ("twin/world.py", "from doorstep.adapters.store import MemoryStore"),
}


def lint(folder: Path, cache: Path) -> tuple[int, str]:
    """Check the contracts of a copy of the project; return the exit code and what was said."""
    done = subprocess.run(
        [sys.executable, "-c", LINT, str(cache)],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(folder / "src"), "COLUMNS": "200", "NO_COLOR": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


def test_the_contracts_hold(tmp_path: Path) -> None:
    """Imports run downhill, rooms do not meet, the inner house has no world, adapters are picked in one place."""
    code, said = lint(ROOT, tmp_path)
    assert (0, True) == (code, f"Contracts: {len(PLANTED)} kept, 0 broken." in said), said


def test_a_planted_import_breaks_each_contract(tmp_path: Path) -> None:
    """One bad import for each contract, planted in a copy: every one is found."""
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    copy = tmp_path / "src" / "doorstep"
    shutil.copytree(SOURCE, copy, ignore=shutil.ignore_patterns("__pycache__", "*.csv"))
    for file, line in PLANTED.values():
        module = copy / file
        module.write_text(f"{module.read_text('utf-8')}\n{line}\n", "utf-8")
    code, said = lint(tmp_path, tmp_path / "cache")
    assert 1 == code, said
    assert list(PLANTED) == [x for x in PLANTED if f"{x} BROKEN" in said], said
