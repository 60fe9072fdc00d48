"""feeds.yaml is read in full or refused with every error at its line."""

import os
from dataclasses import asdict, fields
from pathlib import Path
from typing import get_type_hints

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from aggregator.config import Config, DefaultPaths, default_paths, load, nodes
from aggregator.config.checks import feed_key
from aggregator.config.loading import parse
from aggregator.config.reference import SETTINGS
from aggregator.errors import ConfigError
from aggregator.model import FeedSource
from aggregator.settings import Settings

DATA = Path(__file__).parent.parent / "data" / "config"
BAD = sorted((DATA / "bad").glob("*.yaml"))


def read(text: str) -> Config:
    return parse(text.encode("utf-8"), Path("feeds.yaml"))


def outcome(raw: bytes) -> str:
    """Whether `raw` is a configuration; anything raised but ConfigError is a fault."""
    try:
        parse(raw, Path("feeds.yaml"))
    except ConfigError as error:
        return "refused" if len(error.errors) > 0 else "refused without a reason"
    return "read"


# --- what is refused -------------------------------------------------------------------------


@pytest.mark.parametrize("loader", [nodes.LOADER, yaml.SafeLoader], ids=["fast", "pure"])
@pytest.mark.parametrize("path", BAD, ids=lambda path: path.stem)
def test_a_bad_file_is_refused_with_the_expected_lines(
    path: Path, loader: type[yaml.SafeLoader], monkeypatch: pytest.MonkeyPatch
) -> None:
    """An expected line that ends in "..." leaves the rest to the YAML library's own words."""
    monkeypatch.setattr(nodes, "LOADER", loader)
    with pytest.raises(ConfigError) as caught:
        load(path)
    found = str(caught.value).replace(str(path), path.name).splitlines()
    expected = path.with_suffix(".txt").read_text(encoding="utf-8").splitlines()
    assert len(found) == len(expected)
    for line, wanted in zip(found, expected, strict=True):
        assert line.startswith(wanted[:-3]) if wanted.endswith("...") else line == wanted


def test_each_error_can_be_had_by_line() -> None:
    with pytest.raises(ConfigError) as caught:
        read("feeds:\n  - url: nowhere\n    outlet: One\n    colour: red\n")
    error = caught.value
    assert (error.path, error.line) == (Path("feeds.yaml"), 2)
    assert [line for line, _ in error.errors] == [2, 4]


@pytest.mark.parametrize(
    "address",
    [
        "https://ann:s3/cret@h.example/feed",
        "https://ann:s3#cret@h.example/feed",
        "https://ann:s3?cret@h.example/feed",
        "https://ann:s3 cret@h.example/feed",
        r"https:\\ann:s3cret@h.example/feed",
        "http:/ann:s3cret@h.example/feed",
        "ann:s3cret@h.example/feed",
        "ftp://ann:s3cret@h.example/feed",
        "https://ann:s3cret@[/h.example",
    ],
)
@pytest.mark.parametrize("item", ["{{url: '{}', outlet: A}}", "'{}'", "{{outlet: ['{}']}}"])
@pytest.mark.parametrize("place", ["feeds:\n  - {}", "settings: {}", "{}: 1"])
def test_no_login_is_told_of_an_address_that_is_none(address: str, item: str, place: str) -> None:
    with pytest.raises(ConfigError) as caught:
        read(place.format(item.format(address)))
    told = str(caught.value)
    assert "s3" not in told
    assert "cret" not in told


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    missing = tmp_path / "none.yaml"
    with pytest.raises(ConfigError, match="no such file; name one with --feeds") as caught:
        load(missing)
    assert str(caught.value).startswith(f"{missing}:")


def test_a_directory_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be read"):
        load(tmp_path)


def test_nesting_that_would_overflow_the_stack_is_an_error() -> None:
    with pytest.raises(ConfigError, match="nested too deeply"):
        read("feeds: " + "[" * 200_000)


def test_a_mapping_that_merges_itself_ends() -> None:
    with pytest.raises(ConfigError, match="'url' is missing"):
        read("feeds:\n  - &a\n    <<: *a\n    outlet: One\n")


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(raw: bytes) -> None:
    assert outcome(raw) in {"read", "refused"}


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.dates(),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(["settings", "feeds", "network", "timeout", "url", "tags", "x"]),
                inner,
                max_size=4,
            )
        ),
        max_leaves=12,
    )
)
def test_any_yaml_is_read_or_refused(value: object) -> None:
    assert outcome(yaml.safe_dump(value).encode("utf-8")) in {"read", "refused"}


