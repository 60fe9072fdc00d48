"""From scores to figures and tables: means, sums, groups, halves apart."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from aggregator.errors import UsageError
from aggregator.evaluation import pages
from aggregator.evaluation.contestants import OURS
from aggregator.evaluation.corpora import Half
from aggregator.evaluation.figures import ALL, GERMAN, Figure, Kind, figures
from aggregator.evaluation.scoring import Measure, Score
from aggregator.evaluation.tables import markdown, tables

DEVELOPED, HELD_BACK = Half.DEVELOPED, Half.HELD_BACK


def scored(page: int, values: Mapping[Measure, float], **others: str) -> Score:
    half = DEVELOPED if others.get("half") == "developed" else HELD_BACK
    return Score(
        of=others.get("of", "a set"),
        page=str(page),
        site="post.example",
        half=half,
        language=others.get("language", "de"),
        contestant=others.get("contestant", OURS),
        values=values,
    )


def value(found: list[Figure], kind: Kind, group: str, half: Half = HELD_BACK) -> Figure:
    (only,) = [each for each in found if (each.kind, each.group, each.half) == (kind, group, half)]
    return only


def test_most_figures_are_means_over_the_pages_that_can_be_judged() -> None:
    values = ({Measure.F1: 1.0}, {Measure.F1: 0.5}, {Measure.TITLE: 1.0})
    found = figures([scored(number, each) for number, each in enumerate(values)])
    assert value(found, Kind.F1, ALL) == Figure(Kind.F1, ALL, HELD_BACK, OURS, 0.75, 2)
    assert value(found, Kind.TITLE, "a set").pages == 1
    assert not [each for each in found if each.kind is Kind.AUTHORS]


def test_segments_are_summed_before_they_are_divided() -> None:
    one = {Measure.KEPT: 3.0, Measure.LOST: 0.0, Measure.WRONG: 0.0}
    other = {Measure.KEPT: 0.0, Measure.LOST: 1.0, Measure.WRONG: 3.0}
    found = figures([scored(1, one), scored(2, other)])
    assert value(found, Kind.SEGMENTS_PRECISION, ALL).value == pytest.approx(0.5)
    assert value(found, Kind.SEGMENTS_RECALL, ALL).value == pytest.approx(0.75)
    assert value(found, Kind.SEGMENTS_F1, ALL).value == pytest.approx(0.6)


def test_nothing_kept_and_nothing_leaked_is_no_division_by_zero() -> None:
    nothing = {Measure.KEPT: 0.0, Measure.LOST: 2.0, Measure.WRONG: 0.0}
    assert value(figures([scored(1, nothing)]), Kind.SEGMENTS_F1, ALL).value == 0.0


def test_speed_is_pages_by_the_sum_of_seconds() -> None:
    found = figures([scored(1, {Measure.SECONDS: 0.1}), scored(2, {Measure.SECONDS: 0.3})])
    assert value(found, Kind.SPEED, ALL).value == pytest.approx(5.0)


def test_halves_stand_apart() -> None:
    found = figures([scored(1, {Measure.F1: 1.0}), scored(2, {Measure.F1: 0.0}, half="developed")])
    assert value(found, Kind.F1, ALL, HELD_BACK).value == 1.0
    assert value(found, Kind.F1, ALL, DEVELOPED).value == 0.0


def test_german_pages_of_a_set_stand_apart_where_there_are_others_too() -> None:
    mixed = [
        scored(number, {Measure.F1: 1.0}, language=code, of="mixed")
        for number, code in enumerate(["de"] * 10 + ["en"] * 10)
    ]
    german = [scored(number, {Measure.F1: 0.5}, of="german") for number in range(10)]
    found = figures([*mixed, *german])
    assert {each.group for each in found} == {ALL, GERMAN, "mixed", "german", f"mixed, {GERMAN}"}
    assert value(found, Kind.F1, f"mixed, {GERMAN}").pages == 10
    assert value(found, Kind.F1, GERMAN).value == pytest.approx(0.75)


def test_contestants_stand_side_by_side_and_gaps_are_shown() -> None:
    both = {Measure.F1: 0.9876, Measure.LANGUAGE: 1.0}
    rival = {Measure.F1: 0.5}
    scores = [scored(1, both), scored(1, rival, contestant="trafilatura")]
    shown = {table.title: table for table in tables(figures(scores))}
    words = shown["Text: words, mean over pages"]
    assert words.headers == ("", "half", "pages", OURS, "trafilatura")
    assert ("F1 of words: a set", "not developed on", "1", "0.988", "0.500") in words.rows
    assert markdown(words).startswith(f"|  | half | pages | {OURS} | trafilatura |\n| --- | --- |")


def test_tables_are_put_between_the_markers_and_nothing_else_changes(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("Before\n<!-- figures: begin -->\nold\n<!-- figures: end -->\nAfter\n", "utf-8")
    found = tables(figures([scored(1, {Measure.F1: 1.0})]))
    pages.put("figures", found, page)
    once = page.read_text("utf-8")
    assert "old" not in once
    assert once.startswith("Before\n<!--")
    assert once.endswith("-->\nAfter\n")
    assert "| F1 of words: all | not developed on | 1 | 1.000 |" in once
    pages.put("figures", found, page)
    assert page.read_text("utf-8") == once


def test_a_page_without_markers_is_refused_and_stays(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("Nothing here", "utf-8")
    with pytest.raises(UsageError, match=r"page\.md"):
        pages.put("figures", [], page)
    assert page.read_text("utf-8") == "Nothing here"
