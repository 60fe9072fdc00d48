"""Hits are counted by each dimension among what fits the others, and put together by story."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from aggregator.core.faceting import SPANS, Brief, Chosen, Facet, facets, groups, pieces

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
briefs = st.lists(
    st.builds(
        Brief,
        id=st.integers(1, 10**6),
        story_id=st.sampled_from([None, 1, 2, 3]),
        at=st.integers(0, 2000).map(lambda hours: NOW - timedelta(hours=hours)),
        outlet=st.sampled_from(["Post", "Herald", "Bote"]),
        language=st.sampled_from([None, "de", "de-AT", "en"]),
        tags=st.sampled_from([(), ("a",), ("a", "b")]),
    ),
    max_size=30,
    unique_by=lambda brief: brief.id,
)
choices = st.builds(
    Chosen,
    since=st.sampled_from([None, *SPANS]),
    language=st.sampled_from([None, "de", "en"]),
    outlet=st.sampled_from([None, "post", "Herald"]),
    tag=st.sampled_from([None, "a", "c"]),
)


def fits(brief: Brief, chosen: Chosen) -> bool:
    return (
        (chosen.since is None or brief.at >= NOW - SPANS[chosen.since])
        and (chosen.outlet is None or brief.outlet.lower() == chosen.outlet.lower())
        and (chosen.tag is None or chosen.tag in brief.tags)
        and (chosen.language is None or (brief.language or "").partition("-")[0] == chosen.language)
    )


@given(briefs, choices)
def test_a_count_is_how_many_hits_choosing_it_would_leave(
    found: list[Brief], chosen: Chosen
) -> None:
    for dimension, values in facets(found, chosen, NOW).items():
        for facet in values:
            would = replace(chosen, **{dimension: facet.value})
            assert facet.count == sum(fits(brief, would) for brief in found)
        wanted = chosen.value(dimension)
        assert (wanted is not None) == any(facet.chosen for facet in values)


def test_those_with_most_hits_come_first_and_spans_by_their_length() -> None:
    found = [
        Brief(1, None, NOW - timedelta(hours=30), "Post", "de-AT"),
        Brief(2, None, NOW - timedelta(minutes=3), "Herald", "de"),
        Brief(3, None, NOW - timedelta(days=90), "Herald", "en"),
    ]
    counted = facets(found, Chosen(), NOW, most=1)
    assert counted["outlet"] == (Facet("outlet", "Herald", 2, chosen=False),)
    assert counted["language"] == (Facet("language", "de", 2, chosen=False),)
    spans = [(each.value, each.count) for each in counted["since"]]
    assert spans == [("hour", 1), ("day", 1), ("week", 2), ("month", 2)]


@given(briefs)
def test_groups_part_the_hits_and_keep_their_order(found: list[Brief]) -> None:
    put = groups(found)
    assert sorted(each for group in put for each in group.ids) == sorted(
        brief.id for brief in found
    )
    order = {brief.id: number for number, brief in enumerate(found)}
    for group in put:
        assert list(group.ids) == sorted(group.ids, key=lambda each: order[each])
        stories = {brief.story_id for brief in found if brief.id in group.ids}
        assert stories == {group.story_id}
        assert group.story_id is not None or len(group.ids) == 1
    firsts = [order[group.ids[0]] for group in put]
    assert firsts == sorted(firsts)


@given(st.text(st.sampled_from("ab \ue000\ue001"), max_size=20))
def test_pieces_lose_nothing_but_marks(text: str) -> None:
    plain = "".join(piece for piece, _ in pieces(text))
    assert plain == text.replace("\ue000", "").replace("\ue001", "")


def test_what_lies_between_marks_is_marked() -> None:
    assert pieces("a \ue000b\ue001 c \ue000d\ue001") == (
        ("a ", False),
        ("b", True),
        (" c ", False),
        ("d", True),
    )
    assert pieces("") == ()
