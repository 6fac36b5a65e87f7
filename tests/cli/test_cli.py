"""What `doorstep` promises whoever types it: one sentence for each error, its exit code, and never half a folder."""

import ctypes
import json
import os
import resource
import shlex
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess, Popen
from typing import Any

import pytest

import doorstep
from doorstep.model.facts.orders import OrderHandedOver
from doorstep.model.facts.site import SkuListed
from tests.conftest import ROOT, missing
from tests.twin.days import entries, live, small_day, write_journal

SRC = Path(doorstep.__file__).parents[1]
ENV = {**os.environ, "PYTHONPATH": f"{SRC}{os.pathsep}{ROOT}", "COLUMNS": "200", "NO_COLOR": "1"}
REAL, SMALL = "doorstep", "tests.cli.small"
FILES, PAGE = {"journal.ndjson", "closing.json"}, "report.html"
LAWS = {"books", "closed", "couriers", "fefo", "money", "orders", "pickers", "promises", "stocktaking"}

Run = CompletedProcess[str]
slow = pytest.mark.check
"""A process takes a quarter of a second to begin; the quick tests keep one of each kind."""


def run(
    *args: str | Path, program: str = REAL, cwd: Path | None = None, preexec_fn: Callable[[], None] | None = None
) -> Run:
    """Type a command; whatever happens, nobody is shown a traceback."""
    done = subprocess.run(
        [sys.executable, "-m", program, *map(str, args)],
        env=ENV,
        cwd=cwd,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
        preexec_fn=preexec_fn,
    )
    assert "Traceback" not in done.stderr, done.stderr
    return done


def small(*args: str | Path, **rest: Any) -> Run:
    return run(*args, program=SMALL, **rest)


