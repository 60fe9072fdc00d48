"""Progress: bars on a terminal, about ten lines a step elsewhere, or nothing."""

import io

import pytest

from aggregator.cli.progress import listener, steps
from aggregator.pipeline.events import ArticleDone, BatchDone, Event, FeedPolled, StepBegun

EVENTS: tuple[Event, ...] = (
    StepBegun("poll", 2),
    FeedPolled("https://a.example", "[bold]A", "changed"),
    FeedPolled("https://b.example", "B", "failed", detail="\x1b[2J"),
    StepBegun("pages", 200),
    *(ArticleDone("https://a.example/1", "A", "stored", n) for n in range(200)),
    StepBegun("cluster", 200),
    BatchDone(150),
    BatchDone(50),
)


class Terminal(io.StringIO):
    """A stream that says that it is a terminal."""

    def isatty(self) -> bool:
        return True


def watched(stream: io.StringIO, *, plain: bool) -> str:
    with steps(stream, plain=plain) as shown:
        listen = listener(shown)
        for event in EVENTS:
            listen(event)
    return stream.getvalue()


def test_plain_lines() -> None:
    lines = watched(io.StringIO(), plain=True).splitlines()
    assert lines[:4] == [
        "Polling feeds: 2 to do",
        "Polling feeds: 1 of 2",
        "Polling feeds: 2 of 2",
        "Fetching articles: 200 to do",
    ]
    assert len([line for line in lines if line.startswith("Fetching")]) == 11
    assert lines[-1] == "Finding copies and stories: 200 of 200"


def test_steps_overlap_and_go_on() -> None:
    stream = io.StringIO()
    with steps(stream, plain=True) as shown:
        listen = listener(shown)
        for event in (
            StepBegun("poll", 2), EVENTS[1], StepBegun("pages", 1),
            ArticleDone("https://a.example/1", "A", "stored", 1), EVENTS[2], StepBegun("pages", 2),
            *(ArticleDone("https://a.example/1", "A", "stored", n) for n in (2, 3)),
        ):  # fmt: skip
            listen(event)
    assert stream.getvalue().splitlines() == [
        "Polling feeds: 2 to do", "Polling feeds: 1 of 2",
        "Fetching articles: 1 to do", "Fetching articles: 1 of 1",
        "Polling feeds: 2 of 2",
        "Fetching articles: 2 to do", "Fetching articles: 2 of 3", "Fetching articles: 3 of 3",
    ]  # fmt: skip


def test_nothing_where_a_program_reads() -> None:
    assert watched(io.StringIO(), plain=False) == ""


def test_bars_on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    shown = watched(Terminal(), plain=False)
    assert "Fetching articles" in shown
    assert "200/200" in shown
    assert "example" not in shown, "text from outside is in no bar"


def test_a_step_with_nothing_to_do_is_not_shown() -> None:
    for stream, plain in ((io.StringIO(), True), (Terminal(), False)):
        with steps(stream, plain=plain) as shown:
            shown.begin("Idle", 0)
            shown.advance("Idle")
        assert "Idle" not in stream.getvalue()
