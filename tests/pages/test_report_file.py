"""The page of a day as a file: what must hold before any browser opens it."""

import json
import re
import time
from html.parser import HTMLParser
from importlib.resources import files
from pathlib import Path

import pytest
from msgspec import json as msgspec_json
from msgspec.structs import replace
from typer.testing import CliRunner

from doorstep.base.errors import CheckFailed
from doorstep.cli import app, main
from doorstep.core.indicators import Closing
from doorstep.model.day import Assumption, Day
from doorstep.model.people import Place
from doorstep.report import Figures, Gathered, figures, render
from doorstep.report.figures import _tenth
from doorstep.report.summary import percent
from doorstep.twin.worlds import neighbourhood
from doorstep.wire.days import live_day
from doorstep.wire.files import CLOSING, JOURNAL, REPORT
from doorstep.wire.verdict import day_figures
from tests.twin.days import small_day

HOSTILE = "</script><script>alert(1)</script><img src=x onerror=alert(2)> \"'&\u2028"


class Reader(HTMLParser):
    """Tags with their attributes, and what stands in each script."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.scripts: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag == "script":
            self.scripts.append("")

    def handle_data(self, data: str) -> None:
        if self.tags and self.tags[-1][0] == "script":
            self.scripts[-1] += data


def lived(day: Day, folder: Path) -> Path:
    live_day(day, folder, report=True)
    return folder


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A day of two dozen visits, with its page."""
    return lived(small_day(), tmp_path_factory.mktemp("tiny") / "day")


def read(page: str) -> Reader:
    reader = Reader()
    reader.feed(page)
    return reader


def embedded(page: str) -> Figures:
    """The figures as they lie in the page."""
    (found,) = re.findall(r'<script type="application/json" id="figures">(.*?)</script>', page, flags=re.DOTALL)
    return msgspec_json.decode(found, type=Figures)


def test_the_page_needs_nothing_beside_it(tiny: Path) -> None:
    """No tag names a file or an address, the policy forbids every fetch, and no place is left to fill."""
    page = (tiny / REPORT).read_text("utf-8")
    reader = read(page)
    outward = {"src", "href", "srcset", "action", "data", "poster", "background"}
    assert [] == [(tag, x) for tag, attributes in reader.tags for x in attributes if x in outward]
    assert {"link", "iframe", "object", "img"} & {tag for tag, _ in reader.tags} == set()
    assert "default-src 'none'" in page
    assert [] == re.findall(r"\{\{\S+\}\}", page)
    assert ["/*! https://github.com/leeoniya/uPlot"] == re.findall(r".{0,4}https?://[^ ]+|@import|url\(", page)


def test_the_page_is_small(tiny: Path) -> None:
    """At most 3 MB, the charts' script included."""
    assert (tiny / REPORT).stat().st_size <= 3_000_000


def test_the_same_journal_gives_the_same_bytes(tiny: Path, tmp_path: Path) -> None:
    """Written with the day, or later from the journal alone: byte for byte the same page."""
    later = tmp_path / REPORT
    done = CliRunner().invoke(app, ["report", str(tiny), "--out", str(later)])
    assert 0 == done.exit_code, done.output
    assert (tiny / REPORT).read_bytes() == later.read_bytes()


def test_the_page_shows_the_certificate_as_it_is(tiny: Path) -> None:
    """Every indicator, law and promise of closing.json is in the page, unchanged."""
    closing = msgspec_json.decode((tiny / CLOSING).read_bytes(), type=Closing)
    shown = embedded((tiny / REPORT).read_text("utf-8")).closing
    assert closing.balances["fen"] == shown.balances["fen"]
    assert replace(closing, balances={}) == replace(shown, balances={})


def test_the_charts_add_up_to_the_certificate(tiny: Path) -> None:
    """Hours sum to baskets, tenths to promises, categories to waste and lost demand, mass to nothing."""
    shown = day_figures(tiny)
    number = {name: x.value for name, x in shown.closing.indicators.items()}
    assert number["baskets"] == sum(x.kept + x.late + x.lost + x.open for x in shown.hours)
    assert number["orders_delivered"] == sum(x.kept + x.late for x in shown.hours)
    assert shown.closing.promises.kept == sum(x.kept for x in shown.tenths)
    assert number["waste_cost"] == sum(x.waste_fen for x in shown.categories)
    assert number["lost_cost"] == sum(x.missing_fen for x in shown.categories)
    assert number["lost_demand"] == sum(x.lost_fen for x in shown.categories)
    assert 0 == sum(shown.goods_g.values())
    assert number["orders_delivered"] == sum(len(x.stops) for x in shown.map.trips)


