"""A copy of the text on its own page is taken out; what recurs in a text with reason stays."""

from aggregator.config.rules import load_rules
from aggregator.core import extract
from aggregator.core.blocks import Block
from aggregator.core.repeated import REPEATED, repeated
from aggregator.model import Article
from aggregator.settings import ExtractSettings

REPORT = (
    "In Aldenburg wird seit Montag die alte Brücke über die Alde abgerissen, teilte die Stadt mit.",
    "Der Verkehr werde bis zum Herbst über die Nordstraße geleitet, sagte Ilse Kern.",
    "Die neue Brücke soll acht Millionen Euro kosten und im kommenden Frühjahr fertig werden.",
    "Anwohner hatten gegen die Pläne geklagt, das Gericht wies ihre Klage im Januar jedoch ab.",
    "Die Schule am Fluss bleibt offen, ihre Schüler kommen mit Bussen von der anderen Seite.",
    "Im Herbst will der Rat noch einmal über den Radweg beraten, den die neue Brücke haben soll.",
    "Bis dahin fährt eine kleine Fähre, die am Morgen und am Abend je zehn Mal übersetzen wird.",
)


def blocks(*texts: str) -> list[Block]:
    return [Block("paragraph", text, at) for at, text in enumerate(texts)]


def places(*texts: str, gone: frozenset[int] = frozenset()) -> list[int]:
    found = repeated(blocks(*texts), gone)
    assert set(found.values()) <= {REPEATED}
    return sorted(found)


def test_a_copy_goes_and_the_first_stays() -> None:
    assert places(*REPORT, *REPORT) == [*range(7, 14)]
    assert places(*REPORT, *REPORT, *REPORT) == [*range(7, 21)]


def test_a_line_more_or_less_makes_it_no_other_text() -> None:
    assert places(*REPORT, *REPORT[:2], "Anzeige", *REPORT[2:]) == [7, 8, *range(10, 15)]
    assert places(*REPORT, *REPORT[:1], *REPORT[2:]) == [*range(7, 13)]


def test_what_is_gone_is_no_copy() -> None:
    assert places(*REPORT, *REPORT, gone=frozenset(range(7))) == []


def test_what_recurs_with_reason_stays() -> None:
    refrain = ("Und wieder fließt die Alde.", "Und wieder schweigt der Ort.")
    assert places(*refrain, REPORT[0], *refrain, REPORT[1], *refrain) == []
    # One paragraph over and over, as in an example of how a text looks.
    assert places(*[REPORT[0]] * 8) == []
    table = ("Preis", "12 Euro", "Gewicht", "3 kg")
    assert places(*table, REPORT[0], *table) == []
    assert places(*REPORT, *reversed(REPORT)) == []
    assert places(*REPORT, *REPORT[2:5]) == [], "a passage that is told again"


def test_a_page_with_a_second_copy_for_small_screens() -> None:
    text = "".join(f"<p>{line}</p>" for line in REPORT)
    html = (
        "<html lang='de'><body><article><h1>Brücke wird abgerissen</h1>"
        f"<div class='wide'>{text}</div><div class='small'>{text}</div></article></body></html>"
    )
    found = extract.article(
        html, "https://kurier.example/1", entry=None, rules=load_rules(), settings=ExtractSettings()
    )
    assert isinstance(found, Article)
    assert found.text.splitlines() == list(REPORT)
    assert [each.text for each in found.removed if each.reason == REPEATED] == list(REPORT)
