"""A feed is added to feeds.yaml without another byte of it changing."""

import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.config import load
from aggregator.config.adding import add_feeds
from aggregator.config.replacing import put
from aggregator.errors import ConfigError
from aggregator.model import FeedSource

NEW = FeedSource("https://new.example.org/rss?a=1,2", "Neu: #1", language="no", tags=("a b", "12"))
PLAIN = FeedSource("https://new.example.org/rss", "New")
OTHER = FeedSource("https://other.example.org/rss", "Other", "de", ("a",))

DATA = Path(__file__).parent.parent / "data" / "config" / "add"
STYLES = [path for path in sorted(DATA.glob("*.yaml")) if ".expected" not in path.name]

ENTRY = """\
  - url: https://one.example.org/rss
    outlet: One
"""


def write(folder: Path, text: str) -> Path:
    path = folder / "feeds.yaml"
    path.write_bytes(text.encode("utf-8"))
    return path


def added(path: Path, source: FeedSource) -> str:
    """What was inserted, after checking that nothing else changed and the feed is there, last."""
    before, feeds, settings = path.read_bytes(), load(path).feeds, load(path).settings
    add_feeds(path, [source])
    after = path.read_bytes()
    assert (load(path).feeds, load(path).settings) == ((*feeds, source), settings)
    start = next((n for n, byte in enumerate(before) if after[n] != byte), len(before))
    length = len(after) - len(before)
    assert after[:start] + after[start + length :] == before
    return after[start : start + length].decode("utf-8")


def test_the_file_that_ships_takes_a_feed(tmp_path: Path) -> None:
    shipped = (Path(__file__).parent.parent.parent / "feeds.yaml").read_text(encoding="utf-8")
    path = write(tmp_path, shipped)
    assert added(path, NEW) == (
        "  - url: https://new.example.org/rss?a=1,2\n"
        "    outlet: 'Neu: #1'\n"
        "    language: 'no'\n"
        "    tags: [a b, '12']\n"
    )


@pytest.mark.parametrize("before", STYLES, ids=lambda path: path.stem)
def test_the_style_of_the_list_is_kept(before: Path, tmp_path: Path) -> None:
    path = write(tmp_path, before.read_bytes().decode("utf-8"))
    add_feeds(path, [PLAIN])
    assert path.read_bytes() == before.with_suffix(".expected.yaml").read_bytes()


@pytest.mark.parametrize("before", STYLES, ids=lambda path: path.stem)
def test_feeds_added_at_once_are_as_if_one_by_one(before: Path, tmp_path: Path) -> None:
    one_by_one = tmp_path / "one_by_one.yaml"
    one_by_one.write_bytes(before.read_bytes())
    path = write(tmp_path, before.read_bytes().decode("utf-8"))
    add_feeds(one_by_one, [PLAIN])
    add_feeds(one_by_one, [OTHER])
    add_feeds(path, [PLAIN, OTHER])
    assert load(path).feeds == load(one_by_one).feeds
    # Whether blank lines part the items can be told from two of them only.
    assert path.read_bytes().split() == one_by_one.read_bytes().split()


def test_nothing_to_add_changes_nothing(tmp_path: Path) -> None:
    path = write(tmp_path, "feeds: []\n")
    before = path.stat()
    add_feeds(path, [])
    assert path.stat() == before


def test_one_feed_twice_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path, "feeds: []\n")
    with pytest.raises(ConfigError, match="added twice"):
        add_feeds(path, [PLAIN, FeedSource(PLAIN.url + "/", "Again")])
    assert path.read_bytes() == b"feeds: []\n"