def test_an_interval_holds_its_share_and_stays_between_none_and_all() -> None:
    """Wilson's interval of 98 kept of 100, as his formula gives it; and of all of ten."""
    some, every = _tenth(9_700, 100, 98), _tenth(9_900, 10, 10)
    assert (9_300, 9_945) == (some.low_bp, some.high_bp)
    assert (7_225, 10_000) == (every.low_bp, every.high_bp)


def test_hostile_names_stay_text(tmp_path: Path) -> None:
    """A good called `</script>…` neither ends its block nor becomes a tag."""
    day = small_day()
    named = replace(day, skus=tuple(replace(x, name_en=HOSTILE, name_zh=HOSTILE, category=HOSTILE) for x in day.skus))
    page = (lived(named, tmp_path / "day") / REPORT).read_text("utf-8")
    assert "alert(1)</script>" not in page
    assert "<img" not in page
    assert {"script"} == {tag for tag, _ in read(page).tags if tag in ("script", "img")}
    assert 4 == len(read(page).scripts)
    assert HOSTILE in {x.category for x in embedded(page).categories}


def test_a_site_with_a_hostile_name_stays_text(tiny: Path) -> None:
    """The title escapes what it shows."""
    shown = day_figures(tiny)
    page = render(replace(shown, closing=replace(shown.closing, site=HOSTILE))).decode()
    assert 1 == page.count("<title>")
    assert 4 == len(read(page).scripts)


def test_what_was_assumed_is_on_the_page_and_in_the_journal(tmp_path: Path) -> None:
    """A day made of records says what they did not hold; the page has it from the journal alone."""
    told = (Assumption(name="life", value="2 days", why=HOSTILE),)
    day = lived(replace(small_day(visits=3), assumptions=told), tmp_path / "day")
    assert told == embedded((day / REPORT).read_text("utf-8")).assumptions
    assert "<img" not in (day / REPORT).read_text("utf-8")


def test_a_day_without_visits_has_a_page(tmp_path: Path) -> None:
    """Nobody came: the page says so, with no hour, no tenth and no door."""
    page = (lived(replace(small_day(), visits=()), tmp_path / "day") / REPORT).read_text("utf-8")
    shown = embedded(page)
    assert ((), (), ()) == (shown.hours, shown.tenths, shown.map.doors)
    assert shown.slots


def test_a_day_without_out_keeps_no_page(tmp_path: Path) -> None:
    """The page is written where the day is kept, and only there."""
    live_day(small_day(), tmp_path / "day")
    assert [CLOSING, JOURNAL] == sorted(x.name for x in (tmp_path / "day").iterdir())


