"""An entry is new, changed or the same by its key and its words, whatever else is in the feed."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.core.changes import decide, strangers
from aggregator.core.entries import Draft, finish
from aggregator.core.polling import churned
from aggregator.model import Change, Entry, EntryChange, ParsedFeed

NOW = datetime(2026, 10, 25, 1, 30, tzinfo=UTC)
LATEST = NOW + timedelta(days=1)
DRAFT = Draft("id-1", "https://paper.example/a", "Rat beschließt Haushalt", "<p>Am Montag</p>")

LINKS = ("https://paper.example/a", "https://paper.example/b")
moments = st.none() | st.datetimes(timezones=st.just(UTC))
entries = st.builds(
    Entry,
    st.text(max_size=2),
    st.none(),
    st.text(max_size=5),
    st.sampled_from(["h1", "h2"]),
    published_at=moments,
    updated_at=moments,
    canonical_link=st.none() | st.sampled_from(LINKS),
)
feeds = st.lists(entries, unique_by=lambda entry: entry.key).map(
    lambda found: ParsedFeed("Paper", "rss20", tuple(found))
)
known_hashes = st.dictionaries(st.text(max_size=2), st.sampled_from(["h1", "h2"]))
links_on_file = st.dictionaries(st.sampled_from(LINKS), st.text(max_size=2))


def entry(draft: Draft = DRAFT) -> Entry:
    return finish([draft], None)[0]


def change(before: Draft, after: Draft) -> Change:
    known = {found.key: found.content_hash for found in finish([before], None)}
    return decide(ParsedFeed("Paper", "rss20", finish([after], None)), known, NOW)[0].change


def _untimed(found: Entry) -> Entry:
    return replace(found, published_at=None, updated_at=None)


# --- laws --------------------------------------------------------------------------------------


@given(feeds, known_hashes, links_on_file)
def test_every_entry_is_decided_in_its_place(
    feed: ParsedFeed, known: dict[str, str], links: dict[str, str]
) -> None:
    by_link = {link: key for link, key in links.items() if key in known}
    wanted = {link: key for link, key in by_link.items() if link in strangers(feed, known)}
    found = decide(feed, known, NOW, by_link=wanted)
    assert len({each.entry.key for each in found}) == len(found) or len({*wanted.values()}) == 1
    present = {entry.key for entry in feed.entries}
    for each, before in zip(found, feed.entries, strict=True):
        assert each.renamed is (each.entry.key != before.key)
        assert not each.renamed or (before.key not in known and each.entry.key not in present)
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


def test_without_id_and_link_a_text_identifies_whatever_its_headline() -> None:
    text = "<p>Am Montag hat der Rat der Stadt den Haushalt beschlossen.</p>"
    first = Draft("", None, "Rat beschließt", text)
    assert change(first, replace(first, title="Rat beschließt Haushalt")) is Change.CHANGED
    assert change(first, replace(first, summary=text * 2)) is Change.NEW


def test_a_session_in_a_link_changes_nothing_where_an_id_tells_the_entry() -> None:
    first = replace(DRAFT, link="https://paper.example/a?session=4711")
    assert change(first, replace(first, link="https://paper.example/a?session=4712")) is Change.SAME
    assert change(first, replace(first, link="https://paper.example/b")) is Change.CHANGED


def test_without_id_and_link_the_words_identify() -> None:
    first = replace(DRAFT, id="", link=None)
    assert change(first, first) is Change.SAME
    assert change(first, replace(first, title="Neuer Titel")) is Change.NEW


def test_a_believed_entry_is_left_as_it_is() -> None:
    timed = replace(entry(), published_at=LATEST, updated_at=NOW)
    assert decide(ParsedFeed("Paper", "rss20", (timed,)), {}, NOW)[0].entry is timed


# --- ids that change ---------------------------------------------------------------------------


def again(before: list[Draft], after: list[Draft]) -> tuple[EntryChange, ...]:
    """Decide of a feed whose earlier state is on file, as a run does."""
    kept = finish(before, None)
    parsed = ParsedFeed("Paper", "rss20", finish(after, None))
    known = {each.key: each.content_hash for each in kept}
    on_file = {each.canonical_link: each.key for each in kept if each.canonical_link}
    by_link = {link: on_file[link] for link in strangers(parsed, known) if link in on_file}
    return decide(parsed, known, NOW, by_link=by_link)


def test_another_id_at_the_same_link_is_the_same_entry() -> None:
    (same,) = again([DRAFT], [replace(DRAFT, id="id-2", link=f"{DRAFT.link}?utm_id=7")])
    assert (same.change, same.renamed, same.entry.key) == (Change.SAME, True, "id-1")
    (changed,) = again([DRAFT], [replace(DRAFT, id="id-2", title="Rat verwirft Haushalt")])
    assert (changed.change, changed.renamed, changed.entry.key) == (Change.CHANGED, True, "id-1")


def test_a_second_entry_at_the_same_link_is_new() -> None:
    ticker = [replace(DRAFT, id=str(number), title=f"{number} Uhr") for number in range(4)]
    found = again(ticker[:3], ticker[1:])
    assert [each.change for each in found] == [Change.SAME, Change.SAME, Change.NEW]
    beside = again([DRAFT], [DRAFT, replace(DRAFT, id="id-2", title="Kommentar")])
    assert [each.change for each in beside] == [Change.SAME, Change.NEW]


def test_without_links_the_same_words_under_another_id_are_the_same_entry() -> None:
    first = replace(DRAFT, link=None)
    (same,) = again([first], [replace(first, id="id-2")])
    assert (same.change, same.entry.key) == (Change.SAME, "id-1")
    (new,) = again([first], [replace(first, id="id-2", title="Ein anderer Titel")])
    assert (new.change, new.renamed) == (Change.NEW, False)


def test_an_id_that_comes_to_be_shared_keeps_who_had_it() -> None:
    other = replace(DRAFT, link="https://paper.example/b", title="Etwas anderes")
    alone_then_shared = again([DRAFT], [other, DRAFT])
    assert [each.change for each in alone_then_shared] == [Change.NEW, Change.SAME]
    shared_then_alone = again([DRAFT, other], [DRAFT])
    assert [each.change for each in shared_then_alone] == [Change.SAME]


def test_a_feed_whose_ids_change_is_known_for_it() -> None:
    drafts = [replace(DRAFT, id=f"a{n}", link=f"https://paper.example/{n}") for n in range(4)]
    renamed = [replace(draft, id=f"b{draft.id}") for draft in drafts]
    fresh = replace(DRAFT, id="new", link="https://paper.example/new")
    assert churned(again(drafts, [fresh, *renamed]))
    assert not churned(again(drafts, [fresh, *drafts[1:], renamed[0]]))
    assert not churned(again(drafts, [fresh]))
    assert not churned(again([], []))
