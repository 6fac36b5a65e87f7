"""
Make the picture and the examples of README.md anew: ``.venv/bin/python docs/pictures/make.py``.

It lives the built-in day of seed 1, draws its summary as `day.svg`, and writes what stands in README.md between
``<!-- made: NAME -->`` and ``<!-- end -->``: the life of one order (``explain``), the day in numbers (``numbers``),
and what it costs by the last runs of `python3 go.py bench` (``speed``).
"""

# ruff: noqa: INP001 a script, no package
import io
import json
import re
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.console import Console

from doorstep.base.ids import OrderId
from doorstep.core.indicators import Closing
from doorstep.journal import read_entries
from doorstep.report import explain, summary
from doorstep.report.summary import percent
from doorstep.twin.worlds import neighbourhood
from doorstep.wire.days import live_day
from doorstep.wire.files import JOURNAL, journal_lines

HERE = Path(__file__).resolve().parent
README = HERE.parents[1] / "README.md"
RATIOS = HERE.parents[1] / "benchmarks" / "ratios.jsonl"
SEED, ORDER = 1, OrderId("O0758")
NUMBERS = (
    ("baskets", "baskets asked for"),
    ("orders_delivered", "orders delivered"),
    ("lost_baskets", "baskets lost, each with its cause"),
    ("on_time", "orders on time"),
    ("click_to_door_mean", "from placing to the door, mean"),
    ("fill_rate", "fill rate: delivered of all that was wanted"),
    ("vegetables", "vegetables"),
    ("pork", "pork"),
    ("shrink", "shrink: waste and loss of goods received"),
)


def main() -> None:
    """Live the day once; write the picture and the examples."""
    day = neighbourhood(SEED)
    with TemporaryDirectory() as scratch:
        folder = Path(scratch)
        closing = live_day(day, folder)
        story = explain((entry for entry, _ in read_entries(journal_lines(folder))), ORDER)
        bytes_a_fact = (folder / JOURNAL).stat().st_size // closing.facts
    (HERE / "day.svg").write_text(picture(closing, day.tz), "utf-8")
    text = README.read_text("utf-8")
    text = fill(text, "explain", "```text\n" + "\n".join(story) + "\n```")
    text = fill(text, "numbers", numbers(closing, bytes_a_fact))
    text = fill(text, "speed", speed())
    README.write_text(text, "utf-8")


def picture(closing: Closing, tz: str) -> str:
    """Draw what the terminal shows; without the fonts and the address that rich would fetch them from."""
    console = Console(record=True, width=100, file=io.StringIO(), force_terminal=True, color_system="truecolor")
    console.print(summary(closing, tz=tz))
    drawn = console.export_svg(title=f"python3 go.py day --seed {SEED}", unique_id="day")
    drawn = re.sub(r"\s*@font-face \{.*?\}", "", drawn, flags=re.DOTALL)
    drawn = re.sub(r"\s*<!--.*?-->", "", drawn, flags=re.DOTALL)
    drawn = drawn.replace("Fira Code, monospace", "ui-monospace, Menlo, Consolas, monospace")
    return re.sub(r"[ \t]+$", "", drawn, flags=re.MULTILINE).strip() + "\n"


def numbers(closing: Closing, bytes_a_fact: int) -> str:
    """Lay out the day in numbers."""
    rows = [(text, shown(closing, name)) for name, text in NUMBERS]
    promises = closing.promises
    rows += [
        (
            "promises kept, and how many the quoted probabilities expected",
            f"{promises.kept:,} of {promises.quoted:,}; {percent(promises.expected_kept_bp)}",
        ),
        ("facts in the journal, and bytes a fact", f"{closing.facts:,}; {bytes_a_fact}"),
    ]
    return "\n".join(["| of the day | |", "|---|--:|", *(f"| {text} | {value} |" for text, value in rows)])


def speed() -> str:
    """Tell what the last benchmark runs measured."""
    last = {x["benchmark"]: x for x in map(json.loads, RATIOS.read_text("utf-8").splitlines())}
    day, fact = last["day"], last["fact"]
    rows = [
        ("the day, laws and world checks on", f"{day['seconds']['day']:.1f} s"),
        ("… against one pass of Python's `json` and `hashlib` over its journal", f"{day['ratio']:.1f} times as long"),
        ("`verify`", f"{day['seconds']['verify']:.1f} s"),
        ("a fact: transfers, books, encode, hash, write", f"{fact['us_a_fact']['ours']:.1f} µs"),
        (
            "… against encoding, hashing and writing it with Python's `json`",
            f"{fact['ratio_stdlib']:.2f} times as long",
        ),
    ]
    return "\n".join(["| measured | |", "|---|--:|", *(f"| {text} | {value} |" for text, value in rows)])


def shown(closing: Closing, name: str) -> str:
    """Show an indicator in the unit that people use."""
    x = closing.indicators[name]
    match x.unit:
        case "bp":
            return percent(x.value)
        case "g":
            return f"{x.value / 1000:,.0f} kg"
        case "s":
            return f"{x.value / 60:.1f} min"
        case _:
            return f"{x.value:,}"


def fill(text: str, name: str, block: str) -> str:
    """Put a block between its two marks."""
    made, found = re.subn(
        rf"(<!-- made: {name} -->\n).*?(<!-- end -->)", lambda x: f"{x[1]}{block}\n{x[2]}", text, flags=re.DOTALL
    )
    assert found == 1, f"README.md has one place for {name}"
    return made


if __name__ == "__main__":
    main()