def start(*args: str | Path, program: str = SMALL) -> Popen[str]:
    """Type a command and do not wait."""
    return Popen(
        [sys.executable, "-m", program, *map(str, args)],
        env=ENV,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def refused(done: Run, code: int, *words: str) -> None:
    """One sentence on stderr, nothing on stdout, the exit code of the formats."""
    assert (code, "") == (done.returncode, done.stdout), done.stderr
    assert 1 == len(done.stderr.strip().splitlines()), done.stderr
    assert [] == [x for x in words if x not in done.stderr], done.stderr


def held(folder: Path) -> dict[str, bytes]:
    """Everything a folder holds but the scratch of a run that was killed."""
    return {x.name: x.read_bytes() for x in folder.iterdir() if x.is_file()}


def whole(folder: Path) -> None:
    """Both files are here, from one run, and `verify` says so."""
    assert FILES == {x.name for x in folder.iterdir() if not x.name.startswith(".doorstep-")} - {PAGE}
    done = run("verify", folder)
    assert 0 == done.returncode, done.stderr


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small day, lived through the command line; read only."""
    out = tmp_path_factory.mktemp("cli") / "deep" / "monday"
    done = small("day", "--out", out)
    assert 0 == done.returncode, done.stderr
    return out


@pytest.fixture
def copy(lived: Path, tmp_path: Path) -> Path:
    """The same day, to be spoiled."""
    return Path(shutil.copytree(lived, tmp_path / "copy"))


# Asking.


@pytest.mark.check
def test_help_is_quick() -> None:
    """Half a second at most, the best of three."""

    def timed() -> float:
        begun = time.perf_counter()
        assert 0 == run("--help").returncode
        return time.perf_counter() - begun

    assert min(timed() for _ in range(3)) <= 0.5


@slow
def test_help_names_every_command() -> None:
    """Whoever asks is told what there is."""
    told = run("--help").stdout
    assert [] == [x for x in ("day", "verify", "explain", "swarm") if x not in told]
    assert "--force" in run("day", "--help").stdout


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (["dya"], ["dya", "day"]),
        (["day", "--sed", "3"], ["--sed", "--seed"]),
        pytest.param(["day", "--seed", "x"], ["--seed", "integer"], marks=slow),
        pytest.param(["day", "monday"], ["monday"], marks=slow),
        pytest.param(["verify"], ["folder"], marks=slow),
        pytest.param(["explain", "monday"], ["order"], marks=slow),
        pytest.param(["swarm", "--seeds", "0"], ["--seeds"], marks=slow),
    ],
)
def test_a_slip_of_the_hand_is_answered_with_one_clear_line(args: list[str], words: list[str]) -> None:
    """Exit code 2, the word that was wrong, and where there is one, the word that was meant."""
    done = run(*args)
    assert (2, "") == (done.returncode, done.stdout)
    told = [x.strip("│ ") for x in done.stderr.splitlines() if x.startswith("│")]
    assert 1 == len(told), done.stderr
    assert [] == [x for x in words if x.lower() not in told[0].lower()], told


# Writing.


def test_a_day_makes_its_folder_and_verifies(lived: Path) -> None:
    """Two files, folders above included, and nothing else."""
    assert FILES == {x.name for x in lived.iterdir()} - {PAGE}
    whole(lived)


@pytest.mark.parametrize("name", ["notes.txt", *(pytest.param(x, marks=slow) for x in ("journal.ndjson", ".hidden"))])
def test_a_folder_that_is_not_empty_is_refused(name: str, tmp_path: Path) -> None:
    """Exit code 2; not a byte is changed."""
    (tmp_path / name).write_text("mine")
    before = held(tmp_path)
    refused(run("day", "--out", tmp_path), 2, str(tmp_path), "not empty", "--force")
    assert before == held(tmp_path)


@slow
def test_force_writes_into_a_folder_that_holds_files(copy: Path) -> None:
    """Files of the same name are replaced, others stay."""
    (copy / "notes.txt").write_text("mine")
    (copy / "journal.ndjson").write_text("spoiled")
    assert 0 == small("day", "--out", copy, "--force").returncode
    assert "mine" == (copy / "notes.txt").read_text()
    (copy / "notes.txt").unlink()
    whole(copy)


@slow
def test_an_empty_folder_is_fine(tmp_path: Path) -> None:
    """It need not be made by us."""
    assert 0 == small("day", "--out", tmp_path).returncode
    whole(tmp_path)


def test_out_is_a_file(tmp_path: Path) -> None:
    """A file is no folder."""
    file = tmp_path / "file"
    file.write_text("mine")
    refused(run("day", "--out", file), 2, str(file))
    assert "mine" == file.read_text()


@slow
def test_out_is_below_a_file(tmp_path: Path) -> None:
    """Nothing can be made there."""
    file = tmp_path / "file"
    file.write_text("mine")
    done = run("day", "--out", file / "sub")
    assert done.returncode in (2, 3)
    refused(done, done.returncode, str(file))
    assert "mine" == file.read_text()


@slow
def test_out_cannot_be_written(tmp_path: Path) -> None:
    """A read-only folder: a sentence, and exit code 2 or 3."""
    tmp_path.chmod(0o555)
    probe = "import os, sys; sys.exit(os.access(sys.argv[1], os.W_OK))"
    if subprocess.run([sys.executable, "-c", probe, tmp_path], preexec_fn=_mortal, check=False).returncode:
        tmp_path.chmod(0o755)
        missing("a user who may not write everywhere", "run the tests as another user than root")
    done = small("day", "--out", tmp_path, preexec_fn=_mortal)
    tmp_path.chmod(0o755)
    assert done.returncode in (2, 3)
    refused(done, done.returncode, str(tmp_path))
    assert {} == held(tmp_path)


def _mortal() -> None:
    """Give up root's right to write into read-only folders (CAP_DAC_OVERRIDE = 1, PR_CAPBSET_DROP = 24)."""
    if os.geteuid() == 0 and sys.platform == "linux":
        ctypes.CDLL(None).prctl(24, 1, 0, 0, 0)


@pytest.mark.parametrize("limit", [300_000, *(pytest.param(x, marks=slow) for x in (1_000, 900_000))])
def test_a_full_disk_leaves_nothing_behind(limit: int, tmp_path: Path) -> None:
    """However late it happens: exit code 3, a sentence, no file and no folder."""
    out = tmp_path / "out"
    done = small("day", "--out", out, preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit)))
    refused(done, 3, str(out))
    assert not out.exists()


