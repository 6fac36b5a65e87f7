"""What go.py promises whoever starts it, held against copies of it in folders of their own, offline."""

import ast
import hashlib
import importlib.util
import os
import signal
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(os.name == "nt", reason="the stand-in for Python is a shell script")

REPOSITORY = next(x for x in Path(__file__).resolve().parents if (x / "go.py").is_file())
WITH_PIP = sys.executable if importlib.util.find_spec("pip") else sys._base_executable  # type: ignore[attr-defined]

# Stands in for the Python that starts go.py: no ensurepip, writes down each call, and its pip can be held up.
PYTHON = f"""#!/bin/sh
here=$(dirname "$0")
echo "$*" >> "$here/calls"
case "$*" in
    "-m venv --without-pip"*) ;;
    "-m venv"*) echo "ensurepip is not available"; exit 1 ;;
    *" install "*) while [ -e "$here/hold" ]; do sleep 0.05; done ;;
esac
exec '{WITH_PIP}' "$@"
"""
START = """
import runpy, sys
sys._base_executable, sys.argv = sys.argv[1], sys.argv[2:]
runpy.run_path("go.py", run_name="__main__")
"""
OLD = """
import runpy, sys
sys.version_info, sys.version = (3, 10, 13), "3.10.13 (main)"
runpy.run_path("go.py", run_name="__main__")
"""
TASKS = ["day", "fast", "check", "test", "soak", "bench", "fmt"]
META = "Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"
WHEEL = "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
BUILDER = f"""
import zipfile

def get_requires_for_build_editable(config_settings=None):
    return []

def build_editable(wheel_directory, config_settings=None, metadata_directory=None):
    name = "doorstep-0.1.0-py3-none-any.whl"
    with zipfile.ZipFile(f"{{wheel_directory}}/{{name}}", "w") as wheel:
        wheel.writestr("doorstep.py", "import sys, tiny; print('lived', tiny.VERSION, *sys.argv[1:])")
        wheel.writestr("doorstep-0.1.0.dist-info/METADATA", {META.format(name="doorstep", version="0.1.0")!r})
        wheel.writestr("doorstep-0.1.0.dist-info/WHEEL", {WHEEL!r})
        wheel.writestr("doorstep-0.1.0.dist-info/RECORD", "")
    return name
"""


