"""`aggregator evaluate` on a tiny data set of our own, in real worker processes."""

import json
import zipfile
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

import pytest
from click.testing import Result

from tests.support.evaluation import DATA, NAME, PAGES, tiny

Call = Callable[..., Result]
OURS = ("evaluate", "extraction", "--only-ours", "--processes", "1")


@pytest.fixture
def corpora(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the tiny set alone."""
    folder = tmp_path / "corpora"
    monkeypatch.setenv("AGGREGATOR_CORPORA", str(folder))
    tiny(folder)
    return folder


@pytest.mark.usefixtures("corpora")
def test_the_tables_show_words_lines_metadata_and_speed(call: Call) -> None:
    done = call(*OURS)
    assert done.exit_code == 0, done.output
    rows = [" ".join(line.split()) for line in done.stdout.splitlines()]
    assert f"F1 of words: {NAME} not developed on 2 1.000" in rows
    assert "leaked lines per page: German developed on 1 0.00" in rows
    assert "title exact: all developed on 2 1.000" in rows
    assert any(row.startswith("pages per CPU second: all") for row in rows)


@pytest.mark.usefixtures("corpora")
def test_json_has_the_figures_and_the_digests(call: Call) -> None:
    found = json.loads(call(*OURS, "--json").stdout)
    assert set(found["sets"]) == {NAME}
    assert len(found["sets"][NAME]) == 64
    (leads,) = [
        each
        for each in found["figures"]
        if each["kind"] == "leads found"
        and (each["group"], each["half"]) == ("all", "not developed on")
    ]
    assert (leads["value"], leads["pages"], leads["contestant"]) == (1.0, PAGES / 2, "aggregator")
    assert found["without_text"] == []


@pytest.mark.usefixtures("corpora")
def test_the_library_alone_stands_beside_us(call: Call) -> None:
    done = call("evaluate", "extraction", "--json", "--processes", "1")
    found = json.loads(done.stdout)
    assert {"aggregator", "trafilatura", "trafilatura precision"} <= {
        each["contestant"] for each in found["figures"]
    }
    if find_spec("readability") is None:
        assert "not installed, left out: readability-lxml" in done.stderr


@pytest.mark.usefixtures("corpora")
def test_floors_are_raised_on_demand_and_hold_from_then_on(call: Call) -> None:
    path = Path("floors.json")
    done = call(*OURS, "--floors", str(path), "--raise-floors")
    assert done.exit_code == 0, done.output
    assert "raised in floors.json" in done.stderr
    before = path.read_text()
    assert call(*OURS, "--floors", str(path)).exit_code == 0
    kept = json.loads(before)
    kept["floors"]["F1 of words"][NAME]["developed on"] = 1.1
    path.write_text(json.dumps(kept))
    fallen = call(*OURS, "--floors", str(path))
    assert fallen.exit_code == 1
    assert f"F1 of words: {NAME} (developed on) is 1.0000, its floor is 1.1000" in fallen.stderr
    assert json.loads(path.read_text()) == kept, "nothing is lowered by itself"
    assert call(*OURS, "--floors", str(path), "--raise-floors").exit_code == 1
    assert json.loads(path.read_text()) == kept, "nor where floors are raised"


def test_floors_of_other_data_fail(call: Call, corpora: Path) -> None:
    assert call(*OURS, "--floors", "floors.json", "--raise-floors").exit_code == 0
    with (corpora / "extraction" / f"{NAME}.zip").open("ab") as changed:
        changed.write(b"\n")
    done = call(*OURS, "--floors", "floors.json", "--raise-floors")
    assert done.exit_code == 1
    assert f"the set {NAME} is not the one its floors are of" in done.stderr


def test_without_data_sets_it_says_where_they_belong(
    call: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AGGREGATOR_CORPORA", str(tmp_path / "nowhere"))
    done = call(*OURS)
    assert done.exit_code == 1
    assert "set AGGREGATOR_CORPORA" in done.stderr


@pytest.mark.usefixtures("corpora")
def test_an_unknown_set_and_half_an_order_are_refused(call: Call) -> None:
    done = call(*OURS, "--set", "other")
    assert done.exit_code == 1
    assert f"there are {NAME}" in done.stderr
    assert call(*OURS, "--raise-floors").exit_code == 2


@pytest.mark.usefixtures("corpora")
def test_a_picture_is_drawn_and_a_page_filled(call: Call) -> None:
    if find_spec("matplotlib") is None:
        pytest.skip("matplotlib is not installed: it comes with aggregator[evaluate]")
    page = Path("page.md")
    page.write_text("<!-- figures: begin -->\n<!-- figures: end -->\n")
    done = call(*OURS, "--picture", "picture.svg", "--page", str(page))
    assert done.exit_code == 0, done.output
    assert Path("picture.svg").read_text().startswith("<?xml")
    assert f"| F1 of words: {NAME} |" in page.read_text()


def test_learning_is_shown_by_site_and_in_all(call: Call, corpora: Path) -> None:
    assert call("evaluate", "learning").exit_code == 0, "four sites with a page each are too few"
    rows = [json.loads(line) for line in (DATA / "gt.jsonl").read_text("utf-8").splitlines()]
    moved = [{**row, "url": f"https://post.example/{row['id']}"} for row in rows]
    copies = [{**row, "id": f"{row['id']}-2", "url": row["url"] + "-2"} for row in moved]
    with zipfile.ZipFile(corpora / "extraction" / f"{NAME}.zip", "w") as made:
        made.writestr("gt.jsonl", "\n".join(json.dumps(row) for row in (*moved, *copies)))
        for row in (*moved, *copies):
            page = row["id"].removesuffix("-2")
            made.writestr(f"html/{row['id']}.html", (DATA / f"html/{page}.html").read_bytes())
    done = call("evaluate", "learning")
    assert done.exit_code == 0, done.output
    shown = [" ".join(line.split()) for line in done.stdout.splitlines()]
    ours = "aggregator without phrase rules"
    assert any(line.startswith(f"{ours} post.example developed on 8") for line in shown)
    assert any(line.startswith(f"{ours} all developed on 8") for line in shown)
    sites = json.loads(call("evaluate", "learning", "--json").stdout)["sites"]
    assert {each["site"] for each in sites} == {"post.example"}