@slow
def test_without_out_nothing_is_kept(tmp_path: Path) -> None:
    """Told so, and where one stands nothing appears."""
    done = small("day", cwd=tmp_path)
    assert 0 == done.returncode
    assert "--out" in done.stderr
    assert [] == list(tmp_path.iterdir())


# JSON.


def test_json_is_one_document_and_nothing_else(tmp_path: Path) -> None:
    """What stdout holds is closing.json; progress and words go elsewhere."""
    done = small("day", "--out", tmp_path / "x", "--json")
    assert 0 == done.returncode
    assert 1 == len(done.stdout.splitlines())
    closing = json.loads(done.stdout)
    assert json.loads((tmp_path / "x" / "closing.json").read_text()) == closing
    assert LAWS <= set(closing["checks"])


@slow
def test_json_of_verify_is_the_certificate(lived: Path) -> None:
    """Made anew from the journal, and the same document."""
    done = run("verify", lived, "--json")
    assert 0 == done.returncode
    assert json.loads((lived / "closing.json").read_text()) == json.loads(done.stdout)


@slow
def test_json_of_a_spoiled_day_is_still_one_document(copy: Path) -> None:
    """The certificate goes to stdout, what is wrong with the folder to stderr, and the exit code says so."""
    (copy / "closing.json").unlink()
    done = run("verify", copy, "--json")
    assert 1 == done.returncode
    assert json.loads(done.stdout)["facts"] > 1_000
    assert "closing.json" in done.stderr


# Verifying.

GARBLED = (b"", b"?", b"\xff", b"1", b"null", b'"x"', b"{}", b'{"digest":1}', b"[" * 9_999)


def test_verify_of_an_empty_folder(tmp_path: Path) -> None:
    """Exit code 2."""
    refused(run("verify", tmp_path), 2, "journal.ndjson")


@slow
def test_verify_of_nothing(tmp_path: Path) -> None:
    """No folder, or a folder of something else: exit code 2."""
    refused(run("verify", tmp_path / "none"), 2, "journal.ndjson")
    (tmp_path / "journal.ndjson").mkdir()
    refused(run("verify", tmp_path), 2, "journal.ndjson")


@pytest.mark.parametrize(
    "line",
    [b'{"at_s":0}\n', *(pytest.param(x, marks=slow) for x in (b"\xff\xfe\n", b"\n", b"{}\n", b"[" * 9_999 + b"\n"))],
)
def test_verify_names_the_line_that_was_changed(line: bytes, copy: Path) -> None:
    """Exit code 1, and the first line that is not what was written."""
    journal = copy / "journal.ndjson"
    lines = journal.read_bytes().splitlines(keepends=True)
    journal.write_bytes(b"".join([*lines[:99], line, *lines[100:]]))
    refused(run("verify", copy), 1, "line 100:")


@slow
def test_verify_misses_lines_at_either_end(copy: Path) -> None:
    """The first, the last or all of them are gone: exit code 1, and what that means."""
    journal = copy / "journal.ndjson"
    lines = journal.read_bytes().splitlines(keepends=True)
    journal.write_bytes(b"".join(lines[1:]))
    refused(run("verify", copy), 1, "line 1:")
    journal.write_bytes(b"".join(lines[:-1]))
    done = run("verify", copy)
    assert 1 == done.returncode
    assert "not closed" in done.stderr
    journal.write_bytes(b"")
    refused(run("verify", copy), 1, "empty")


@slow
def test_verify_with_the_right_digest(lived: Path) -> None:
    """However it is typed."""
    digest = json.loads((lived / "closing.json").read_text())["digest"]
    assert 0 == run("verify", lived, "--digest", f" {digest.upper()}").returncode


def test_verify_with_another_digest(lived: Path) -> None:
    """Exit code 1, and the digest that the journal has."""
    digest = json.loads((lived / "closing.json").read_text())["digest"]
    refused(run("verify", lived, "--digest", "0" * 64), 1, "digest", digest)


@slow
def test_verify_without_a_certificate(copy: Path) -> None:
    """closing.json is gone: the journal alone is checked, and that is said."""
    (copy / "closing.json").unlink()
    refused(run("verify", copy), 1, "closing.json", "not there")