@given(
    items=st.lists(
        st.sampled_from(["a", "ä", "# no", "1"]).map(lambda word: f"outlet: '{word}'"), max_size=3
    ),
    indent=st.integers(0, 4),
    gap=st.integers(1, 3),
    between=st.sampled_from(["", "\n", "# é\n", "\n  # x\n"]),
    behind=st.sampled_from(["", "\n\n", "# end\n", "settings: {network: {timeout: 5}}\n", "...\n"]),
    newline=st.sampled_from(["\n", "\r\n"]),
    source=st.sampled_from([NEW, PLAIN]),
)
def test_every_byte_stays(  # noqa: PLR0913 - the ways a file can be written
    tmp_path_factory: pytest.TempPathFactory,
    *,
    items: list[str],
    indent: int,
    gap: int,
    between: str,
    behind: str,
    newline: str,
    source: FeedSource,
) -> None:
    dash, margin = " " * indent + "-" + " " * gap, " " * (indent + 1 + gap)
    entries = [
        f"{dash}url: https://{number}.example.org/rss\n{margin}{item}\n"
        for number, item in enumerate(items)
    ]
    text = "# ü\nfeeds:\n" + between.join(entries) + behind
    path = write(tmp_path_factory.mktemp("add"), text.replace("\n", newline))
    new = added(path, source)
    assert new.count("\n") == new.count(newline) or newline == "\n"


def test_a_second_feed_finds_the_first(tmp_path: Path) -> None:
    path = write(tmp_path, "feeds:\n")
    add_feeds(path, [PLAIN])
    add_feeds(path, [NEW])
    assert load(path).feeds == (PLAIN, NEW)


# --- what is refused -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "source", "reason"),
    [
        (f"feeds:\n{ENTRY}", FeedSource("https://One.example.org/rss/", "X"), ":2: the feed"),
        (f"feeds:\n{ENTRY}", FeedSource("nowhere", "X"), "does not begin with http"),
        (f"feeds:\n{ENTRY}", FeedSource("https://a.example.org/\udc80", "X"), "was not added"),
        (f"feeds:\n{ENTRY}", FeedSource("https://a.example.org/", ""), "must not be empty"),
        (f"feeds:\n{ENTRY}", FeedSource("https://a.example.org/", "A", "german"), "language code"),
        (f"feeds:\n{ENTRY}    colour: red\n", PLAIN, "unknown key 'colour'"),
        ("feeds: null\n", PLAIN, "add this by hand"),
        ("{feeds: , settings: {}}\n", PLAIN, "add this by hand"),
        ("settings: {}\n<<: {feeds: []}\n", PLAIN, "add this by hand"),
    ],
)
def test_what_cannot_be_added_leaves_the_file_alone(
    text: str, source: FeedSource, reason: str, tmp_path: Path
) -> None:
    path = write(tmp_path, text)
    with pytest.raises(ConfigError) as caught:
        add_feeds(path, [source])
    assert reason in str(caught.value)
    assert path.read_bytes() == text.encode("utf-8")
    assert list(tmp_path.iterdir()) == [path]


def test_a_file_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="no such file"):
        add_feeds(tmp_path / "feeds.yaml", [PLAIN])


def test_a_file_that_somebody_changed_meanwhile_is_left_alone(tmp_path: Path) -> None:
    path = write(tmp_path, "feeds: []\n")
    with pytest.raises(ConfigError, match="changed by somebody else"):
        put(path, b"feeds:\n", b"feeds: [new]\n")
    assert path.read_bytes() == b"feeds: []\n"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("name", ["gone.yaml", "gone/feeds.yaml"])
def test_a_file_that_went_away_cannot_be_written(name: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be written: No such file"):
        put(tmp_path / name, b"", b"feeds: []\n")
    assert list(tmp_path.iterdir()) == []


def test_a_link_and_the_permissions_stay(tmp_path: Path) -> None:
    path = write(tmp_path, f"feeds:\n{ENTRY}")
    path.chmod(0o640)
    link = tmp_path / "link.yaml"
    link.symlink_to(path)
    add_feeds(link, [PLAIN])
    assert link.is_symlink()
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    assert load(path).feeds[-1] == PLAIN
