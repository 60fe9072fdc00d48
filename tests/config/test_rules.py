"""The phrase rules: what a phrase means, what is wrong with a file, and those that ship."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.config.rules import load_rules, parse_rules, phrase_pattern
from aggregator.errors import ConfigError
from aggregator.model import PhraseRule

PATH = Path("de.toml")


def matches(phrase: str, text: str) -> bool:
    return re.compile(phrase_pattern(phrase), re.IGNORECASE).match(text) is not None


@pytest.mark.parametrize(
    ("phrase", "text"),
    [
        ("Lesen Sie auch", "lesen sie auch: Streit"),
        ("Lesen Sie auch", "Lesen  Sie\u00a0auch"),
        ("Folgen Sie * auf", "Folgen Sie dem Kurier auf Facebook"),
        ("Folgen Sie * auf *", "Folgen Sie uns gern auf Facebook"),
        ("Teilen|", "Teilen"),
        ("Teilen|", "Teilen: »"),
        ("© *foto|", "© Jana Holm/Stadtfoto"),
        ("Sie möchten * Newsletter*", "Sie möchten unsere Newsletterbriefe"),
        ("Mehr aus |", "Mehr aus "),
        ("a.b (c)", "a.b (c) d"),
        ("Foto:", "Foto:Holm"),
        ("Jetzt * laden", "Jetzt laden"),
        ("Jetzt * laden", "Jetzt die neue App laden"),
        ("Jetzt *App laden", "Jetzt die Kurier-App laden"),
        ("* Liveblog*", "Alles Weitere in unserem Liveblogarchiv"),
        ("# Kommentare|", "1.204 Kommentare"),
        ("© #", "© 2026 Kurier"),
        ("Mehr unter #Elbe", "Mehr unter #Elbe"),
        ("{Diesen, Den} Artikel {teilen, drucken}|", "Den Artikel drucken"),
        ("Editor's pick", "Editor’s pick"),
    ],
)
def test_a_phrase_matches(phrase: str, text: str) -> None:
    assert matches(phrase, text)


@pytest.mark.parametrize(
    ("phrase", "text"),
    [
        ("Teilen|", "Teilen will er nicht"),
        ("Merken|", "Merken: alles"),
        ("Lesen Sie auch", "Lesen Sie auchnoch"),
        ("Lesen Sie auch", "Bitte lesen Sie auch"),
        ("a.b", "axb"),
        ("Folgen Sie * auf", "Folgen Sie dem Kurier"),
        ("Folge * auf", "Folgenschwerer Unfall auf der Brücke"),
        ("Folge * auf", "Folge uns aufs Eis"),
        ("* Liveblog", "Unser Reiseliveblog"),
        ("# Kommentare|", "Keine Kommentare"),
        ("© #", "© Kurier"),
        ("Mehr unter #Elbe", "Mehr unter 3"),
        ("{Diesen, Den} Artikel teilen|", "Artikel teilen"),
    ],
)
def test_a_phrase_does_not_match(phrase: str, text: str) -> None:
    assert not matches(phrase, text)


@given(st.text(min_size=1, max_size=40).filter(lambda text: bool(text.strip(" *|"))))
def test_any_phrase_makes_a_pattern(phrase: str) -> None:
    re.compile(phrase_pattern(phrase))


def test_a_rule_file_is_read() -> None:
    source = """
        language = "de"
        [[rule]]
        reason = "teaser list"
        takes = "list"
        phrases = ["Lesen Sie auch"]
        [[rule]]
        reason = "social line"
        phrases = ["Teilen|"]
    """

    assert parse_rules(source, PATH) == (
        PhraseRule("de", "teaser list", phrase_pattern("Lesen Sie auch"), "list"),
        PhraseRule("de", "social line", phrase_pattern("Teilen|"), "block"),
    )


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("language = ", "not sound TOML"),
        ("[[rule]]", "language = "),
        ("language = 3", "language = "),
        ('language = "de"\nrule = 3', "rule"),
        ('language = "de"\nrule = [3]', "rule 1"),
        ('language = "de"\nrules = []', "rules"),
        ('language = "de"\n[[rule]]\nreason = "x"\nphrases = ["a"]\nfoo = 1', "rule 1: takes only"),
        ('language = "de"\n[[rule]]\nreason = "x"\nphrases = ["a"]\ntakes = "all"', "block, list"),
        ('language = "de"\n[[rule]]\nreason = "x"\nphrases = ["a"]\ntakes = []', "block, list"),
        ('language = "de"\n[[rule]]\nreason = "x"\nphrases = ["a"]\nonly = "line"', "only is one"),
        ('language = "de"\n[[rule]]\nreason = "x"\nphrases = ["{a, } |"]', "is no phrase"),
        ('language = "de"\n[[rule]]\nphrases = ["a"]', "rule 1: reason is a text"),
        ('language = "de"\n[[rule]]\nreason = "x"\nphrases = "a"', "phrases a list"),
        ('language = "de"\n[[rule]]\nreason = "x"\nphrases = ["a", " *|"]', "' *|' is no phrase"),
        ('language = "de"\n[[rule]]\nreason = "x"\nphrases = [1]', "1 is no phrase"),
    ],
)
def test_an_error_names_the_file_and_the_rule(source: str, said: str) -> None:
    with pytest.raises(ConfigError) as caught:
        parse_rules(source, PATH)

    assert str(caught.value).startswith("de.toml: ")
    assert said in str(caught.value)


def test_a_rule_for_lines_says_so_and_is_made_for_each_of_its_first_words() -> None:
    source = """
        language = "de"
        [[rule]]
        reason = "credit"
        only = "lines"
        phrases = ["{Foto, Bild}:"]
    """

    assert parse_rules(source, PATH) == (
        PhraseRule("de", "credit", phrase_pattern("Foto:"), only="lines"),
        PhraseRule("de", "credit", phrase_pattern("Bild:"), only="lines"),
    )


def test_the_second_rule_is_called_the_second() -> None:
    source = 'language = "de"\n[[rule]]\nreason = "x"\nphrases = ["a"]\n[[rule]]\nreason = 3'

    with pytest.raises(ConfigError, match="rule 2"):
        parse_rules(source, PATH)


def test_all_rules_that_ship_compile_and_match_no_empty_text() -> None:
    rules = load_rules()

    assert {rule.language for rule in rules} >= {"de", "en"}
    assert len(rules) > 200
    for rule in rules:
        assert re.compile(rule.pattern, re.IGNORECASE).match("") is None, rule


@pytest.mark.parametrize(
    "sentence",
    [
        "Der Rat hat am Montag beschlossen, die Brücke abzureißen.",
        "Teilen will die Stadt die Kosten mit dem Land.",
        "Videos zeigen, wie die Brücke schwankt.",
        "Die Zeitung erscheint weiter.",
        "Sharing the cost is not an option for the council.",
        "Photographs show how the bridge sways.",
        "Most readers will remember the old bridge.",
        "Recommended by engineers, the plan found a majority.",
        "Printing of the plans has begun.",
    ],
)
def test_no_rule_that_ships_takes_a_plain_sentence(sentence: str) -> None:
    taken = [r for r in load_rules() if re.compile(r.pattern, re.IGNORECASE).match(sentence)]

    assert taken == []


def test_phrases_of_pages_are_one_rule() -> None:
    rule = 'reason = "error page"\ntakes = "page"\nphrases = ["404|", "Ups"]'
    text = f'language = "de"\n[[rule]]\n{rule}\n'
    (found,) = parse_rules(text, PATH)
    assert (found.takes, found.reason) == ("page", "error page")
    for said, expected in (("404", True), ("Ups, weg", True), ("404 Gründe", False)):
        assert (re.match(found.pattern, said) is not None) is expected
