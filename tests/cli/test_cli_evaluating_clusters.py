"""`aggregator evaluate clustering` on a tiny data set of our own, in a real worker process."""

import gzip
import json
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

import pytest
from click.testing import Result

Call = Callable[..., Result]
OURS = ("evaluate", "clustering", "--only-ours", "--processes", "1")

BRIDGE = "A freighter has rammed a pillar of the Elbe bridge near Geesthacht, police said Monday."
STRIKE = "Train drivers walked out for the third time this month in a dispute over night shifts."


def lines(rows: list[dict[str, object]]) -> bytes:
    return gzip.compress("".join(f"{json.dumps(row)}\n" for row in rows).encode(), mtime=0)


@pytest.fixture
def corpora(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a tiny set alone: two events, of which each is in one half."""
    folder = tmp_path / "corpora" / "clustering"
    folder.mkdir(parents=True)
    monkeypatch.setenv("AGGREGATOR_CORPORA", str(folder.parent))
    rows: list[dict[str, object]] = [
        {
            "id": f"{event}{n}",
            "title": f"{title} ({n})",
            "text": text,
            "lang": "en",
            "cluster": event,
        }
        for event, title, text in (
            ("event_0", "Freighter rams Elbe bridge", BRIDGE),
            ("event_1", "Train drivers strike over night shifts", STRIKE),
        )
        for n in range(3)
    ]
    (folder / "newswcl50.jsonl.gz").write_bytes(lines(rows))
    return folder


@pytest.mark.usefixtures("corpora")
def test_the_tables_show_each_half_and_both(call: Call) -> None:
    done = call(*OURS)
    assert done.exit_code == 0, done.output
    rows = [" ".join(line.split()) for line in done.stdout.splitlines()]
    assert "Stories" in rows
    whole = " ".join(["1.000"] * 7)
    assert f"newswcl50 both halves 6 aggregator {whole}" in rows


@pytest.mark.usefixtures("corpora")
def test_json_has_the_figures_and_the_digests(call: Call) -> None:
    found = json.loads(call(*OURS, "--json").stdout)
    assert set(found["sets"]) == {"newswcl50"}
    figures = {
        (each["kind"], each["half"]): (each["value"], each["pages"]) for each in found["figures"]
    }
    assert figures["stories: BCubed F1", "both halves"] == (1.0, 6)


@pytest.mark.usefixtures("corpora")
def test_floors_are_raised_on_demand_and_hold_from_then_on(call: Call) -> None:
    path = Path("floors.json")
    assert call(*OURS, "--floors", str(path), "--raise-floors").exit_code == 0
    assert call(*OURS, "--floors", str(path)).exit_code == 0
    kept = json.loads(path.read_text())
    kept["floors"]["stories: ARI"]["newswcl50"]["both halves"] = 1.1
    path.write_text(json.dumps(kept))
    fallen = call(*OURS, "--floors", str(path))
    assert fallen.exit_code == 1
    assert "stories: ARI: newswcl50 (both halves) is 1.0000" in fallen.stderr


@pytest.mark.usefixtures("corpora")
def test_a_set_that_is_not_there_is_refused(call: Call) -> None:
    assert "no data set other" in call(*OURS, "--set", "other").stderr
    assert "no data set ecbplus in" in call(*OURS, "--set", "ecbplus").stderr
    assert call(*OURS, "--raise-floors").exit_code == 2


@pytest.mark.usefixtures("corpora")
def test_the_usual_ways_stand_beside_us_at_their_best(call: Call) -> None:
    found = json.loads(call(*OURS[:2], "--json", "--processes", "1").stdout)
    best = {
        each["contestant"]: each["value"]
        for each in found["figures"]
        if (each["kind"], each["half"]) == ("stories: BCubed F1", "both halves")
    }
    assert best["TF-IDF, single pass"] == 1.0
    (curve,) = [
        each
        for each in found["curves"]
        if (each["contestant"], each["half"]) == ("TF-IDF, single pass", "both halves")
    ]
    assert curve["level"] == "stories"
    precision, recall = curve["points"][str(curve["best"])]
    assert precision == recall == 1.0


@pytest.mark.usefixtures("corpora")
def test_mistakes_are_shown_on_demand(call: Call) -> None:
    assert "Mistakes, worst first" not in call(*OURS).stdout
    assert "Mistakes, worst first" in call(*OURS, "--errors", "3").stdout


@pytest.mark.usefixtures("corpora")
def test_a_picture_is_drawn_and_a_page_filled(call: Call) -> None:
    if find_spec("matplotlib") is None:
        pytest.skip("matplotlib is not installed: it comes with aggregator[evaluate]")
    page = Path("page.md")
    page.write_text("<!-- clustering: begin -->\n<!-- clustering: end -->\n")
    done = call(*OURS[:2], "--picture", "picture.svg", "--page", str(page))
    assert done.exit_code == 0, done.output
    assert Path("picture.svg").read_text().startswith("<?xml")
    assert "| newswcl50 | both halves | 6 | aggregator |" in page.read_text()


def test_without_data_sets_it_says_where_they_belong(
    call: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AGGREGATOR_CORPORA", str(tmp_path / "nowhere"))
    done = call(*OURS)
    assert done.exit_code == 1
    assert "set AGGREGATOR_CORPORA" in done.stderr
