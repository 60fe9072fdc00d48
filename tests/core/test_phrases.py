"""The phrases that ship, at work: which blocks they take, and which sentences they leave alone."""

import re
import tomllib
from collections.abc import Iterator
from importlib import resources

import pytest

from aggregator.config.rules import load_rules
from aggregator.core.blocks import Block
from aggregator.core.boilerplate import strip
from aggregator.core.region import Placed

RULES = load_rules()
PROSE = "Der Rat hat am Montag beschlossen, die alte Brücke abzureißen und eine neue zu bauen."


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


@pytest.mark.parametrize(
    ("language", "line"),
    [
        ("de", "© 2026 Dornau Verlag"),
        ("de", "Dieser Artikel wurde veröffentlicht am 3.3.2026."),
        ("de", "Dieser Text ist zuerst in der Beilage des Kuriers erschienen."),
        ("de", "Dieser Artikel ist nur für Abonnentinnen und Abonnenten lesbar."),
        ("de", "Copyright Dornau Medien GmbH"),
        ("de", "Copyright 2026 Dornauer Kurier"),
        ("de", "War dieser Artikel für Sie hilfreich?"),
        ("de", "Ihr Feedback hilft uns, noch besser zu werden."),
        ("de", "Haben Sie Hinweise zu diesem Fall? Schreiben Sie an unsere Redaktion."),
        ("de", "Alles Wichtige aus Dornau, jeden Morgen in Ihrem Postfach."),
        ("de", "Sie möchten diesen Artikel lesen?"),
        ("de", "Monatlich kündbar"),
        ("de", "12 Kommentare"),
        ("de", "Wir benötigen Ihre Zustimmung, um diesen Inhalt von X anzuzeigen."),
        ("de", "Mit Ihrer Zustimmung wird eine Verbindung zu den Servern hergestellt."),
        ("de", "Sie sehen gerade einen Platzhalterinhalt von YouTube."),
        ("de", "Um dieses Element anzuzeigen, müssen Sie Cookies zulassen."),
        ("de", "Mit dem Laden des Videos akzeptieren Sie die Bedingungen von YouTube."),
        ("de", "Jetzt aktivieren"),
        ("de", "Foto: Anna Holm"),
        ("de", "Bild: Blick auf die Brücke vor der Sperrung, picture alliance/dpa"),
        ("de", "(Symbolbild: Anna Holm)"),
        ("de", "Veröffentlicht am 3. März 2026 um 9.15 Uhr"),
        ("de", "Folgen Sie dem Kurier auf Instagram"),
        ("de", "Laden Sie sich jetzt unsere Kurier-App herunter."),
        ("en", "Copyright 2026 The Dornau Times. All rights reserved."),
        ("en", "© 2026 The Dornau Times"),
        ("en", "Get the stories that count, straight to your inbox."),
        ("en", "What do you think? Let us know in the comments below."),
        ("en", "Have you got a story? Email us."),
        ("en", "READ MORE | How the bridge came down"),
        ("en", "View this post on Instagram"),
        ("en", "Download the Kurier app for breaking news alerts, games and more."),
        ("en", "Story continues below advertisement"),
        ("en", "4 min read"),
        ("en", "Updated: March 3, 2026"),
        ("fr", "Crédit photo : Anne Duval"),
        ("fr", "Publié le 3 mars 2026 à 9h15"),
        ("fr", "Contenu bloqué : ce contenu provient d'une plateforme tierce."),
        ("fr", "Recevez chaque matin notre newsletter"),
        ("fr", "(Photo AFP)"),
        ("es", "Foto: Ana Díaz"),
        ("es", "Suscríbete a nuestro boletín"),
        ("es", "Publicado el 3 de marzo de 2026"),
        ("es", "Para ver este contenido, acepta las cookies."),
        ("it", "Foto di Anna Riva"),
        ("it", "Pubblicato il 3 marzo 2026 alle 9.15"),
        ("it", "Per visualizzare questo contenuto devi accettare i cookie."),
        ("it", "Iscriviti alla nostra newsletter"),
        ("nl", "Tekst gaat verder onder de foto"),
        ("nl", "Beeld: Anna de Wit"),
        ("nl", "Om deze content te kunnen zien, moet je cookies accepteren."),
        ("nl", "Gepubliceerd op 3 maart 2026"),
        ("nl", "Meld je aan voor onze nieuwsbrief"),
        ("pl", "Dalsza część artykułu pod materiałem wideo"),
        ("pl", "Źródło: Kurier Dornau"),
        ("pl", "Opublikowano: 3 marca 2026, 9:15"),
        ("pl", "Aby wyświetlić tę treść, zaakceptuj pliki cookie."),
        ("pl", "Zapisz się na nasz newsletter"),
        ("pt", "Foto: Ana Dias"),
        ("pt", "Publicado em 3 de março de 2026 às 9h15"),
        ("pt", "Ver essa foto no Instagram"),
        ("pt", "Receba as notícias no seu e-mail"),
    ],
)
def test_prompts_credits_and_placeholders_are_taken(language: str, line: str) -> None:
    assert taken(line, language)


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("de", "Ihre Meinung über den Neubau hat sich nach dem Gutachten nicht geändert."),
        ("de", "Copyright war für die Richter in diesem Verfahren kein Thema."),
        ("de", "Um den ganzen Artikel 5 der Satzung wird seit Wochen gestritten."),
        (
            "de",
            "Nur für Abonnenten der Stadtwerke wird es im Herbst billiger, sonst für niemanden.",
        ),
        ("de", "Bilder: Davon hingen in der Kapelle einmal mehr als dreißig, heute sind es drei."),
        ("de", "Schreiben Sie uns keine Briefe mehr, rief die Bürgermeisterin in den Saal."),
        ("de", "Mit dem Newsletter des Vereins begann im Winter der Streit um die Brücke."),
        ("de", "Gefällt Ihnen dieser Entwurf, dann stimmen Sie zu, sagte die Vorsitzende."),
        ("de", "Folgenschwerer Unfall auf der Brücke"),
        ("de", "Folgen Sie dem Pfad auf der anderen Seite des Flusses bis zur Mühle."),
        (
            "de",
            "Fotografen drängten sich am Ufer: Jeder wollte die Sprengung sehen, keiner kam nah.",
        ),
        ("de", "Veröffentlicht am Montag wurde der Bericht, auf den der Rat gewartet hatte."),
        ("de", "Zuletzt aktualisierte die Behörde ihre Zahlen am Tag vor der Wahl."),
        ("de", "Bei diesem Wetter will in Dornau niemand ein Eis kaufen."),
        ("de", "Bei Amazon in Dornau haben am Montag 300 Beschäftigte die Arbeit niedergelegt"),
        ("de", "Keine Kommentare gab es dazu aus dem Rathaus, das auf die Prüfer verwies."),
        ("de", "Mit dieser Brille kann der alte Pfarrer nun jeden Abend weiterlesen."),
        ("de", "Über dieses Thema berichtete der Kämmerer am Montag im Ausschuss."),
        ("de", "Foto: dpa Die Brücke ist seit dem Morgen gesperrt, niemand darf mehr hinüber."),
        ("de", "Dieser Artikel wurde mit großer Mehrheit in die Satzung aufgenommen."),
        ("de", "Dieser Artikel ist Teil der Landesverfassung und gilt seit 1949."),
        ("de", "Dieser Artikel ist nur für Vereine anwendbar, nicht für Stiftungen."),
        ("de", "Diese Geschichte erschien den Ermittlern von Anfang an wenig glaubhaft."),
        ("de", "Damit werden personenbezogene Daten in Dornau künftig besser geschützt."),
        ("de", "Copyright verletzt hat nach Ansicht des Gerichts auch die Tochter der GmbH nicht."),
        ("de", "Um weiterzulesen, setzte sie sich ans Fenster und schaltete die Lampe ein."),
        ("de", "Mit Informationen der Agenturen handelte der Makler, bis er verhaftet wurde."),
        ("de", "Zur Diskussion steht auch ein Tunnel, der doppelt so teuer wäre."),
        ("de", "Diskutieren Sie mit Ihrem Arzt, welche Spritze für Sie die richtige ist."),
        ("de", "Leserbriefe zu dem Bau füllen im Archiv der Zeitung einen ganzen Ordner."),
        ("de", "Hinweise bitte an die Polizei in Dornau unter der Nummer 0800 123456."),
        ("de", "Haben Sie Fragen zur Rente, hilft die Beratungsstelle am Markt weiter."),
        ("de", "Zum Schutz Ihrer Daten sollten Sie Passwörter niemals zweimal verwenden."),
        ("de", "Laden Sie die App der Bahn und melden Sie den Schaden dort an."),
        ("de", "Das Video kann nach Ansicht des Gerichts nichts beweisen."),
        ("de", "Mit Ihrer Zustimmung hatte im Rat am Ende niemand mehr gerechnet."),
        ("de", "Lesen Sie mehr Bücher, riet der Lehrer seinen Schülern zum Abschied."),
        ("de", "Stand der Arbeiten um 12 Uhr: Der erste Pfeiler liegt im Wasser, zwei stehen."),
        ("de", "Hinterlassenschaften der Enten bedecken im Sommer den ganzen Uferweg."),
        ("en", "Photo: that was the word he used for every one of the forty canvases."),
        ("en", "Published on Monday, the report lists forty bridges in need of repair."),
        ("en", "Already a member of the council, he ran for mayor in the spring."),
        ("en", "To read the full sentence aloud took the judge more than an hour."),
        ("en", "Support independent of the parties is rare in the council."),
        ("en", "Leave a comment on the door, the widow asked of those who came by."),
        ("en", "Follow the river on foot and you will reach the mill by noon."),
        ("en", "Download the app of your bank and report the loss of the card there at once."),
        ("en", "Share this story with nobody, she told her brother on the phone."),
        ("fr", "Photo : c'est le mot qu'il emploie pour chacune de ses quarante toiles."),
        ("fr", "Déjà abonné au théâtre, le maire a refusé l'invitation du directeur."),
        ("fr", "Publié en 1950, le roman raconte la construction du pont."),
        ("es", "Recibe el premio mañana en Madrid, según informó el ayuntamiento por correo."),
        ("es", "Publicado el lunes, el informe enumera cuarenta puentes en mal estado."),
        ("es", "Apúntate a la carrera, dijo el alcalde a todos los vecinos del pueblo."),
        ("it", "Condividi questo dolore con noi, ha detto il sindaco alla madre del ragazzo."),
        ("it", "Pubblicato nel 1950, il romanzo racconta la costruzione del ponte."),
        ("nl", "Volg ons niet, zei de boer tegen de agenten die hem achterna kwamen."),
        ("nl", "Meld je aan bij de balie, zei de agent tegen de jongen uit Dornau."),
        ("pl", "Skomentował to burmistrz, który od lat walczy o nowy most na rzece."),
        ("pl", "Źródło: tak mieszkańcy nazywają staw, z którego przez wieki brali wodę."),
        ("pt", "Siga o rio até o moinho e vire à direita no caminho de terra."),
        ("pt", "Publicado na segunda-feira, o relatório lista quarenta pontes em mau estado."),
    ],
)
def test_a_sentence_that_begins_like_a_prompt_stays(language: str, sentence: str) -> None:
    assert not taken(sentence, language)


