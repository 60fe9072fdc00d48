"""Who an article names as its authors: no agencies, no fillers, no outlets in short."""

import pytest

from aggregator.core.agency import Credit
from aggregator.core.metadata import Metadata
from aggregator.core.writers import credited, places

NEWS = Metadata(sites=("Dornauer Zeitung",))


@pytest.mark.parametrize(
    ("written", "agencies", "authors"),
    [
        (("Quelle: dpa",), "dpa", ""),
        (("Quelle: epd", "Anna Holm"), "epd", "Anna Holm"),
        (("dpa/lno",), "dpa", ""),
        (("mit dpa",), "dpa", ""),
        (("Anna Holm mit dpa",), "dpa", "Anna Holm"),
        (("Deutsche Presse-Agentur (dpa)",), "dpa", ""),
        (("The Associated Press",), "AP", ""),
        (("red", "APA"), "APA", ""),
        (("red",), "", ""),
        (("Agenturen",), "", ""),
        (("DZ", "Anna Holm"), "", "Anna Holm"),
        (("Dornauer Zeitung", "dpa"), "dpa", ""),
        (("Dornauer Zeitung",), "", "Dornauer Zeitung"),
        (("Anna Holm", "Jan Berg"), "", "Anna Holm, Jan Berg"),
    ],
)
def test_authors_are_persons(written: tuple[str, ...], agencies: str, authors: str) -> None:
    meta = Metadata(sites=NEWS.sites, authors=written)
    credit = credited(places(meta, (), ("Streit um die Brücke",), (), None), Credit(), meta)

    assert "/".join(credit.agencies) == agencies
    assert ", ".join(credit.initials) == authors


@pytest.mark.parametrize(
    ("signed", "authors"),
    [
        (("DZ", "gom"), "Anna Holm, gom"),
        (("ah",), "Anna Holm"),
        (("red",), "Anna Holm"),
        (("Jan Berg",), "Anna Holm, Jan Berg"),
    ],
)
def test_who_signed_wrote_it_too(signed: tuple[str, ...], authors: str) -> None:
    given = (("Anna Holm",), ("Nobody Else",))
    credit = credited(given, Credit(("dpa",), signed), NEWS)

    assert ", ".join(credit.initials) == authors


def test_the_next_place_is_asked_where_one_names_only_agencies() -> None:
    credit = credited((("Quelle: dpa",), ("Anna Holm",)), Credit(), NEWS)

    assert credit == Credit(("dpa",), ("Anna Holm",))
