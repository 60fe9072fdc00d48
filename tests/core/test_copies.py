"""Which texts are copies, and which group keeps its id."""

import random
from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.core.copies import compare, prepare, verify
from aggregator.core.identity import keep_ids
from aggregator.settings import ClusterSettings

SETTINGS = ClusterSettings()


def paragraphs(seed: int) -> tuple[str, ...]:
    """Eight paragraphs of 40 words each, of which hardly one comes twice."""
    chance = random.Random(seed)
    return tuple(
        " ".join("".join(chance.choices("abdeginorstu", k=6)) for _ in range(40)) for _ in range(8)
    )


WIRE, OWN = paragraphs(11), paragraphs(12)
TEXT = "\n".join(WIRE)
OTHER = "\n".join(OWN)
TITLE = "Bürgermeisterin eröffnet neue Brücke"


def rule(
    a: tuple[str, str, str], b: tuple[str, str, str], settings: ClusterSettings = SETTINGS
) -> str | None:
    """The rule that links (title, text, outlet) `a` with `b`; the same whichever comes first."""
    one, other = (prepare(title, "", text, outlet) for title, text, outlet in (a, b))
    found = verify(1, one, 2, other, settings)
    assert found == verify(2, other, 1, one, settings)
    turned = verify(2, one, 1, other, settings)
    assert turned == found
    return None if found is None else found.rule


def failed(a: tuple[str, str, str], b: tuple[str, str, str]) -> list[str]:
    """The questions that two articles did not pass, in the order in which they were asked."""
    found = compare(prepare(a[0], "", a[1], a[2]), prepare(b[0], "", b[1], b[2]), SETTINGS)
    return [check.name for check in found.checks if not check.holds]


# --- pairs -----------------------------------------------------------------------------------


def test_the_same_text_is_a_copy() -> None:
    assert rule(("A", TEXT, "x"), ("B", TEXT, "y")) == "jaccard"


def test_another_text_is_none() -> None:
    assert rule(("A", TEXT, "x"), ("A", OTHER, "y")) is None
    assert failed(("A", TEXT, "x"), ("A", OTHER, "y")) == ["shared"]