def _spelled(phrase: str) -> str:
    """A line that a phrase must take: the first of several words, a number, no more words."""
    line = re.sub(r"\{([^{},]*)[^{}]*\}", r"\1", phrase.removesuffix("|"))
    return " ".join(re.sub(r"#(?!\w)", "3", line).replace("*", " ").split())


def _phrases(*takes: str) -> Iterator[tuple[str, str]]:
    for file in (resources.files("aggregator") / "rules").iterdir():
        found = tomllib.loads(file.read_text("utf-8"))
        for rule in found["rule"]:
            if rule.get("takes", "block") in takes:
                yield from ((found["language"], phrase) for phrase in rule["phrases"])


def _last(line: str, language: str) -> str:
    """Why a line goes at the end of an article."""
    texts = [*(f"{number}. {PROSE}" for number in range(3)), line]
    blocks = [Placed(Block("paragraph", text, at)) for at, text in enumerate(texts)]
    return "".join(each.reason for each in strip(blocks, RULES, language).removed)


def test_no_phrase_that_ships_is_dead() -> None:
    phrases = list(_phrases("block", "list"))
    misspelt = [phrase for _, phrase in phrases if "|" in phrase[:-1]]
    dead = [phrase for language, phrase in phrases if not taken(_spelled(phrase), language)]

    assert (misspelt, dead) == ([], [])


def test_no_phrase_for_an_end_is_dead() -> None:
    phrases = list(_phrases("end"))
    others = {"", "heads nothing"}
    dead = [each for language, each in phrases if _last(_spelled(each), language) in others]

    assert dead == []


@pytest.mark.parametrize("line", ["Was meint ihr?", "Uns gibt es jetzt auch bei Telegram."])
def test_each_of_several_words_is_looked_for_at_an_end(line: str) -> None:
    assert _last(line, "de") not in {"", "heads nothing"}


def test_a_phrase_for_lines_takes_linked_sentences_too() -> None:
    sentence = "Foto: Die Brücke ist seit dem Morgen gesperrt, niemand darf hinüber."

    assert not taken(sentence, "de")
    assert taken(sentence, "de", links=0.9)


def test_of_a_language_without_rules_all_are_tried() -> None:
    assert taken("Lees ook", "af")
    assert not taken("Lees ook", "de")
