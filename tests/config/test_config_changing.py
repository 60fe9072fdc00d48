"""One feed in feeds.yaml is moved, paused or taken out, and nothing else of the file changes."""

from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from aggregator.config import load
from aggregator.config.changing import move_feed, pause_feed, remove_feed
from aggregator.config.loading import parse
from aggregator.errors import ConfigError
from aggregator.model import FeedSource

FILE = """\
# what we read
settings:
  network: {contact: me@example.org}   # ours

feeds:
  # the first
  - url: https://one.example.org/rss   # often slow
    outlet: One
    tags: [a]

  # the second
  - {outlet: Two, url: "https://two.example.org/rss", language: de}
  -
    outlet: Three   # no colon: here
    url: https://three.example.org/rss
# the end
"""
ONE, TWO, THREE = (f"https://{name}.example.org/rss" for name in ("one", "two", "three"))


def write(folder: Path, text: str = FILE) -> Path:
    path = folder / "feeds.yaml"
    path.write_bytes(text.encode())
    return path


@pytest.mark.parametrize(
    ("url", "old", "new"),
    [
        (
            ONE,
            "https://one.example.org/rss   # often slow\n",
            "https://one.example.org/rss   # often slow\n    paused: true\n",
        ),
        (TWO, 'rss", language', 'rss", paused: true, language'),
        (
            THREE,
            "url: https://three.example.org/rss\n",
            "url: https://three.example.org/rss\n    paused: true\n",
        ),
    ],
)
def test_a_feed_is_paused_and_resumed_without_a_trace(
    url: str, old: str, new: str, tmp_path: Path
) -> None:
    path = write(tmp_path)
    assert pause_feed(path, url, paused=True).paused
    assert path.read_text() == FILE.replace(old, new)
    assert [feed.paused for feed in load(path).feeds] == [url == each for each in (ONE, TWO, THREE)]
    assert pause_feed(path, url, paused=True).paused
    assert path.read_text() == FILE.replace(old, new)
    assert not pause_feed(path, url, paused=False).paused
    in_brackets = FILE.replace(old, new.replace("paused: true", "paused: false"))
    assert path.read_text() == (in_brackets if url == TWO else FILE)


def test_what_an_operator_paused_with_a_remark_keeps_it(tmp_path: Path) -> None:
    paused = FILE.replace("    tags: [a]\n", "    paused: yes   # until May\n    tags: [a]\n")
    path = write(tmp_path, paused.replace("yes", "true"))
    pause_feed(path, ONE, paused=False)
    assert path.read_text() == paused.replace("yes", "false")
    pause_feed(path, ONE, paused=True)
    assert path.read_text() == paused.replace("yes", "true")


def test_a_feed_gets_its_new_address(tmp_path: Path) -> None:
    path = write(tmp_path)
    to = "https://new.example.org/feed?a=1,2"
    assert move_feed(path, f"{ONE}/", to) == FeedSource(to, "One", tags=("a",))
    assert path.read_text() == FILE.replace(f"url: {ONE}", f"url: {to}")
    assert move_feed(path, TWO, "https://two.example.net/").url == "https://two.example.net/"
    with pytest.raises(ConfigError, match="cannot be changed by itself"):
        move_feed(path, THREE, "https://two.example.net/")


def test_a_feed_goes_and_its_neighbours_stay(tmp_path: Path) -> None:
    path = write(tmp_path)
    assert remove_feed(path, ONE).outlet == "One"
    first = FILE.index("  - url"), FILE.index("\n  # the second")
    assert path.read_text() == FILE[: first[0]] + FILE[first[1] :]
    assert remove_feed(path, THREE).outlet == "Three"
    assert path.read_text().endswith("language: de}\n# the end\n")
    assert remove_feed(path, TWO).language == "de"
    assert load(path).feeds == ()
    with pytest.raises(ConfigError, match=r"two\.example\.org/rss is not listed"):
        remove_feed(path, TWO)


@pytest.mark.parametrize(
    "text",
    [
        f"feeds: [&a {{url: '{ONE}', outlet: One}}, {{<<: *a, url: '{TWO}'}}]\n",
        f"feeds:\n- &a\n  url: {ONE}\n  outlet: One\n- <<: *a\n  url: {TWO}\n",
        f"feeds:\n- url: |\n    {ONE}\n  outlet: One\n- <<: {{outlet: x}}\n  url: {TWO}\n",
    ],
)
def test_what_others_lean_on_is_left_to_people(text: str, tmp_path: Path) -> None:
    path = write(tmp_path, text)
    change = partial(remove_feed if "&a" in text else partial(move_feed, to=THREE), path, ONE)
    with pytest.raises(ConfigError):
        change()
    assert path.read_text() == text


sources = st.builds(
    FeedSource,
    url=st.integers(0, 10**6).map(lambda number: f"https://n{number}.example.org/rss"),
    outlet=st.sampled_from(["One", "- Two #1", "ü: x", "'"]),
    language=st.sampled_from([None, "no"]),
    tags=st.sampled_from([(), ("a, b", "#"), ("x",)]),
    paused=st.booleans(),
)


@settings(max_examples=60)
@given(
    listed=st.lists(sources, min_size=1, max_size=4, unique_by=lambda feed: feed.url),
    style=st.tuples(
        st.sampled_from([True, False, None]), st.sampled_from(["\n", "\r\n"]), st.booleans()
    ),
    which=st.integers(0, 3),
)
def test_in_any_style_just_that_feed_changes(
    tmp_path_factory: pytest.TempPathFactory,
    listed: list[FeedSource],
    style: tuple[bool | None, str, bool],
    which: int,
) -> None:
    flow, newline, bom = style
    items = [
        {name: list(each) if isinstance(each, tuple) else each for name, each in _own(feed).items()}
        for feed in listed
    ]
    text = yaml.safe_dump({"feeds": items}, default_flow_style=flow, allow_unicode=True, width=999)
    raw = f"\ufeff{text}" if bom else text
    path = tmp_path_factory.mktemp("any") / "feeds.yaml"
    path.write_bytes(raw.replace("\n", newline).encode())
    assert load(path).feeds == tuple(listed)
    chosen = listed[which % len(listed)]
    moved = replace(chosen, url="https://moved.example.org/rss")
    assert move_feed(path, chosen.url, moved.url) == moved
    turned = replace(moved, paused=not moved.paused)
    assert pause_feed(path, moved.url, paused=turned.paused) == turned
    expected = tuple(turned if each is chosen else each for each in listed)
    assert load(path).feeds == expected
    assert remove_feed(path, turned.url) == turned
    assert load(path).feeds == tuple(each for each in listed if each is not chosen)
    assert parse(path.read_bytes(), path).feeds == load(path).feeds
    assert path.read_bytes().startswith(b"\xef\xbb\xbf") == bom


def _own(feed: FeedSource) -> dict[str, object]:
    names = ("outlet", "url", "tags", "language", "paused")
    found = {name: getattr(feed, name) for name in names}
    return {name: each for name, each in found.items() if each or name in {"outlet", "url"}}
