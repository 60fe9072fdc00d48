"""German words brought to what their forms have in common, and compounds taken apart."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.core import german
from aggregator.core.wordforms import spelling, stem, words

NOUNS = [
    "Haus Hauses Häuser Häusern Haeuser",
    "Land Landes Länder Ländern",
    "Bauer Bauern Bauers",
    "Straße Straßen Strasse Strassen",
    "Kuss Kuß Küsse Kusses",
    "Museum Museums Museen",
    "Virus Viren",
    "Firma Firmen",
    "Konto Kontos Konten",
    "Auto Autos",
    "Wagen Wagens",
    "Gefängnis Gefängnisse Gefaengnisses",
    "Partei Parteien",
    "Energie Energien",
    "Lehrerin Lehrerinnen",
    "Möbel Möbeln Moebel",
    "Öl Öle Öls Oel",
    "Klima Klimas",
]
OTHERS = [
    "wählen wählt wählte wählten gewählt waehlen",
    "fordern fordert forderte gefordert",
    "arbeiten arbeitet arbeitete gearbeitet",
    "öffnen öffnet öffnete geöffnet oeffnen",
    "grün grüne grünen grüner grünes grünem gruene",
    "politisch politische politischen",
]


@pytest.mark.parametrize("forms", NOUNS)
def test_forms_of_a_noun_have_one_stem(forms: str) -> None:
    assert len({stem(form.lower(), "de", noun=True) for form in forms.split()}) == 1


@pytest.mark.parametrize("forms", OTHERS)
def test_forms_of_another_word_have_one_stem(forms: str) -> None:
    assert len({stem(form, "de", noun=False) for form in forms.split()}) == 1


@pytest.mark.parametrize(
    "pair",
    ["Bauer Bau", "Messer Messe", "Mieter Miete", "Bürger Burg", "Muse Museum", "Kasse Käse"],
)
def test_words_that_look_alike_have_stems_of_their_own(pair: str) -> None:
    assert len({stem(word.lower(), "de", noun=True) for word in pair.split()}) == 2


@given(st.text("abcdeghilmnorstuäöüß", min_size=1, max_size=30), st.booleans())
def test_a_stem_is_never_empty(word: str, noun: bool) -> None:
    found = stem(word, "de", noun=noun)
    assert found
    assert found in german.one_spelling(spelling(word)) or found.endswith("nis")


def test_other_languages_have_stems_of_their_own() -> None:
    assert stem("strikes", "en", noun=False) == stem("striking", "en", noun=False) == "strike"
    assert stem("grèves", "fr", noun=False) == stem("grève", "fr", noun=False) == "grev"
    assert stem("grèves", "xx", noun=False) == "greves"


@pytest.mark.parametrize(
    ("compound", "last", "first"),
    [
        ("stadtrat", "rat", (True, "stadt")),
        ("arbeitsmarkt", "markt", (True, "arbeit")),
        ("hundesteuer", "steuer", (True, "hund")),
        ("fernsehturm", "turm", (False, "fernseh")),
        ("altbau", "bau", (False, "alt")),
        ("hauptstadt", "stadt", (True, "stadt")),
    ],
)
def test_what_a_compound_begins_with(compound: str, last: str, first: german.Part) -> None:
    assert first in german.firsts(compound, last)


@pytest.mark.parametrize(
    ("compound", "last"), [("heirat", "rat"), ("vorrat", "rat"), ("karat", "rat"), ("partei", "ei")]
)
def test_what_is_no_compound_begins_with_nothing(compound: str, last: str) -> None:
    assert not [part for part in german.firsts(compound, last) if part[1] in {"vor", "kar", "part"}]


@pytest.mark.parametrize(
    ("compound", "first", "last"),
    [
        ("kirchturm", "kirch", (True, "turm")),
        ("kirchentag", "kirch", (True, "tag")),
        ("museumsdirektor", "muse", (True, "direktor")),
        ("olpreis", "ol", (True, "preis")),
    ],
)
def test_what_a_compound_ends_with(compound: str, first: str, last: german.Part) -> None:
    assert last in german.lasts(compound, first)


def test_the_rest_of_a_longer_word_may_be_none() -> None:
    assert not list(german.lasts("schulter", "schul"))
    assert not list(german.lasts("kartell", "kart"))


def test_capitals_tell_nouns_from_others_but_not_where_a_sentence_begins() -> None:
    found = words("Verraten hat er das neue Haus. Streik im Dorf, sagte Öztürk", "de")
    assert found.nouns == {"haus", "dorf", "öztürk"}
    assert found.others == {"hat", "er", "das", "neue", "im", "sagte"}
    assert found.perhaps == {"verraten", "streik"}
    assert words("The Bridge is closed", "en").others == {"the", "bridge", "is", "closed"}
