"""What recurs on pages that have nothing else in common goes; what a site has to repeat stays."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aggregator.core.evidence import Page
from aggregator.core.forms import form
from aggregator.core.furniture import Book, Furniture, State, learn, take
from tests.support.furniture import PROMPT, SEEN, article, page, words

LONG = " ".join(words(77, 84))


def taken(pages: Sequence[Page], known: Sequence[Furniture] = ()) -> list[list[str]]:
    """What is taken out of each page once all are known."""
    book = Book(learn(pages, known))
    return [[each.lines[at] for at in sorted(take(each, book).places)] for each in pages]


def said(state: State, line: str) -> Furniture:
    """What an editor laid down."""
    return Furniture(form(line), line, state)


# --- what is furniture -----------------------------------------------------------------------


def test_two_pages_prove_nothing_and_the_third_mends_them() -> None:
    pages = [page(topic, PROMPT) for topic in range(3)]
    assert taken(pages[:2]) == [[], []]
    assert taken(pages) == [[PROMPT]] * 3


def test_it_is_known_from_then_on() -> None:
    known = learn([page(topic, PROMPT) for topic in range(3)], ())
    assert taken([page(7, PROMPT)], known) == [[PROMPT]]


@pytest.mark.parametrize(
    "lines",
    [
        [f"Stand: {day}. März 2026, {day}:30 Uhr, die Redaktion informiert" for day in (1, 2, 3)],
        [f"Mehr von {name} lesen Sie in unserem Newsletter am Morgen" for name in ("A", "B", "C")],
        [
            "Jetzt ABO testen, nur 1 Euro",
            "Jetzt Abo testen: nur 2 Euro!",
            "Jetzt Abo testen nur 9 Euro",
        ],
    ],
)
def test_near_identical_lines_count_together(lines: Sequence[str]) -> None:
    pages = [page(topic, line) for topic, line in enumerate(lines)]
    assert taken(pages) == [[line] for line in lines]


def test_a_line_twice_on_a_page_counts_once_and_goes_twice() -> None:
    assert taken([page(0, PROMPT, PROMPT), page(1, PROMPT)]) == [[], []]
    assert taken([page(0, PROMPT, PROMPT), page(1, PROMPT), page(2, PROMPT)])[0] == [PROMPT] * 2


@pytest.mark.parametrize(("line", "needed"), [("Teilen", 5), ("Mehr zum Thema", 4), (LONG, 5)])
def test_very_short_and_very_long_lines_need_more_evidence(line: str, needed: int) -> None:
    pages = [page(topic, line, lines=article(topic, paragraphs=30)) for topic in range(needed)]
    assert taken(pages[:-1]) == [[]] * (needed - 1)
    assert taken(pages) == [[line]] * needed


# --- what is not -----------------------------------------------------------------------------


def test_copies_of_one_text_are_no_evidence() -> None:
    copies = [page(0, *article(1), PROMPT, lines=article(0)) for _ in range(6)]
    named = [replace(each, title=f"{each.title} {at}") for at, each in enumerate(copies)]
    assert taken(named) == [[]] * 6


def test_a_weather_warning_on_pages_about_the_weather_stays() -> None:
    warning = "Der Wetterdienst warnt vor Orkanböen und rät, Wälder und Küsten bei Sturm zu meiden."
    days = ["Orkanböen über der Küste", "Sturm entwurzelt Bäume", "Nach dem Orkan: Wälder gesperrt"]
    pages = [
        replace(
            page(
                topic,
                warning,
                "Vor Sturm und Orkanböen an den Küsten hatte der Wetterdienst gewarnt.",
            ),
            title=title,
        )
        for topic, title in enumerate(days)
    ]
    assert taken(pages) == [[]] * 3


def test_what_a_serial_repeats_stays() -> None:
    before = "Was bisher geschah: " + " ".join(words(4, 20)) + "."
    assert taken([page(4, before, number=number) for number in range(6)]) == [[]] * 6


def test_a_background_paragraph_on_one_matter_stays() -> None:
    background = "Russland führt seit Februar 2022 einen Angriffskrieg gegen die Ukraine."
    pages = [
        page(topic, background, f"Die Ukraine und Russland: {' '.join(words(topic, 6))}.")
        for topic in range(6)
    ]
    assert taken(pages) == [[]] * 6


def test_the_announcement_of_a_box_stays() -> None:
    pages = [page(topic, "Hintergrund:", f"- {words(topic, 3)}") for topic in range(8)]
    assert taken(pages) == [[]] * 8


def test_a_label_stays_with_what_it_announces() -> None:
    label = "Das müssen Sie jetzt darüber wissen:"
    own = [page(topic, label, f"- {' '.join(words(topic, 9))}") for topic in range(4)]
    assert taken(own) == [[]] * 4
    assert taken([page(topic, label, PROMPT) for topic in range(4)]) == [[label, PROMPT]] * 4


def test_a_teaser_stays_on_the_page_that_it_leads_to() -> None:
    teaser = " ".join(words(9, 4)).title() + " heute"
    pages = [*(page(topic, teaser) for topic in range(3)), page(9, teaser)]
    assert taken(pages) == [[teaser]] * 3 + [[]]


def test_a_listicle_stays() -> None:
    items = [f"- {PROMPT} {number}" for number in range(9)]
    pages = [page(topic, *items, lines=article(topic, paragraphs=2)) for topic in range(3)]
    assert taken(pages) == [[]] * 3
    book = Book(learn(pages, ()))
    assert all(take(each, book).backed_off for each in pages)
    # Where it is but a little of the page, the same lines go.
    assert taken([page(topic, items[0]) for topic in range(3)]) == [[items[0]]] * 3


# --- time ------------------------------------------------------------------------------------


def test_what_stops_recurring_is_forgotten() -> None:
    known = learn([page(topic, PROMPT) for topic in range(3)], ())
    assert known[0].last_seen_at == SEEN + timedelta(hours=2)
    later = [page(9)]
    assert learn(later, known, forget_before=SEEN) == known
    assert learn(later, known, forget_before=SEEN + timedelta(days=1)) == []
    # Not while it stands on one of the pages, however old they are.
    assert learn([page(9, PROMPT)], known, forget_before=SEEN + timedelta(days=1)) != []


def test_what_an_editor_said_is_never_forgotten() -> None:
    known = [said("approved", PROMPT), said("rejected", "Ein Satz"), said("added", "Ein anderer")]
    assert set(learn([page(1)], known, forget_before=SEEN)) == set(known)


def test_counts_and_times_are_kept() -> None:
    (found,) = learn([page(topic, PROMPT) for topic in (5, 2, 9)], ())
    assert (found.example, found.pages) == (PROMPT, 3)
    assert (found.first_seen_at, found.last_seen_at) == (
        SEEN + timedelta(hours=2),
        SEEN + timedelta(hours=9),
    )


# --- editors ---------------------------------------------------------------------------------


def test_what_was_rejected_stays_and_so_does_what_is_near() -> None:
    near = PROMPT.replace("WhatsApp", "Signal")
    pages = [*(page(topic, PROMPT) for topic in range(3)), page(3, near)]
    assert taken(pages) == [[PROMPT]] * 3 + [[near]]
    assert taken(pages, [said("rejected", PROMPT)]) == [[]] * 4


def test_what_was_added_goes_from_the_first_page_on() -> None:
    assert taken([page(0, PROMPT)], [said("added", PROMPT)]) == [[PROMPT]]


def test_of_two_decisions_the_nearer_holds() -> None:
    near = PROMPT.replace("WhatsApp", "Signal")
    known = [said("rejected", PROMPT), said("approved", near)]
    assert taken([page(0, PROMPT), page(1, near)], known) == [[], [near]]


def test_what_was_added_goes_though_it_is_most_of_the_text_but_never_all_of_it() -> None:
    lines = (LONG, "Kurz.")
    assert taken([page(0, lines=lines)], [said("added", LONG)]) == [[LONG]]
    assert taken([page(0, lines=lines[:1])], [said("added", LONG)]) == [[]]


# --- the order of arrival --------------------------------------------------------------------

SITE = (
    page(0, PROMPT, "Teilen"),
    page(1, PROMPT.replace("WhatsApp", "Signal"), LONG),
    page(1, PROMPT, LONG, number=1),
    page(2, PROMPT.replace("Region", "Heimat"), "Teilen", LONG),
    page(3, "Teilen", LONG, article(0)[1]),
    page(4, "Teilen", LONG, article(0)[1], PROMPT),
    page(5, "Teilen", LONG, article(0)[1]),
)


def one_by_one(order: Sequence[int], portions: Sequence[int]) -> tuple[object, ...]:
    """What is learnt and left when pages come in this order and in portions of these sizes."""
    known: list[Furniture] = []
    there: list[Page] = []
    waiting = [SITE[at] for at in order]
    while waiting:
        size = portions[len(there) % len(portions)]
        fresh, waiting = waiting[:size], waiting[size:]
        old = [replace(each, fresh=False) for each in there]
        known = learn([*old, *fresh], known)
        there += fresh
    book = Book(known)
    left = {each.lines: sorted(take(each, book).places) for each in there}
    return known, left


@settings(deadline=None, max_examples=40)
@given(st.permutations(range(len(SITE))), st.lists(st.integers(1, 4), min_size=1, max_size=4))
def test_the_order_of_arrival_does_not_matter(order: list[int], portions: list[int]) -> None:
    expected = one_by_one(range(len(SITE)), [len(SITE)])
    assert expected[0]
    assert one_by_one(order, portions) == expected


def test_learning_again_changes_nothing() -> None:
    known = learn(SITE, ())
    assert learn(SITE, known) == known
    assert learn([replace(each, fresh=False) for each in SITE], known) == known


def test_the_examples_are_what_they_seem() -> None:
    """The site above holds what is learnt, what is not, and variants, or its law says little."""
    learnt = {each.example for each in learn(SITE, ())}
    assert {PROMPT, "Teilen", LONG} <= learnt
