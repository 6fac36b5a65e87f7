"""
Doorstep's one task runner: ``python3 go.py TASK [ARGS]``. ARGS go to the last program of the task.

The first run makes ``.venv`` from the hash-pinned ``requirements/*.txt``; later runs start at once, offline.
One rule keeps it whole: ``.venv/held`` tells which parts it holds, and is away while they change. A .venv
without that file was left half-made, and is made anew.

Exit codes: the program's own (of several, the last that failed); 2 no such task; 3 it could not be installed.
"""

import difflib
import hashlib
import os
import re
import shlex
import shutil
import sys
from functools import partial
from pathlib import Path
from subprocess import run

if sys.version_info < (3, 11) or os.name == "nt":  # this file keeps to what Python 3.6 can parse
    here = f"Python {sys.version.split()[0]} on {sys.platform}"
    sys.exit(f"Doorstep needs Python 3.11 or newer on Linux, macOS or WSL, not {here}: try python3.11 go.py")
import fcntl

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
HELD = VENV / "held"
MADE = f"{sys.implementation.cache_tag} {ROOT}"  # a .venv of another Python, or carried here, is made anew
BASE = getattr(sys, "_base_executable", sys.executable)  # not .venv's own Python, which may have to go
ENV = {k: v for k, v in os.environ.items() if k not in ("PYTHONHOME", "PYTHONPATH")}
ENV |= {"PIP_DISABLE_PIP_VERSION_CHECK": "1", "PIP_NO_INPUT": "1", "PIP_USER": "0"}
say = partial(print, file=sys.stderr, flush=True)

DAY = ("runtime", "project")
TEST = (*DAY, "test")
LINT = ("ruff check", "ruff format --check", "mypy", "lint-imports --no-logo")
PYTEST = "pytest -n auto --dist worksteal"
CHECK = f"{PYTEST} -m 'not soak'"
TASKS = {  # name: (what it does, the parts that .venv must hold, the programs)
    "day": ("live one day of one site", DAY, ["python -m doorstep day"]),
    "fast": ("run the linters and the quick tests", TEST, [*LINT, f"{PYTEST} -m 'not check and not soak'"]),
    "check": ("the same, with the small form of every measure", TEST, [*LINT, CHECK]),
    "test": ("the same as check: what CI runs", TEST, [*LINT, CHECK]),
    "soak": ("run the full form of every measure", TEST, [f"{PYTEST} -m soak"]),
    "bench": ("measure speed and quality against peers", (*TEST, "bench"), ["python -m benchmarks"]),
    "fmt": ("format the code and mend what ruff can", TEST, ["ruff format", "ruff check --fix"]),
}


def main(task: str = "--help", *args: str) -> int:
    """Run one task; return its exit code."""
    if task not in TASKS:
        print("\n".join(f"python3 go.py {name:8}{row[0]}" for name, row in TASKS.items()))
        if task in ("-h", "--help"):
            return 0
        near = "".join(f" Did you mean `{x}`?" for x in difflib.get_close_matches(task, TASKS, n=1))
        say(f"There is no task `{task}`.{near}")
        return 2
    _, parts, programs = TASKS[task]
    prepare(parts)
    codes = {}
    for program in programs:
        words = [*shlex.split(program), *(args if program is programs[-1] else ())]
        if len(programs) > 1:
            say(f"$ {shlex.join(words)}")
        codes[program] = run([VENV / "bin" / words[0], *words[1:]], cwd=ROOT, env=ENV, check=False).returncode
    failed = [program for program in programs if codes[program] != 0]
    if len(programs) > 1 and failed:
        say(f"Failed: {', '.join(failed)}.")
    return codes[failed[-1]] if failed else 0


def prepare(parts: tuple[str, ...]) -> None:
    """Make .venv hold these parts, one go.py at a time; touch nothing where it does."""
    files = {part: "pyproject.toml" if part == "project" else f"requirements/{part}.txt" for part in parts}
    need = {x: f"{x} {hashlib.sha256((ROOT / files[x]).read_bytes()).hexdigest()} {MADE}" for x in parts}
    if need.items() <= held().items():
        return
    with (ROOT / ".venv.lock").open("w") as turn:
        os.set_inheritable(turn.fileno(), True)  # if go.py is killed, the pip that it leaves keeps the turn
        try:
            fcntl.flock(turn, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("Another go.py is installing here: waiting until it is done.")
            fcntl.flock(turn, fcntl.LOCK_EX)
        holds = held()
        fresh = not holds
        HELD.unlink(missing_ok=True)
        try:
            if fresh:
                venv = [BASE, "-m", "venv", "--clear", str(VENV)]
                attempt(".venv", venv, [*venv[:3], "--without-pip", *venv[3:]])  # without ensurepip
            for part, file in files.items():
                if holds.pop(part, None) != need[part]:
                    install(part, file)
                holds[part] = need[part]
        except KeyboardInterrupt:
            fresh = True  # pip was stopped anywhere, so nothing is to be trusted
            raise
        finally:
            if fresh and holds != need:
                shutil.rmtree(VENV, ignore_errors=True)
            else:
                HELD.write_text("\n".join(holds.values()))


def held() -> dict[str, str]:
    """Tell which parts .venv holds, with what it holds of each; none where it must be made anew."""
    lines = HELD.read_text().splitlines() if HELD.exists() and (VENV / "bin/python").exists() else []
    return {line.split()[0]: line for line in lines if line.endswith(MADE)}


def install(part: str, file: str) -> None:
    """Install one part into .venv; the project with the builder that the runtime part pins."""
    say(f"Installing the {part} part into .venv: about a minute, once.")
    python = str(VENV / "bin/python")
    pip = [python, "-m", "pip"] if any(VENV.glob("bin/pip*")) else [BASE, "-m", "pip", "--python", python]
    what = ["--require-hashes", "-r", file] if part != "project" else ["--no-build-isolation", "-e", "."]
    attempt(f"The {part} part", [*pip, "install", "--no-deps", *what])


def attempt(what: str, *commands: list[str]) -> None:
    """Run these until one works; if none does, say what failed, why, and what to do, and exit."""
    said = ""
    for command in commands:
        done = run(command, cwd=ROOT, env=ENV, close_fds=False, capture_output=True, text=True, check=False)
        if done.returncode == 0:
            return
        said = done.stdout + done.stderr
    package = [what, *re.findall(r"([\w.-]+)==\w", said)][-1]  # pip names the one that it stops at last
    reason = ["none given", *said.splitlines()[-1:], *re.findall("(?m)^ERROR: .*", said)][-1]
    say(f"{said}\n{package} could not be installed; nothing half-made was left. The reason: {reason}")
    say("Check the network, the room on the disk and `pip config list`, then run the same again.")
    sys.exit(3)


if __name__ == "__main__":
    try:
        sys.exit(main(*sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