@pytest.mark.parametrize("text", [b"[1]", *(pytest.param(x, marks=slow) for x in GARBLED)])
def test_verify_of_a_garbled_certificate(text: bytes, copy: Path) -> None:
    """Whatever closing.json holds: a sentence each for what is wrong, exit code 1 or 2."""
    (copy / "closing.json").write_bytes(text)
    done = run("verify", copy)
    assert done.returncode in (1, 2)
    assert "closing.json" in done.stderr


@slow
def test_verify_of_a_certificate_that_is_a_folder(copy: Path) -> None:
    """The world is odd: a sentence and an exit code."""
    (copy / "closing.json").unlink()
    (copy / "closing.json").mkdir()
    done = run("verify", copy)
    assert done.returncode in (1, 2, 3)
    assert "closing.json" in done.stderr


@slow
def test_verify_names_what_the_certificate_says_otherwise(copy: Path) -> None:
    """A number touched up after the day: its key is named."""
    closing = json.loads((copy / "closing.json").read_text())
    closing["promises"]["kept"] += 1
    (copy / "closing.json").write_text(json.dumps(closing))
    refused(run("verify", copy), 1, "closing.json", "promises")


# Explaining.


def test_explain_tells_a_delivered_order(lived: Path) -> None:
    """Its lots and why those, its promise and why that, its courier and trip, what it cost."""
    lines = [json.loads(x) for x in (lived / "journal.ndjson").read_bytes().splitlines()]
    handed = next(x["body"] for x in lines if x["fact"] == "order_handed_over")
    done = run("explain", lived, handed["order"])
    assert (0, "") == (done.returncode, done.stderr)
    wanted = [
        handed["courier"],
        handed["trip"],
        "Promised by",
        "probability",
        "Handed over",
        "yuan",
        "first expired first",
    ]
    assert [] == [x for x in [*wanted, *(lot for lot, _ in handed["goods"])] if x not in done.stdout]


@slow
def test_explain_tells_every_kind_of_end(tmp_path: Path) -> None:
    """Refused, abandoned, lapsed: lost baskets have a story too."""
    live(small_day(visits=150), tmp_path)
    lines = [json.loads(x) for x in (tmp_path / "journal.ndjson").read_bytes().splitlines()]
    words = {"basket_refused": "refused", "basket_abandoned": "leaves", "quote_lapsed": "lapses"}
    ends = {x["fact"]: x["body"]["order"] for x in lines if x["fact"] in words}
    assert ends
    for fact, order in ends.items():
        assert words[fact] in run("explain", tmp_path, order).stdout


def test_explain_of_an_unknown_order_suggests_near_ones(lived: Path) -> None:
    """Exit code 2, and what may have been meant."""
    refused(run("explain", lived, "O00x2"), 2, "O00x2", "did you mean", "O00")


@slow
def test_explain_of_a_folder_without_a_day(tmp_path: Path) -> None:
    """Exit code 2."""
    refused(run("explain", tmp_path, "O0001"), 2, "journal.ndjson")


@slow
def test_explain_of_a_changed_journal_says_so(copy: Path) -> None:
    """No story is told from a journal that was touched."""
    journal = copy / "journal.ndjson"
    journal.write_bytes(journal.read_bytes().replace(b'"sku_listed"', b'"sku_listen"', 1))
    refused(run("explain", copy, "O0001"), 1, "line 2")


@slow
def test_explain_of_a_forged_journal_is_no_traceback(copy: Path) -> None:
    """Every link holds, and the skus were never listed: a sentence and an exit code."""
    stream = [x for x in entries(copy) if not isinstance(x.fact, SkuListed)]
    write_journal(copy, stream)
    order = next(x.fact.order for x in stream if isinstance(x.fact, OrderHandedOver))
    done = run("explain", copy, order)
    assert done.returncode in (1, 2)


# Killed, and two at once.


def _into(folder: Path) -> bool:
    """Whether a run has begun to write its journal."""
    return any(x.stat().st_size for x in folder.glob(".*/journal.ndjson"))


def _wait_for(begun: Callable[[], bool], running: Popen[str]) -> None:
    until = time.monotonic() + 30
    while not begun() and running.poll() is None and time.monotonic() < until:
        time.sleep(0.005)