def test_a_comparison_says_which_question_decided() -> None:
    words = TEXT.split()
    part = ("B", " ".join(words[: len(words) // 3]), "y")
    assert failed(("A", TEXT, "x"), ("B", TEXT, "y")) == []
    assert failed(("A", TEXT, "x"), part) == ["jaccard"]
    assert failed(("A", f"{OTHER} {part[1]}", "x"), ("B", TEXT, "y"))[0] == "jaccard"
    assert failed((TITLE, "", "x"), (TITLE, "", "x")) == ["same_outlet", "shared"]


@pytest.mark.parametrize("share", [0.3, 0.4])
def test_a_shortened_copy_is_found_by_containment(share: float) -> None:
    words = TEXT.split()
    part = " ".join(words[: int(share * len(words))])
    assert rule(("A", TEXT, "x"), ("B", part, "y")) == "containment"


def test_a_copy_with_single_words_replaced_is_found_by_alignment() -> None:
    words = TEXT.split()
    half = [f"anders{n}" if n % 6 == 3 else word for n, word in enumerate(words[: len(words) // 2])]
    assert rule(("A", TEXT, "x"), ("B", " ".join(half), "y")) == "alignment"


MENU = tuple(f"Ressort {name} Übersicht öffnen" for name in "abcdefghijklmnopqrstuvwxyz")


def test_what_came_along_with_a_copy_is_left_out_where_it_is_no_sentence() -> None:
    part = " ".join(WIRE[0].split()[:30]) + ".\n" + " ".join(WIRE[5].split()[:30]) + "."
    around = "\n".join((*MENU[:8], part, *MENU[8:14]))
    assert rule(("A", TEXT, "x"), ("B", around, "y")) == "alignment"
    assert rule(("A", TEXT, "x"), ("B", around, "x")) is None, "not within an outlet"
    assert rule(("A", TEXT, "x"), ("B", around.replace("öffnen", "öffnen."), "y")) is None
    most = "\n".join((*MENU, part))
    assert rule(("A", TEXT, "x"), ("B", most, "y")) is None, "more came along than was said"


def test_a_copy_amid_furniture_with_many_words_replaced_is_found() -> None:
    chance = random.Random(5)
    words = [f"anders{n}" if chance.random() < 0.2 else w for n, w in enumerate(TEXT.split())]
    reworded = " ".join((*OWN[0].split()[:30], *words[40:140], *OWN[1].split()[:10]))
    assert rule(("A", TEXT, "x"), ("B", reworded, "y")) == "alignment"


def test_a_few_common_words_are_no_evidence() -> None:
    shared = " ".join(TEXT.split()[:9])
    assert rule(("A", f"{shared} {OTHER}", "x"), ("B", f"{shared} {TEXT}", "y")) is None


@pytest.mark.parametrize("size", [8, 60])
def test_one_form_with_other_numbers_is_no_copy(size: int) -> None:
    def drawn(seed: int) -> str:
        chance = random.Random(seed)
        rows = (
            f"In der Klasse {'abcdefghijkl'[n % 12] * (n + 1)} fallen heute {chance.random():.5f} "
            f"Euro auf das Los {chance.randrange(10**6)} mit der Endziffer"
            for n in range(size // 2)
        )
        return "Die Gewinnzahlen der Lotterie lauten wie folgt, ohne Gewähr: " + ". ".join(rows)

    assert rule(("Lotto", drawn(1), "x"), ("Lotto", drawn(2), "y")) is None
    assert rule(("Lotto", drawn(1), "x"), ("Lotto", drawn(1), "y")) == "jaccard"


def test_the_same_headline_counts_at_another_outlet_only() -> None:
    stub = "Mehr in Kürze."
    assert rule((TITLE, stub, "x"), (f"Verkehr: {TITLE}", TEXT, "y")) == "headline"
    assert rule((TITLE, stub, "x"), (TITLE, TEXT, "x")) is None
    assert rule(("Das Wetter", stub, "x"), ("Das Wetter", TEXT, "y")) is None
    assert rule((TITLE, OTHER, "x"), (TITLE, TEXT, "y")) is None


def test_short_texts_under_one_headline_must_agree_in_numbers() -> None:
    first, second = (f"Nach Angaben der Stadt gibt es {n} Verletzte." for n in (3, 17))
    assert rule((TITLE, first, "x"), (TITLE, second, "y")) is None
    assert rule((TITLE, first, "x"), (TITLE, first, "y")) == "headline"


def test_a_notice_of_one_outlet_does_not_unite_what_stands_under_it() -> None:
    notice = "Lesen Sie den ganzen Bericht ab sofort in unserer Zeitung und überall am Kiosk."
    assert rule(("Brücke wird eröffnet", notice, "x"), ("Klinik schließt", notice, "x")) is None


def test_a_page_made_of_many_texts_contains_copies_without_being_one() -> None:
    part = "\n".join(WIRE[:3])
    ticker = f"{part}\n{OTHER}"
    assert rule(("Liveticker: Sturm", ticker, "x"), ("B", part, "y")) == "compound"
    timed = "\n".join(f"{hour}:15 Uhr {line}" for hour, line in enumerate((*WIRE[:3], *OWN), 10))
    assert rule(("Sturm", timed, "x"), ("B", part, "y")) == "compound"
    assert rule(("Sturm", ticker, "x"), ("B", part, "y")) == "containment"


def test_what_is_many_times_longer_is_a_compilation() -> None:
    part = WIRE[0]
    filler = " ".join(f"wort{n}" for n in range(13 * len(part.split())))
    assert rule(("A", f"{part} {filler}", "x"), ("B", part, "y")) == "compound"


def test_thresholds_are_those_of_the_settings() -> None:
    whole, part = ("A", TEXT, "x"), ("B", "\n".join(WIRE[: len(WIRE) // 2]), "y")
    assert rule(whole, part) is not None
    assert rule(whole, part, replace(SETTINGS, jaccard=0.1)) == "jaccard"


def test_nothing_is_no_copy_of_nothing() -> None:
    assert rule(("", "", ""), ("", "", "")) is None
    assert rule(("", "", ""), ("", TEXT, "")) is None


# --- identity --------------------------------------------------------------------------------


IDS = range(12)


@st.composite
def regroupings(draw: st.DrawFn) -> tuple[list[frozenset[int]], dict[int, int]]:
    """A partition found, and a former group for some of the articles."""
    places = draw(st.lists(st.integers(0, 4), min_size=len(IDS), max_size=len(IDS)))
    found = [frozenset(i for i in IDS if places[i] == n) for n in sorted(set(places))]
    former = draw(st.dictionaries(st.sampled_from(IDS), st.integers(50, 54)))
    return found, former


@given(regroupings())
def test_every_former_id_is_kept_once_or_redirects(
    case: tuple[list[frozenset[int]], dict[int, int]],
) -> None:
    found, previous = case
    made = keep_ids(found, previous)
    kept = [group.id for group in made.groups if group.id is not None]
    assert [group.members for group in made.groups] == found
    assert len(kept) == len(set(kept))
    assert set(kept).isdisjoint(made.redirects)
    assert set(made.redirects.values()) <= set(kept)
    assert set(previous.values()) == set(kept) | made.redirects.keys()
    assert all(new < old for old, new in made.redirects.items())


@given(regroupings())
def test_an_id_goes_with_the_larger_part(
    case: tuple[list[frozenset[int]], dict[int, int]],
) -> None:
    found, previous = case
    made = keep_ids(found, previous)
    home = {group.id: group.members for group in made.groups}
    for former in set(previous.values()):
        taken = home[made.redirects.get(former, former)]
        parts = Counter(
            next(n for n, group in enumerate(found) if each in group)
            for each, group_id in previous.items()
            if group_id == former
        )
        assert parts[found.index(taken)] == max(parts.values())


@given(regroupings(), st.randoms(use_true_random=False))
def test_identity_does_not_depend_on_order_and_is_idempotent(
    case: tuple[list[frozenset[int]], dict[int, int]], chance: random.Random
) -> None:
    found, previous = case
    made = keep_ids(found, previous)
    turned = keep_ids(chance.sample(found, len(found)), previous)
    assert set(turned.groups) == set(made.groups)
    assert turned.redirects == made.redirects
    settled = {
        each: group.id for group in made.groups if group.id is not None for each in group.members
    }
    again = keep_ids(found, settled)
    assert (again.groups, again.redirects) == (made.groups, {})


def test_a_split_leaves_the_id_with_the_larger_part() -> None:
    made = keep_ids([frozenset({1}), frozenset({2, 3})], {1: 7, 2: 7, 3: 7})
    assert [group.id for group in made.groups] == [None, 7]


def test_the_larger_part_is_that_of_more_articles() -> None:
    found = [frozenset({1}), frozenset({2, 3})]
    made = keep_ids(found, {1: 7, 2: 7, 3: 7}, {1: 5})
    assert [group.id for group in made.groups] == [7, None]


def test_a_merge_keeps_the_older_id() -> None:
    made = keep_ids([frozenset({1, 2, 3})], {1: 9, 2: 9, 3: 4})
    assert [group.id for group in made.groups] == [4]
    assert made.redirects == {9: 4}


def test_a_new_group_has_no_id() -> None:
    assert [group.id for group in keep_ids([frozenset({1, 2})], {}).groups] == [None]