# --- what is read ----------------------------------------------------------------------------


def test_the_least_file_has_all_defaults() -> None:
    config = read("feeds:\n  - {url: https://one.example.org/rss, outlet: One}\n")
    assert config.settings == Settings()
    assert config.feeds == (FeedSource("https://one.example.org/rss", "One"),)
    assert (config.warnings, config.lines) == ((), (2,))


def test_a_section_without_values_changes_nothing() -> None:
    config = read("settings:\n  network:\n    # timeout: 5\n  polling:\nfeeds: []\n")
    assert config.settings == Settings()


@pytest.mark.parametrize("text", ["feeds:\n", "feeds: []\n", "feeds: null\n"])
def test_no_feeds_is_a_warning(text: str) -> None:
    assert read(text).warnings == ("no feeds are listed: nothing will be polled",)


def test_an_outlet_in_two_spellings_is_a_warning() -> None:
    config = read(
        "feeds:\n"
        "  - {url: https://one.example.org/a, outlet: Die Zeitung}\n"
        "  - {url: https://one.example.org/b, outlet: Die-zeitung}\n"
        "  - {url: https://one.example.org/c, outlet: Die Zeitung}\n"
    )
    (warning,) = config.warnings
    assert warning == (
        "line 3: the outlet 'Die-zeitung' is spelt 'Die Zeitung' on line 2; "
        "they count as two outlets"
    )


def test_anchors_and_merge_keys_spare_repeating() -> None:
    config = read(
        "feeds:\n"
        "  - &first\n"
        "    url: https://one.example.org/a\n"
        "    outlet: &name One\n"
        "    tags: &tags [world, uk]\n"
        "  - {url: https://one.example.org/b, outlet: *name, tags: *tags}\n"
        "  - <<: *first\n"
        "    url: https://one.example.org/c\n"
        "  - <<: [{language: en, outlet: Other}, *first]\n"
        "    url: https://one.example.org/d\n"
    )
    tags = ("world", "uk")
    assert config.feeds == (
        FeedSource("https://one.example.org/a", "One", tags=tags),
        FeedSource("https://one.example.org/b", "One", tags=tags),
        FeedSource("https://one.example.org/c", "One", tags=tags),
        FeedSource("https://one.example.org/d", "Other", language="en", tags=tags),
    )


def test_windows_line_ends_and_a_byte_order_mark_do_not_matter() -> None:
    raw = b"\xef\xbb\xbffeeds:\r\n  - url: https://one.example.org/rss\r\n    outlet: \xc3\x96\r\n"
    assert parse(raw, Path("feeds.yaml")).feeds == (FeedSource("https://one.example.org/rss", "Ö"),)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("https://A.example.org/rss", "https://a.example.org/rss/", True),
        ("https://a.example.org", "HTTPS://a.example.org:443/#x", True),
        ("https://a.example.org/rss", "https://a.example.org/RSS", False),
        ("https://a.example.org/rss", "http://a.example.org/rss", False),
        ("https://a.example.org/rss?a=1", "https://a.example.org/rss/?a=1", True),
        ("https://a.example.org/rss?a=1", "https://a.example.org/rss?a=2", False),
        ("https://a.example.org:8443/", "https://a.example.org/", False),
        ("https://me:pw@a.example.org/", "https://a.example.org/", False),
    ],
)
def test_addresses_of_the_same_feed(one: str, other: str, *, same: bool) -> None:
    assert (feed_key(one) == feed_key(other)) is same


# --- the law: what is valid comes back as it was ---------------------------------------------


def numbers(label: str, kind: type) -> st.SearchStrategy[object]:
    setting = SETTINGS[label]
    assert setting.low is not None
    assert setting.high is not None
    if kind is int:
        return st.integers(int(setting.low), int(setting.high))
    return st.floats(setting.low, setting.high) | st.integers(
        int(setting.low) + 1, int(setting.high)
    ).map(float)


LANGUAGES = st.sampled_from(["de", "en", "no", "pt-BR", "gsw", "zh-Hant"])
NAMES = st.text(min_size=1, max_size=12).filter(lambda s: s.isprintable() and s == s.strip())


