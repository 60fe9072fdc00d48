"""Which agency a text credits: sign-offs, datelines, and sentences that only mention one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.core import agency
from aggregator.core.agency import Credit, cut_dateline, cut_sign_off, join, named, sign_off

SIGN_OFFS = (
    ("gom/bua/news.de/dpa", "dpa", "gom bua"),
    ("dpa", "dpa", ""),
    ("(dpa)", "dpa", ""),
    ("(dpa/lno)", "dpa", ""),
    ("dpa/AFP", "dpa/AFP", ""),
    ("hau/dpa/AFP", "dpa/AFP", "hau"),
    ("(apa/dpa)", "APA/dpa", ""),
    ("(APA, red)", "APA", ""),
    ("epd lnb/mig", "epd", "mig"),
    ("keystone-sda", "sda", ""),
    ("(SID)", "SID", ""),
    ("KNA", "KNA", ""),
    ("Quelle: dpa", "dpa", ""),
    ("Mit Material der dpa", "dpa", ""),
    ("(Mit Material von dpa und AFP)", "dpa/AFP", ""),
    ("© dpa-infocom, dpa:260301-930-12345/1", "dpa", ""),
    ("(c) AFP", "AFP", ""),
    ("The Associated Press", "AP", ""),
    ("cim/dpa/Reuters", "dpa/Reuters", "cim"),
    ("(Reporting by Anna Holm; Editing by Jan Berg)", "Reuters", ""),
    ("Associated Press writers Anna Holm and Jan Berg contributed to this report.", "AP", ""),
    ("Copyright 2026 The Associated Press. All rights reserved.", "AP", ""),
    ("Redaktion mit dpa", "dpa", ""),
    ("dpa-AFX", "dpa-AFX", ""),
)
NAMED = (
    ("Von Anna Holm, dpa", ("Anna Holm",)),
    ("dpa/Anna Holm", ("Anna Holm",)),
    ("(Jan van den Berg/dpa)", ("Jan van den Berg",)),
    ("Text: Anna Holm und Jan Berg/dpa", ("Anna Holm", "Jan Berg")),
)
SENTENCES = (
    "sagte der dpa",
    "Das sagte er der dpa.",
    "wie Reuters berichtet",
    "Das sagte ein Sprecher der dpa.",
    "Nach Informationen der Deutschen Presse-Agentur",
    "dpa-Nachrichten",
    "Er kam mit dpa",
    "Foto: dpa",
    "Foto: AFP/dpa",
    "Writing by hand helps to remember",
    "AP, Microsoft und Apple",
    "Die AP meldet den Abschluss der Gespräche in Genf.",
    "Sid and Nancy",
    "",
    "/",
    "()",
)


@pytest.mark.parametrize(("text", "agencies", "initials"), SIGN_OFFS)
def test_reads_a_sign_off(text: str, agencies: str, initials: str) -> None:
    credit = sign_off(text)

    assert credit is not None
    assert join(credit.agencies) == agencies
    assert credit.initials == tuple(initials.split())


@pytest.mark.parametrize(("text", "names"), NAMED)
def test_reads_names_in_a_sign_off(text: str, names: tuple[str, ...]) -> None:
    assert sign_off(text) == Credit(("dpa",), names)


def test_agencies_may_stay_unnamed() -> None:
    assert sign_off("Mit Agenturmaterial") == Credit()


@pytest.mark.parametrize("text", SENTENCES)
def test_a_sentence_that_mentions_an_agency_is_no_sign_off(text: str) -> None:
    assert sign_off(text) is None


def test_thanks_for_additional_reporting_credit_no_agency() -> None:
    assert sign_off("Additional reporting by Anna Holm in Berlin") == Credit(())


@pytest.mark.parametrize(
    ("text", "kept", "cut"),
    [
        ("Die Bahn fährt wieder. (dpa)", "Die Bahn fährt wieder.", "(dpa)"),
        ("Die Bahn fährt wieder. [dpa/lno]", "Die Bahn fährt wieder.", "[dpa/lno]"),
        ("Die Bahn fährt wieder (dpa/lno).", "Die Bahn fährt wieder", "(dpa/lno)."),
        ("„Wir fahren wieder.“ – AFP/dpa", "„Wir fahren wieder.“", "– AFP/dpa"),
        ("Die Bahn fährt wieder. gom/dpa", "Die Bahn fährt wieder.", "gom/dpa"),
        ("Die Bahn fährt. (mit Material von dpa)", "Die Bahn fährt.", "(mit Material von dpa)"),
    ],
)
def test_cuts_a_sign_off_from_the_end(text: str, kept: str, cut: str) -> None:
    found = cut_sign_off(text)

    assert found is not None
    assert found[:2] == (kept, cut)
    assert "dpa" in found[2].agencies


@pytest.mark.parametrize(
    "text",
    [
        "Das sagte sie der Deutschen Presse-Agentur (dpa).",
        "Neu im Rat ist die Alternative Partei (AP)",
        "Das sagte ein Sprecher der dpa.",
        "Sie lebt heute in Berlin (Mitte).",
        "Das meldet die Agentur Reuters.",
        "(dpa)",
    ],
)
def test_leaves_the_end_of_a_sentence(text: str) -> None:
    assert cut_sign_off(text) is None


@pytest.mark.parametrize(
    ("dateline", "agencies"),
    [
        ("Berlin (dpa) -", "dpa"),
        ("Frankfurt/Main (dpa/lhe) –", "dpa"),
        ("Halle (Saale) (dpa) -", "dpa"),
        ("Berlin, 3. März (dpa) -", "dpa"),
        ("WASHINGTON, March 3 (Reuters) -", "Reuters"),
        ("KYIV, Ukraine (AP) —", "AP"),
        ("Rio de Janeiro (AFP) –", "AFP"),
        ("The Hague (Reuters) -", "Reuters"),
        ("St. Gallen (sda) –", "sda"),
        ("Hannover (epd).", "epd"),
        ("Bonn (KNA)", "KNA"),
        ("(dpa) -", "dpa"),
        ("Berlin (dpa/tmn) –", "dpa"),
        ("Wien (APA/dpa) -", "APA/dpa"),
        ("MOSCOW, March 5. /TASS/.", "TASS"),
        ("BEIJING, March 5 (Xinhua) --", "Xinhua"),
        ("(ANSA) - ROMA, 05 MAR -", "ANSA"),
        ("París, 5 mar (EFE).-", "EFE"),
        ("Frankfurt a.M. (epd).", "epd"),
        ("Berlin/dpa -", "dpa"),
        ("dpa/Berlin -", "dpa"),
        ("AFP -", "AFP"),
    ],
)
def test_cuts_a_dateline(dateline: str, agencies: str) -> None:
    sentence = "Eine Sprecherin nannte Einzelheiten."

    found = cut_dateline(f"{dateline} {sentence}")

    assert found is not None
    assert found[:2] == (sentence, dateline)
    assert join(found[2].agencies) == agencies


@pytest.mark.parametrize(
    "text",
    [
        "Der Verband (SID) – das ist der größte – klagt.",
        "Die Zeitung (dpa) - Auflage 12 000 - schließt.",
        "Der Sport-Informations-Dienst (SID) meldet das.",
        "Berlin (Mitte) - Die Straße ist gesperrt.",
        "Berlin (dpa) -",
        "Berlin – Die Straße ist gesperrt.",
        "Apple (AAPL) - Die Aktie fällt.",
        "Berlin (SPD) - Die Partei tagt.",
        "Die Deutsche Presse-Agentur (dpa) - Europas größte - meldet das.",
        "Sie sprach mit der Agentur (dpa) - und ging.",
    ],
)
def test_a_sentence_with_brackets_has_no_dateline(text: str) -> None:
    assert cut_dateline(text) is None


def test_names_are_known_in_any_case() -> None:
    assert named(" DPA. ") == "dpa"
    assert named("the associated press") == "AP"
    assert named("Anna Berg") is None


def test_joins_each_agency_once() -> None:
    assert join(("dpa", "AFP", "dpa")) == "dpa/AFP"
    assert join(()) is None


@given(st.text(alphabet="abdp/(), .-–©:AFP\n", max_size=200))
def test_never_raises_and_loses_no_letter(text: str) -> None:
    agency.sign_off(text)
    for cut in (cut_sign_off, cut_dateline):
        found = cut(text)
        if found is not None:
            assert sorted("".join((found[0] + found[1]).split())) == sorted("".join(text.split()))