class House:
    """A copy of go.py in a folder with a space, a tiny project, locks of tiny wheels, and its own Python."""

    def __init__(self, folder: Path) -> None:
        """Lay it out."""
        self.outside = folder
        self.root = folder / "a door step"
        (self.root / "requirements").mkdir(parents=True)
        (folder / "wheels").mkdir()
        (folder / "home").mkdir()
        (self.root / "go.py").write_bytes((REPOSITORY / "go.py").read_bytes())
        (self.root / "pyproject.toml").write_text(
            '[build-system]\nrequires = []\nbuild-backend = "builder"\nbackend-path = ["."]\n'
            '[project]\nname = "doorstep"\nversion = "0.1.0"\n'
        )
        (self.root / "builder.py").write_text(BUILDER)
        self.python = folder / "python"
        self.python.write_text(PYTHON)
        self.python.chmod(0o755)
        self.lock("runtime", "tiny", "1.0")
        self.lock("test", "tools", "1.0")

    def lock(self, part: str, name: str, version: str) -> None:
        """Make a wheel and lock the part to it."""
        wheel = self.outside / "wheels" / f"{name}-{version}-py3-none-any.whl"
        info = f"{name}-{version}.dist-info"
        with zipfile.ZipFile(wheel, "w") as archive:
            archive.writestr(f"{name}.py", f"VERSION = {version!r}\n")
            archive.writestr(f"{info}/METADATA", META.format(name=name, version=version))
            archive.writestr(f"{info}/WHEEL", WHEEL)
            archive.writestr(f"{info}/RECORD", "")
        self.write(part, name, version, hashlib.sha256(wheel.read_bytes()).hexdigest())

    def write(self, part: str, name: str, version: str, sha256: str) -> None:
        """Write a lock of one package."""
        (self.root / f"requirements/{part}.txt").write_text(f"{name}=={version} --hash=sha256:{sha256}\n")

    def pretend(self, *parts: str) -> None:
        """Make a .venv that holds these parts by its own word, and has no programs."""
        (self.root / ".venv/bin").mkdir(parents=True)
        lines = []
        for part in parts:
            file = self.root / ("pyproject.toml" if part == "project" else f"requirements/{part}.txt")
            sha256 = hashlib.sha256(file.read_bytes()).hexdigest()
            lines.append(f"{part} {sha256} {sys.implementation.cache_tag} {self.root}")
        (self.root / ".venv/held").write_text("\n".join(lines))

    def start(self, *args: str) -> subprocess.Popen[str]:
        """Start go.py with an almost empty environment, in a process group of its own."""
        return subprocess.Popen(
            [sys.executable, "-c", START, str(self.python), "go.py", *args],
            cwd=self.root,
            env={
                "HOME": str(self.outside / "home"),
                "PATH": os.defpath,
                "PIP_CONFIG_FILE": os.devnull,
                "PIP_FIND_LINKS": (self.outside / "wheels").as_uri(),
                "PIP_NO_INDEX": "1",
            },
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def go(self, *args: str) -> tuple[int, str, str]:
        """Run go.py to its end; return its exit code and what it printed."""
        running = self.start(*args)
        out, err = running.communicate(timeout=60)
        return running.returncode, out, err

    def calls(self) -> list[str]:
        """List what was asked of the stand-in for Python."""
        log = self.outside / "calls"
        return log.read_text().splitlines() if log.exists() else []

    def hold(self) -> None:
        """Hold up its pip from now on."""
        (self.outside / "hold").touch()

    def release(self) -> None:
        """Let its pip go on."""
        (self.outside / "hold").unlink()

    def await_call(self, words: str) -> None:
        """Wait until the stand-in is asked for this."""
        wait_for(lambda: any(words in x for x in self.calls()))


def wait_for(happened: Callable[[], bool]) -> None:
    """Wait, at most 20 s, until it happened."""
    end_s = time.monotonic() + 20
    while not happened():
        assert time.monotonic() < end_s, "it never happened"
        time.sleep(0.02)


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    """A house, whose pip is let go at the end."""
    it = House(tmp_path)
    yield it
    (tmp_path / "hold").unlink(missing_ok=True)


def test_it_parses_on_python_3_6() -> None:
    """An old Python can read the file as far as the sentence that refuses it."""
    ast.parse((REPOSITORY / "go.py").read_text(), feature_version=(3, 6))


def test_an_old_python_is_refused_in_one_sentence(house: House) -> None:
    """Below 3.11 go.py says what is needed, in one line, and makes nothing."""
    done = subprocess.run([sys.executable, "-c", OLD], cwd=house.root, capture_output=True, text=True, check=False)
    said = (
        "Doorstep needs Python 3.11 or newer on Linux, macOS or WSL, not Python 3.10.13 on "
        f"{sys.platform}: try python3.11 go.py\n"
    )
    assert (1, "", said) == (done.returncode, done.stdout, done.stderr)
    assert not (house.root / ".venv").exists()


@pytest.mark.parametrize("args", [(), ("--help",), ("-h",)])
def test_asked_for_nothing_it_lists_its_tasks(house: House, args: tuple[str, ...]) -> None:
    """No task, or a cry for help, prints every task with one line each, and installs nothing."""
    code, out, err = house.go(*args)
    assert (0, "") == (code, err)
    assert TASKS == [line.split()[2] for line in out.splitlines()]
    assert not (house.root / ".venv").exists()


@pytest.mark.parametrize(
    ("typo", "hint"), [("tset", " Did you mean `test`?"), ("dya", " Did you mean `day`?"), ("xyzzy", "")]
)
def test_a_typo_is_answered_with_the_nearest_task(house: House, typo: str, hint: str) -> None:
    """An unknown task is named, with what was likely meant and all there are; nothing is installed."""
    code, out, err = house.go(typo)
    assert (2, f"There is no task `{typo}`.{hint}\n") == (code, err)
    assert TASKS == [line.split()[2] for line in out.splitlines()]
    assert not (house.root / ".venv").exists()


def test_the_first_run_installs_and_the_second_asks_pip_for_nothing(house: House) -> None:
    """Without ensurepip, in a path with a space, from an empty home: installed once, then started offline."""
    assert (0, "lived 1.0 day --seed 7\n") == house.go("day", "--seed", "7")[:2]
    made = house.calls()
    assert ["-m venv", "-m venv --without-pip", "-m pip", "-m pip"] == [
        " ".join(x.split()[: 3 if "without" in x else 2]) for x in made
    ]
    (house.outside / "wheels").rename(house.outside / "gone")
    assert (0, "lived 1.0 day --seed 8\n", "") == house.go("day", "--seed", "8")
    assert made == house.calls()


@pytest.mark.check
def test_a_changed_lock_installs_that_part_alone(house: House) -> None:
    """What the lock says now is what runs; the rest is left as it is."""
    house.go("day")
    before = len(house.calls())
    house.lock("runtime", "tiny", "2.0")
    assert (0, "lived 2.0 day\n") == house.go("day")[:2]
    (call,) = house.calls()[before:]
    assert call.endswith("requirements/runtime.txt")


@pytest.mark.check
def test_a_moved_folder_gets_a_venv_of_its_own(house: House) -> None:
    """A .venv that was carried here would run the code of where it was made, so it is made anew."""
    house.go("day")
    house.root = house.root.rename(house.outside / "moved")
    assert (0, "lived 1.0 day\n") == house.go("day")[:2]
    assert all(x.endswith("/moved") for x in (house.root / ".venv/held").read_text().splitlines())


@pytest.mark.check
def test_a_killed_first_run_is_repaired_by_the_next(house: House) -> None:
    """The next run waits for the pip that a killed go.py left behind, then makes all anew."""
    house.hold()
    killed = house.start("day")
    house.await_call(" install ")
    os.kill(killed.pid, signal.SIGKILL)
    killed.wait(timeout=20)
    (house.root / ".venv/half-made").touch()
    repair = house.start("day")
    assert repair.stderr is not None
    assert "Another go.py is installing here: waiting until it is done.\n" == repair.stderr.readline()
    house.release()
    assert ("lived 1.0 day\n", 0) == (repair.communicate(timeout=60)[0], repair.returncode)
    killed.communicate(timeout=20)
    assert not (house.root / ".venv/half-made").exists()


@pytest.mark.check
def test_a_killed_change_is_repaired_by_the_next(house: House) -> None:
    """A .venv that was whole is not trusted after a kill in the middle of changing it."""
    house.go("day")
    house.lock("runtime", "tiny", "2.0")
    house.hold()
    before = len(house.calls())
    killed = house.start("day")
    wait_for(lambda: len(house.calls()) > before)
    os.killpg(killed.pid, signal.SIGKILL)
    killed.communicate(timeout=20)
    (house.root / ".venv/half-made").touch()
    house.release()
    assert (0, "lived 2.0 day\n") == house.go("day")[:2]
    assert not (house.root / ".venv/half-made").exists()


def test_an_interrupted_run_leaves_nothing(house: House) -> None:
    """Ctrl-C during the first install takes .venv away again."""
    house.hold()
    stopped = house.start("day")
    house.await_call(" install ")
    os.killpg(stopped.pid, signal.SIGINT)
    _, err = stopped.communicate(timeout=20)
    assert 130 == stopped.returncode
    assert "Traceback" not in err
    assert not (house.root / ".venv").exists()


def test_a_package_nobody_offers_is_named(house: House) -> None:
    """A failed first install names the package, what that means and what to do, and leaves no .venv."""
    house.write("runtime", "no-such-thing", "1.0", "0" * 64)
    code, out, err = house.go("day")
    assert (3, "") == (code, out)
    reason, remedy = err.splitlines()[-2:]
    assert reason.startswith("no-such-thing could not be installed")
    assert reason.endswith("ERROR: No matching distribution found for no-such-thing==1.0")
    assert remedy.endswith("then run the same again.")
    assert not (house.root / ".venv").exists()


@pytest.mark.check
@pytest.mark.parametrize("hashes", ["", " --hash=sha256:" + "0" * 64])
def test_a_package_that_the_lock_does_not_vouch_for_is_named(house: House, hashes: str) -> None:
    """A file with another hash than the lock's, or without one there, is refused by name."""
    (house.root / "requirements/runtime.txt").write_text(f"tiny==1.0{hashes}\n")
    code, _, err = house.go("day")
    assert 3 == code
    reason = err.splitlines()[-2]
    assert reason.startswith("tiny could not be installed")
    assert "hashes" in reason.lower()
    assert not (house.root / ".venv").exists()


@pytest.mark.check
def test_a_failed_part_leaves_the_others_whole_and_is_tried_again(house: House) -> None:
    """When the test part cannot be had, a day still starts at once; when it can, the next run installs it."""
    house.go("day")
    house.write("test", "no-such-thing", "1.0", "0" * 64)
    assert 3 == house.go("soak")[0]
    before = house.calls()
    assert (0, "lived 1.0 day\n", "") == house.go("day")
    assert before == house.calls()
    house.lock("test", "tools", "1.0")
    house.go("fmt")
    held = (house.root / ".venv/held").read_text().splitlines()
    assert ["runtime", "project", "test"] == [x.split()[0] for x in held]


@pytest.mark.check
def test_a_failed_change_of_a_part_is_tried_again(house: House) -> None:
    """After a lock that could not be installed, neither it nor the one before is taken for installed."""
    house.go("day")
    before = (house.root / "requirements/runtime.txt").read_bytes()
    house.write("runtime", "no-such-thing", "1.0", "0" * 64)
    assert 3 == house.go("day")[0]
    assert 3 == house.go("day")[0]
    (house.root / "requirements/runtime.txt").write_bytes(before)
    asked = len(house.calls())
    assert (0, "lived 1.0 day\n") == house.go("day")[:2]
    assert asked + 1 == len(house.calls())


@pytest.mark.check
def test_two_at_once_take_turns(house: House) -> None:
    """The second waits, says so, and finds all installed."""
    house.hold()
    first = house.start("day", "first")
    house.await_call(" install ")
    second = house.start("day", "second")
    assert second.stderr is not None
    assert "Another go.py is installing here: waiting until it is done.\n" == second.stderr.readline()
    house.release()
    assert ("lived 1.0 day first\n", 0) == (first.communicate(timeout=60)[0], first.returncode)
    assert ("lived 1.0 day second\n", "", 0) == (*second.communicate(timeout=60), second.returncode)
    assert 2 == len([x for x in house.calls() if " install " in x])


@pytest.mark.check
def test_the_exit_code_of_the_program_is_passed_on(house: House) -> None:
    """What the day says by its exit code, go.py says too."""
    (house.root / "builder.py").write_text(BUILDER.replace("print(", "raise SystemExit(41); print("))
    assert 41 == house.go("day")[0]


def test_every_linter_runs_and_the_summary_names_those_that_failed(house: House) -> None:
    """One bad linter hides no other; pytest gets ARGS and the tier's marks; the last failed code is ours."""
    house.pretend("runtime", "project", "test")
    for name, code in {"python": 0, "ruff": 0, "mypy": 7, "lint-imports": 1, "pytest": 5}.items():
        tool = house.root / ".venv/bin" / name
        tool.write_text(f'#!/bin/sh\necho {name} "$@"\nexit {code}\n')
        tool.chmod(0o755)
    code, out, err = house.go("fast", "-k", "a shelf")
    assert 5 == code
    assert [
        "ruff check",
        "ruff format --check",
        "mypy",
        "lint-imports --no-logo",
        "pytest -n auto --dist worksteal -m not check and not soak -k a shelf",
    ] == out.splitlines()
    assert "$ pytest -n auto --dist worksteal -m 'not check and not soak' -k 'a shelf'" == err.splitlines()[-2]
    failed = "mypy, lint-imports --no-logo, pytest -n auto --dist worksteal -m 'not check and not soak'"
    assert f"Failed: {failed}." == err.splitlines()[-1]
    assert [] == house.calls()


def test_the_soak_runs_what_is_marked_soak(house: House) -> None:
    """Soak is pytest alone, and its exit code is passed on."""
    house.pretend("runtime", "project", "test")
    for name in ("python", "pytest"):
        tool = house.root / ".venv/bin" / name
        tool.write_text(f'#!/bin/sh\necho {name} "$@"\nexit 41\n')
        tool.chmod(0o755)
    assert (41, "pytest -n auto --dist worksteal -m soak --lf\n", "") == house.go("soak", "--lf")