TEXTS: dict[str, st.SearchStrategy[object]] = {
    "network.contact": st.sampled_from(["", "desk@example.org", "no", "12", "#x: y"]),
    "network.allow_addresses": st.lists(
        st.sampled_from(["10.1.0.0/16", "127.0.0.1", "fd00::/8"]), max_size=3
    ),
    "network.allow_ports": st.lists(st.integers(1, 65_535), max_size=3),
    "extraction.site_config_folder": st.sampled_from(["", ".", "tests"]),
    "extraction.languages": st.lists(LANGUAGES, max_size=3),
    "clustering.across_languages": st.booleans(),
    "desk.images": st.booleans(),
    "websub.callback": st.sampled_from(["", "https://news.example.org/websub"]),
    "websub.listen": st.sampled_from(["127.0.0.1:8710", "0.0.0.0:80"]),
}


def sections(section: str, template: object) -> st.SearchStrategy[dict[str, object]]:
    """Dictionaries of valid settings of one section; any of them may be left out."""
    strategies: dict[str, st.SearchStrategy[object]] = {}
    for name, kind in get_type_hints(type(template)).items():
        if kind in {int, float}:
            strategies[name] = numbers(f"{section}.{name}", kind)
        else:
            strategies[name] = TEXTS[f"{section}.{name}"]
    return st.fixed_dictionaries({}, optional=strategies)


def in_order(settings: dict[str, dict[str, object]]) -> dict[str, dict[str, object]]:
    """The polling intervals sorted, all three given, as they depend on each other."""
    names = ("min_interval", "interval", "max_interval")
    defaults = asdict(Settings().polling)
    polling = settings.get("polling", {})
    if set(names) & set(polling):
        values = sorted(float(str(polling.get(name, defaults[name]))) for name in names)
        settings["polling"] = {**polling, **dict(zip(names, values, strict=True))}
    return settings


SETTINGS_DICTS = st.fixed_dictionaries(
    {},
    optional={
        item.name: sections(item.name, getattr(Settings(), item.name)) for item in fields(Settings)
    },
).map(in_order)

FEEDS = st.lists(
    st.builds(
        FeedSource,
        url=st.integers(0, 10**6).map(lambda n: f"https://{n % 7}.example.org/{n}?a=b,c&d={{e}}"),
        outlet=NAMES,
        language=st.none() | LANGUAGES,
        tags=st.lists(NAMES, max_size=3).map(tuple),
        text=st.sampled_from(["auto", "page", "feed"]),
    ),
    max_size=5,
    unique_by=lambda feed: feed.url,
)


@given(SETTINGS_DICTS, FEEDS, st.booleans())
def test_what_is_valid_round_trips(
    settings: dict[str, dict[str, object]],
    feeds: list[FeedSource],
    flow: bool,
) -> None:
    document = {
        "settings": settings,
        "feeds": [{**asdict(feed), "tags": list(feed.tags)} for feed in feeds],
    }
    config = read(yaml.safe_dump(document, allow_unicode=True, default_flow_style=flow))
    assert config.feeds == tuple(feeds)
    for section in fields(Settings):
        given_values = settings.get(section.name, {})
        for name, value in asdict(getattr(config.settings, section.name)).items():
            default = getattr(getattr(Settings(), section.name), name)
            wanted = given_values.get(name, default)
            assert value == (tuple(wanted) if isinstance(wanted, list) else wanted)
            assert type(value) is type(default)


# --- paths -----------------------------------------------------------------------------------


def test_paths_come_from_the_environment_or_lie_here() -> None:
    here = DefaultPaths(Path("feeds.yaml"), Path("news.db"), Path("../shared/corpora"))
    assert default_paths({}) == here
    assert default_paths({"AGGREGATOR_FEEDS": "", "AGGREGATOR_DB": ""}) == here
    given = {
        "AGGREGATOR_FEEDS": "/etc/f.yaml",
        "AGGREGATOR_DB": "~/n.db",
        "AGGREGATOR_CORPORA": "/srv/data",
    }
    assert default_paths(given) == (
        DefaultPaths(Path("/etc/f.yaml"), Path.home() / "n.db", Path("/srv/data"))
    )


def test_the_environment_of_the_process_is_the_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(os.environ, "AGGREGATOR_DB", "elsewhere.db")
    assert default_paths().db == Path("elsewhere.db")