@slow
def test_a_killed_day_leaves_nothing_that_would_pass_for_a_day(tmp_path: Path) -> None:
    """Kill -9 in the middle: neither file is there, `verify` refuses, and the same command works again."""
    out = tmp_path / "out"
    running = start("day", "--out", out, program=REAL)
    _wait_for(lambda: _into(out), running)
    running.kill()
    running.communicate()
    assert -signal.SIGKILL == running.returncode, "it was not killed in the middle"
    assert {} == held(out)
    refused(run("verify", out), 2, "journal.ndjson")
    again = small("day", "--out", out)
    assert 0 == again.returncode, again.stderr
    whole(out)


@slow
def test_an_interrupted_day_leaves_nothing(tmp_path: Path) -> None:
    """Ctrl-C in the middle: no file, no folder, no traceback."""
    out = tmp_path / "out"
    running = start("day", "--out", out, program=REAL)
    _wait_for(lambda: _into(out), running)
    running.send_signal(signal.SIGINT)
    _, told = running.communicate()
    assert running.returncode not in (0, None)
    assert "Traceback" not in told
    assert not out.exists()


@slow
def test_two_days_at_once_in_two_folders(tmp_path: Path) -> None:
    """They do not know of each other."""
    both = {seed: start("day", "--seed", seed, "--out", tmp_path / seed) for seed in ("1", "2")}
    for running in both.values():
        running.communicate()
    assert [0, 0] == [x.returncode for x in both.values()]
    for seed in both:
        whole(tmp_path / seed)


@slow
def test_two_days_at_once_into_one_folder(tmp_path: Path) -> None:
    """One is kept whole and the other is refused: never the journal of one with the closing of the other."""
    out = tmp_path / "out"
    both = {seed: start("day", "--seed", seed, "--out", out, "--json") for seed in ("1", "2")}
    told = {seed: running.communicate() for seed, running in both.items()}
    codes = {seed: running.returncode for seed, running in both.items()}
    assert [0, 2] == sorted(codes.values()), told
    kept = next(x for x, code in codes.items() if code == 0)
    whole(out)
    assert json.loads(told[kept][0]) == json.loads((out / "closing.json").read_text())
    assert "Traceback" not in told["1"][1] + told["2"][1]


@slow
def test_two_days_at_once_forced_into_one_folder(tmp_path: Path) -> None:
    """With --force the last one stays, whole."""
    out = tmp_path / "out"
    both = [start("day", "--seed", seed, "--out", out, "--json", "--force") for seed in ("1", "2")]
    told = [running.communicate() for running in both]
    assert [0, 0] == [x.returncode for x in both], told
    whole(out)


# The default day.


@pytest.mark.check
def test_the_default_day_through_the_command_line(tmp_path: Path) -> None:
    """About 1,200 orders, every law ok, verified and explained."""
    done = run("day", "--out", tmp_path / "x")
    assert 0 == done.returncode, done.stderr
    assert "Every law holds" in done.stdout
    assert "doorstep explain" in done.stderr
    whole(tmp_path / "x")
    closing = json.loads((tmp_path / "x" / "closing.json").read_text())
    assert 1_100 <= closing["indicators"]["orders"]["value"] <= 1_300
    assert {"ok"} == set(closing["checks"].values())
    named = next(x for x in done.stderr.split() if x.startswith("O0"))
    assert 0 == run("explain", tmp_path / "x", named.strip("`.")).returncode


@pytest.mark.check
def test_a_swarm_tells_each_seed() -> None:
    """Safe and live, one line a seed and one for all."""
    done = run("swarm", "--first", "2", "--seeds", "1")
    assert (0, "") == (done.returncode, done.stderr)
    assert ["seed 2: safe and live", "1 of 1 seeds safe and live"] == done.stdout.splitlines()


@slow
def test_a_reader_who_leaves_early_sees_no_traceback(lived: Path) -> None:
    """`doorstep explain … | head -1`."""
    done = subprocess.run(
        f"{shlex.quote(sys.executable)} -m doorstep verify {shlex.quote(str(lived))} --json | head -c 10",
        shell=True,
        env=ENV,
        capture_output=True,
        text=True,
        check=True,
    )
    assert '{"digest":' == done.stdout
    assert "Traceback" not in done.stderr
    assert "Exception" not in done.stderr
