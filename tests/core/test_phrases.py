"""The phrases that ship, at work: which blocks they take, and which sentences they leave alone."""

import pytest

from aggregator.config.rules import load_rules
from aggregator.core.blocks import Block
from aggregator.core.boilerplate import strip
from aggregator.core.region import Placed

RULES = load_rules()


def taken(text: str, language: str, *, links: float = 0.0) -> bool:
    block = Block("paragraph", text, 1, links=links)
    return strip([Placed(block)], RULES, language).kept == []


@pytest.mark.parametrize(
    ("language", "line"),
    [
        ("de", "Lesen Sie auch: So teuer wird das Bauen"),
        ("de", "» Lesen Sie auch"),
        ("de", "Lesen Sie mehr über die Brücke in unserem Dossier"),
        ("de", "Mehr zum Thema – So teuer wird das Bauen"),
        ("de", "Das könnte Sie auch interessieren:"),
        ("de", "Schlagwörter zu diesem Artikel"),
        ("de", "Abonnieren Sie jetzt unseren WhatsApp-Kanal!"),
        ("de", "Read more"),
        ("de", "Alles zum Thema: Brücken"),
        ("de", "Dieser Artikel erschien zuerst im Dornauer Boten."),
        ("de", "Sendung: Dornau am Morgen, 4. Mai, 7 Uhr"),
        ("de", "Mit Informationen unserer Reporter sowie der Nachrichtenagenturen dpa und AFP"),
        ("de", "Link zum YouTube-Inhalt"),
        ("de", "Sieh dir diesen Beitrag auf Instagram an"),
        ("de", "Zurück zur Startseite"),
        ("de", "Keine Kommentare"),
        ("de", "Sie sind nicht eingeloggt."),
        ("de", "Lust auf mehr? Jede Woche das Beste in Ihrem Postfach."),
        ("de", "© Dornauer Bote"),
        ("de", "Jetzt bei Brückenbau24 kaufen"),
        ("en", "READ MORE: How the bridge came down"),
        ("en", "Related stories"),
        ("en", "Get daily National news"),
        ("en", "Sign up for our free newsletter and never miss a story."),
        ("en", "Reach the reporters at newsroom@example.org"),
        ("en", "Join our weekly newsletter and never miss a story."),
        ("en", "Was this newsletter forwarded to you? Get your own."),
        ("en", "© Copyright 2026 The Dornau Company. All rights reserved."),
        ("fr", "À lire aussi : Le pont sera reconstruit"),
        ("fr", "Suivez-nous sur Facebook et Instagram"),
        ("es", "Lea también: El puente será reconstruido"),
        ("es", "Noticias relacionadas"),
        ("it", "Leggi anche: Il ponte sarà ricostruito"),
        ("it", "© Riproduzione riservata"),
        ("nl", "Lees ook: De brug wordt herbouwd"),
        ("pl", "Czytaj też: Most zostanie odbudowany"),
        ("pt", "Leia também: A ponte será reconstruída"),
    ],
)
def test_what_is_no_text_is_taken(language: str, line: str) -> None:
    assert taken(line, language)


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("de", "Auch interessant ist der Blick nach Wien."),
        ("de", "Mehr zum Thema Rente plant die Regierung für den Herbst."),
        ("de", "Weitere Artikel des Gesetzes treten erst später in Kraft."),
        ("de", "Weitere Nachrichten gab es zunächst nicht."),
        ("de", "Passend zum Thema gab es Kuchen in Brückenform."),
        ("de", "Mehr zu tun bleibt für den Rat allemal."),
        ("de", "Folgen hat das für niemanden."),
        ("de", "Anzeigen gingen bei der Polizei bisher nicht ein."),
        ("de", "Dieser Artikel des Gesetzes gilt seit Mai."),
        ("de", "Mit Informationen von Spitzeln baute er seine Akten auf."),
        ("de", "Das Audio, das die Polizei veröffentlichte, dauert drei Minuten."),
        ("de", "Der Autor ist Professor, sagte der Richter."),
        ("de", "Die Stadt lebt von der Fähre und ihre Kirche durch Spenden."),
        ("de", "Zuerst erschienen die Feuerwehrleute, dann die Polizei."),
        ("es", "Más de trescientas personas murieron."),
        ("pt", "Publicado em 1950, o livro foi esquecido."),
        ("en", "Read more books, the teacher said."),
        ("en", "Related stories were told in the villages along the river."),
        ("en", "Don't miss the point, she warned the council."),
        ("en", "More on this will be known by Friday."),
        ("en", "Share prices fell after the vote."),
        ("en", "Sign up for the race ends on Friday, the club said."),
        ("fr", "À lire les rapports, le pont est dangereux."),
        ("es", "Más información llegó por la tarde."),
        ("it", "Approfondisci non è una parola che il sindaco usa spesso."),
        ("nl", "Meer over de brug wilde de burgemeester niet zeggen."),
        ("pl", "Polecamy się pamięci, powiedział burmistrz."),
        ("pt", "Mais notícias chegaram à tarde."),
    ],
)
def test_a_sentence_that_begins_like_a_label_stays(language: str, sentence: str) -> None:
    assert not taken(sentence, language)


def test_what_is_linked_behind_a_phrase_makes_it_a_label() -> None:
    line = "Mehr zum Thema So teuer wird das Bauen"

    assert not taken(line, "de")
    assert taken(line, "de", links=0.7)


def test_of_a_language_without_rules_all_are_tried() -> None:
    assert taken("Lees ook", "af")
    assert not taken("Lees ook", "de")
