"""An entry is new, changed or the same by its key and its words, whatever else is in the feed."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.core.changes import decide
from aggregator.core.entries import Draft, finish
from aggregator.model import Change, Entry, ParsedFeed

NOW = datetime(2026, 10, 25, 1, 30, tzinfo=UTC)
LATEST = NOW + timedelta(days=1)
DRAFT = Draft("id-1", "https://paper.example/a", "Rat beschließt Haushalt", "<p>Am Montag</p>")

moments = st.none() | st.datetimes(timezones=st.just(UTC))
entries = st.builds(
    Entry,
    st.text(max_size=2),
    st.none(),
    st.text(max_size=5),
    st.sampled_from(["h1", "h2"]),
    published_at=moments,
    updated_at=moments,
)
feeds = st.lists(entries, unique_by=lambda entry: entry.key).map(
    lambda found: ParsedFeed("Paper", "rss20", tuple(found))
)
known_hashes = st.dictionaries(st.text(max_size=2), st.sampled_from(["h1", "h2"]))


def entry(draft: Draft = DRAFT) -> Entry:
    return finish([draft], None)[0]


def change(before: Draft, after: Draft) -> Change:
    known = {found.key: found.content_hash for found in finish([before], None)}
    return decide(ParsedFeed("Paper", "rss20", finish([after], None)), known, NOW)[0].change


def _untimed(found: Entry) -> Entry:
    return replace(found, published_at=None, updated_at=None)


# --- laws --------------------------------------------------------------------------------------


@given(feeds, known_hashes)
def test_every_entry_is_decided_in_its_place(feed: ParsedFeed, known: dict[str, str]) -> None:
    found = decide(feed, known, NOW)
    assert [each.entry.key for each in found] == [each.key for each in feed.entries]
    for each in found:
        assert (each.change is Change.NEW) is (each.entry.key not in known)
        same = known.get(each.entry.key) == each.entry.content_hash
        assert (each.change is Change.SAME) is same


@given(feeds, known_hashes)
def test_what_was_decided_once_is_the_same_from_then_on(
    feed: ParsedFeed, known: dict[str, str]
) -> None:
    kept = known | {each.entry.key: each.entry.content_hash for each in decide(feed, known, NOW)}
    assert all(each.change is Change.SAME for each in decide(feed, kept, NOW))


@given(feeds)
def test_no_time_beyond_tomorrow_is_believed(feed: ParsedFeed) -> None:
    for before, after in zip(feed.entries, decide(feed, {}, NOW), strict=True):
        for name in ("published_at", "updated_at"):
            said, believed = getattr(before, name), getattr(after.entry, name)
            assert believed == (said if said is not None and said <= LATEST else None)
        assert _untimed(after.entry) == _untimed(before)


# --- cases -------------------------------------------------------------------------------------


def test_an_empty_feed_changes_nothing() -> None:
    assert decide(ParsedFeed("Paper", "rss20", ()), {"a": "h1"}, NOW) == ()


@pytest.mark.parametrize(
    "edited",
    [
        replace(DRAFT, title="Rat verwirft Haushalt"),
        replace(DRAFT, summary="<p>Am Dienstag</p>"),
        replace(DRAFT, content="<p>Der ganze Text</p>"),
        replace(DRAFT, link="https://paper.example/b"),
    ],
)
def test_an_edited_entry_is_changed_not_new(edited: Draft) -> None:
    assert change(DRAFT, edited) is Change.CHANGED


@pytest.mark.parametrize(
    "alike",
    [
        DRAFT,
        replace(DRAFT, link="https://paper.example/a?utm_source=rss#top"),
        replace(DRAFT, published_at=NOW, updated_at=NOW),
        replace(DRAFT, authors=("A. B.",), tags=("Stadt",), image="https://paper.example/a.jpg"),
    ],
)
def test_what_is_not_the_words_changes_nothing(alike: Draft) -> None:
    assert change(DRAFT, alike) is Change.SAME


def test_words_do_not_slip_from_one_field_into_another() -> None:
    assert change(Draft("1", None, "ab", "c"), Draft("1", None, "a", "bc")) is Change.CHANGED


def test_another_id_is_another_entry() -> None:
    assert change(DRAFT, replace(DRAFT, id="id-2")) is Change.NEW


def test_without_an_id_the_link_identifies() -> None:
    first = replace(DRAFT, id="")
    assert change(first, replace(first, title="Neuer Titel")) is Change.CHANGED
    assert change(first, replace(first, link="https://paper.example/b")) is Change.NEW


def test_without_id_and_link_the_words_identify() -> None:
    first = replace(DRAFT, id="", link=None)
    assert change(first, first) is Change.SAME
    assert change(first, replace(first, title="Neuer Titel")) is Change.NEW


def test_a_believed_entry_is_left_as_it_is() -> None:
    timed = replace(entry(), published_at=LATEST, updated_at=NOW)
    assert decide(ParsedFeed("Paper", "rss20", (timed,)), {}, NOW)[0].entry is timed
