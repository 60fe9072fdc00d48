"""Forms filled anew every day are no copies of each other; columns are none of their last piece."""

import random
from collections.abc import Callable

import pytest

from aggregator.core.copies import prepare, verify
from aggregator.settings import ClusterSettings

SIGNS = ("Widder", "Stier", "Zwillinge", "Krebs", "Löwe", "Jungfrau")
WHO = ("Ein Kollege", "Venus", "Ihr Partner", "Eine Freundin", "Der Mond", "Ein Brief", "Saturn")
DOES = ("bringt", "verspricht Ihnen", "warnt vor", "rät zu", "hilft bei", "bremst", "belohnt")
WHAT = ("Geduld", "mehr Schlaf", "einem Neuanfang", "Geldfragen", "alten Plänen", "Streit", "Mut")
WHEN = ("am Vormittag", "bis zum Abend", "im Beruf", "zu Hause", "auf Reisen", "in der Liebe")


def draw(chance: random.Random) -> str:
    six = ", ".join(map(str, sorted(chance.sample(range(1, 50), 6))))
    return (
        f"Bei der Ziehung am {chance.randint(1, 28)}. Mai wurden die Gewinnzahlen {six} gezogen. "
        f"Die Superzahl lautet {chance.randint(0, 9)}. Das Spiel 77 lautet "
        f"{chance.randint(10**6, 10**7)}. Im Jackpot liegen rund {chance.randint(2, 40)} Millionen "
        "Euro. Alle Angaben sind ohne Gewähr. Die Annahmestellen schließen am Samstag um 19 Uhr, "
        "die nächste Ziehung wird wie immer live aus dem Studio übertragen und danach im Internet "
        "veröffentlicht."
    )


def shares(chance: random.Random) -> str:
    price = [f"{chance.randint(20, 90)},{chance.randint(10, 99)}" for _ in range(4)]
    return (
        f"Die Aktie der Nordwerke notierte am Dienstag bei {price[0]} Euro und damit "
        f"{chance.randint(1, 9)},{chance.randint(10, 99)} Prozent über dem Schluss vom Vortag. Das "
        f"Tageshoch lag bei {price[1]} Euro, das Tagestief bei {price[2]} Euro. Bislang wurden "
        f"{chance.randint(1000, 90000)} Stücke gehandelt. Analysten sehen das Kursziel im Mittel "
        f"bei {price[3]} Euro. Für das laufende Jahr erwarten sie einen Gewinn je Aktie von "
        f"{chance.randint(1, 9)},{chance.randint(10, 99)} Euro."
    )


def weather(chance: random.Random) -> str:
    low, high = chance.randint(-9, 4), chance.randint(5, 29)
    return (
        f"Am Tage ist es heiter bis wolkig bei Höchstwerten von {high} bis {high + 3} Grad, an "
        f"der Küste um {high - 2} Grad. Der Wind weht schwach bis mäßig aus West. In der Nacht "
        f"sinken die Werte auf {low} bis {low - 3} Grad, im Bergland auf {low - 6} Grad. Die "
        f"Regenwahrscheinlichkeit beträgt {chance.randint(5, 95)} Prozent. Die weiteren Aussichten "
        "bleiben wechselhaft, zum Wochenende hin wird es freundlicher."
    )


def horoscope(chance: random.Random) -> str:
    def advice() -> str:
        return " ".join(chance.choice(part) for part in (WHO, DOES, WHAT, WHEN))

    return "\n".join(f"{sign} (21. Tag): {advice()}. {advice()}." for sign in SIGNS)


@pytest.mark.parametrize("fill", [draw, shares, weather, horoscope])
@pytest.mark.parametrize("seed", range(12))
def test_one_form_filled_twice_is_no_copy(fill: Callable[[random.Random], str], seed: int) -> None:
    chance = random.Random(seed)
    one, other = (prepare("Das Neueste", "", fill(chance), outlet) for outlet in "xy")
    assert verify(1, one, 2, other, ClusterSettings()) is None


@pytest.mark.parametrize("fill", [draw, shares, weather])
def test_one_form_at_two_outlets_is_a_copy(fill: Callable[[random.Random], str]) -> None:
    text = fill(random.Random(1))
    one, other = (prepare(f"So bei {outlet}", "", text, outlet) for outlet in "xy")
    assert verify(1, one, 2, other, ClusterSettings()) is not None


@pytest.mark.parametrize("title", ["Fotografie: Bilder des Tages", "Das Wetter", "Glosse: Der Tag"])
def test_a_column_is_no_copy_of_anothers(title: str) -> None:
    one, other = (prepare(title, "", "", outlet) for outlet in "xy")
    assert verify(1, one, 2, other, ClusterSettings()) is None
