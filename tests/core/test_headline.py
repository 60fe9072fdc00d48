"""Which headline a page has, without the outlet's name."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.core import headline
from aggregator.core.metadata import Metadata

TITLE = "Aldenburg baut seine Brücke neu"


def meta(
    *, shown: tuple[str, ...] = (), declared: tuple[str, ...] = (), window: str = ""
) -> Metadata:
    return Metadata(declared=declared, shown=shown, window=window, sites=("Kurier am Fluss",))


@pytest.mark.parametrize(
    ("title", "sites"),
    [
        (f"{TITLE} - Kurier am Fluss", ("Kurier am Fluss",)),
        (f"{TITLE} | Kurier am Fluss", ("Kurier am Fluss",)),
        (f"{TITLE} – Der Kurier", ("Kurier",)),
        (f"{TITLE} | kurier.example", ("kurier.example",)),
        (f"{TITLE} | Kurier", ("kurier.example",)),
        (f"{TITLE} - Kurier | @kurier", ("Kurier", "@kurier")),
        (f"{TITLE} | Fluss - Blatt", ("Fluss - Blatt",)),
        (f"{TITLE} | ANDERSWO.NET", ("Kurier",)),
        (TITLE, ("Kurier",)),
    ],
)
def test_the_outlet_goes_from_behind(title: str, sites: tuple[str, ...]) -> None:
    assert headline.without_outlet(title, sites) == TITLE


@pytest.mark.parametrize(
    "title",
    ["Der Rhein-Kurier schließt", "Streik - und kein Ende", "Kurier - das Ende", "Ruhe | Sturm"],
)
def test_what_is_no_outlet_stays(title: str) -> None:
    assert headline.without_outlet(title, ("Kurier",)) == title


def test_a_section_goes_where_the_rest_is_shown() -> None:
    assert headline.without_outlet(f"{TITLE} | Politik | X", (), (TITLE,)) == TITLE


def test_the_shown_headline_beats_one_variant_for_machines() -> None:
    found = meta(shown=(TITLE,), declared=("Brücke Aldenburg: Alle Infos zum Neubau",))

    assert headline.choose(found) == TITLE


def test_two_that_agree_beat_a_first_heading_that_is_the_outlets() -> None:
    found = meta(
        shown=("Willkommen beim Kurier",), declared=(TITLE,), window=f"{TITLE} | Kurier am Fluss"
    )

    assert headline.choose(found) == TITLE


def test_the_shown_headline_beats_variants_for_machines_that_agree() -> None:
    variant = "Brücke in Aldenburg: Neubau, Kosten und Zeitplan"
    found = meta(shown=(TITLE,), declared=(variant, variant), window=f"{variant} | Kurier am Fluss")

    assert headline.choose(found) == TITLE


@pytest.mark.parametrize("kicker", ["Neubau ", "Neubau am Fluss: ", "Nach dem Hochwasser | "])
def test_a_kicker_goes_where_a_title_does_without(kicker: str) -> None:
    assert headline.choose(meta(shown=(kicker + TITLE,), declared=(TITLE,))) == TITLE
    assert headline.choose(meta(shown=(kicker + TITLE,), declared=(kicker + TITLE,))) == (
        kicker + TITLE
    )


def test_a_section_behind_goes_where_a_title_does_without() -> None:
    assert headline.choose(meta(declared=(f"{TITLE}-Politik|Anderswo", TITLE))) == TITLE


def test_a_short_word_is_no_headline_without_its_kicker() -> None:
    found = meta(shown=(f"{TITLE}: Kommentar",), declared=("Kommentar",))

    assert headline.choose(found) == f"{TITLE}: Kommentar"


def test_a_heading_that_stands_behind_the_title_is_the_outlets() -> None:
    found = meta(shown=("Blatt der Stadt",), window=f"{TITLE} | Blatt der Stadt")

    assert headline.choose(found) == TITLE


@pytest.mark.parametrize("window", [f"Blatt - {TITLE}", f"Blatt der Stadt - Meldungen - {TITLE}"])
def test_the_headline_behind_shorter_names_stays(window: str) -> None:
    assert headline.choose(meta(shown=("Meldungen", TITLE), window=window)) == TITLE


def test_a_single_word_that_nothing_confirms_is_no_headline() -> None:
    assert headline.choose(meta(shown=("Rubriken",), window=TITLE)) == TITLE
    assert headline.choose(meta(shown=("Brücke",), window="Brücke: alle Bilder")) == "Brücke"


@pytest.mark.parametrize(
    "window",
    [f"{TITLE} | Politik", f"{TITLE} | Politik | Im Lande", f"Kurier am Fluss | Lokales | {TITLE}"],
)
def test_what_bars_part_from_the_title_goes(window: str) -> None:
    assert headline.choose(meta(window=window)) == TITLE


@pytest.mark.parametrize(
    "title", [f"Nach dem Hochwasser | {TITLE}", "Ruhe und Sturm | Was kommt", "»Wir bauen neu«"]
)
def test_what_bars_part_stays_where_it_may_be_the_title(title: str) -> None:
    assert headline.choose(meta(window=title)) == title
    assert headline.choose(meta(shown=(f"{TITLE} | Bilder",), window=f"{TITLE} | Bilder")) == (
        f"{TITLE} | Bilder"
    )


def test_a_title_is_spelt_in_capitals_only_where_all_are() -> None:
    assert headline.choose(meta(shown=(TITLE.upper(),), window=TITLE)) == TITLE
    assert headline.choose(meta(shown=(TITLE.upper(),))) == TITLE.upper()


def test_what_markup_sets_apart_in_a_heading_goes_unless_it_is_declared() -> None:
    whole = f"Neubau: {TITLE}"
    cores = ((whole, TITLE),)
    found = Metadata(shown=(whole,), cores=cores, window=TITLE)

    assert headline.choose(found) == TITLE
    assert headline.choose(replace(found, declared=(whole,), window=whole)) == whole
    assert headline.choose(replace(found, cores=((whole, "Neubau"),), window=whole)) == whole


def test_the_outlets_name_alone_is_no_headline() -> None:
    assert headline.choose(meta(shown=("Kurier am Fluss",)), TITLE) == TITLE
    assert headline.choose(meta()) == ""


def test_a_headline_is_never_vast() -> None:
    assert len(headline.choose(meta(declared=("wort " * 1000,)))) <= 300


def test_likeness_is_the_share_of_common_words() -> None:
    assert headline.likeness("Ein Haus brennt", "ein haus, brennt!") == 1.0
    assert headline.likeness("a b", "b c") == 0.5
    assert headline.likeness("", "") == 0.0


@given(st.text(max_size=60), st.lists(st.text(max_size=20), max_size=3))
def test_without_the_outlet_a_title_is_its_own_beginning(title: str, sites: list[str]) -> None:
    assert title.strip().startswith(headline.without_outlet(title, sites))