@pytest.mark.parametrize("wrong", ["empty", "tampered", "there", "folder", "nowhere"])
def test_what_cannot_be_shown_is_refused(
    wrong: str, tiny: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A folder without a journal and a bad --out are bad input (2); a broken chain is a failed check (1)."""
    folder, page = tmp_path / "day", tmp_path / "page.html"
    folder.mkdir()
    lines = (tiny / JOURNAL).read_bytes().splitlines(keepends=True)
    if wrong == "tampered":
        lines[10] = lines[10].replace(b'"at_s":1', b'"at_s":2', 1)
    if wrong != "empty":
        (folder / JOURNAL).write_bytes(b"".join(lines))
    if wrong == "there":
        page.write_text("mine", "utf-8")
    if wrong == "folder":
        page.mkdir()
    if wrong == "nowhere":
        page = tmp_path / "none" / "page.html"
    monkeypatch.setattr("sys.argv", ["doorstep", "report", str(folder), "--out", str(page)])
    with pytest.raises(SystemExit) as stopped:
        main()
    assert (1 if wrong == "tampered" else 2) == stopped.value.code
    assert capsys.readouterr().err.startswith("doorstep: ")
    assert (wrong == "there") == page.is_file()


def test_streets_of_an_extract_lie_below_the_trips(tiny: Path, tmp_path: Path) -> None:
    """Each pair of neighbouring nodes is one line, whichever way it may be ridden."""
    area = tmp_path / "area.osm"
    area.write_text(
        '<osm version="0.6"><node id="1" lat="31.20" lon="121.40"/><node id="2" lat="31.21" lon="121.40"/>'
        '<node id="3" lat="31.21" lon="121.41"/><way id="9"><nd ref="1"/><nd ref="2"/><nd ref="3"/>'
        '<tag k="highway" v="residential"/></way></osm>',
        "utf-8",
    )
    done = CliRunner().invoke(app, ["report", str(tiny), "--streets", str(area), "--out", str(tmp_path / "page.html")])
    assert 0 == done.exit_code, done.output
    a, b, c = Place(31_200_000, 121_400_000), Place(31_210_000, 121_400_000), Place(31_210_000, 121_410_000)
    assert ((a, b), (b, c)) == embedded((tmp_path / "page.html").read_text("utf-8")).map.streets


def test_json_prints_the_numbers_and_writes_nothing(tiny: Path, tmp_path: Path) -> None:
    """One document on stdout: the figures of the page."""
    page = tmp_path / REPORT
    done = CliRunner().invoke(app, ["report", str(tiny), "--json", "--out", str(page)])
    assert 0 == done.exit_code
    assert embedded((tiny / REPORT).read_text("utf-8")) == msgspec_json.decode(done.stdout, type=Figures)
    assert not page.exists()


def test_every_word_is_there_in_both_languages(tiny: Path) -> None:
    """Both languages hold the same keys and places to fill, and name every indicator, law and account."""
    words = json.loads(files("doorstep.report").joinpath("words.json").read_text("utf-8"))
    for key, said in words.items():
        assert {"zh"} == set(said) if key.startswith("d.") else {"en", "zh"} == set(said), key
        holes = {name: set(re.findall(r"\{(\w+)\}", text)) for name, text in said.items()}
        assert 1 == len({frozenset(x) for x in holes.values()}), key
    shown = day_figures(tiny)
    assert set() == {f"{x}.{name}" for name in shown.closing.indicators for x in "id"} - set(words)
    assert set() == {f"law.{x}" for x in shown.closing.checks} - set(words)
    assert set() == {f"account.{x}" for x in shown.account_class} - set(words)
    own = {
        x: files("doorstep.report").joinpath(x).read_text("utf-8")
        for x in ("page.html", "page.js", "map.js", "charts.js")
    }
    said_keys = {x for text in own.values() for x in re.findall(r'say\("([\w.]+)"|data-(?:t|label)="([\w.]+)"', text)}
    assert set() == {x or y for x, y in said_keys} - set(words)


def test_every_moment_has_its_sentences(tmp_path: Path) -> None:
    """Whatever goes wrong in a bad day is told in words that exist, each once, at most ten."""
    words = json.loads(files("doorstep.report").joinpath("words.json").read_text("utf-8"))
    for seed in (1, 3):
        moments = day_figures(lived(small_day(seed, visits=120, rush=True), tmp_path / str(seed))).moments
        assert 10 == len(moments)
        assert sorted(x.at_s for x in moments) == [x.at_s for x in moments]
        assert set() == {y for x in moments for y in (f"what.{x.kind}", f"why.{x.kind}.{x.cause}")} - set(words)


@pytest.mark.check
def test_the_page_of_the_default_day_takes_two_seconds(tmp_path: Path) -> None:
    """Drawn in at most 2 s of work, and at most 3 MB."""
    live_day(neighbourhood(1), tmp_path)
    shown = day_figures(tmp_path)
    began_s = time.process_time()
    page = render(shown)
    assert time.process_time() - began_s <= 2
    assert len(page) <= 3_000_000


def test_a_journal_that_opens_no_site_is_no_day(tiny: Path) -> None:
    """Without its opening there is nothing to show."""
    closing = msgspec_json.decode((tiny / CLOSING).read_bytes(), type=Closing)
    with pytest.raises(CheckFailed, match="does not open a site"):
        figures(Gathered(), closing)


@pytest.mark.parametrize(
    ("bp", "said"), [(0, "0.0%"), (4, "0.0%"), (145, "1.5%"), (9_744, "97.4%"), (9_995, "100.0%"), (10_000, "100.0%")]
)
def test_the_summary_rounds_as_the_page_does(bp: int, said: str) -> None:
    """A half goes up: 1.45% is 1.5% in both."""
    assert said == percent(bp)
