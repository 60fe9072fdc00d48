"""What is printed every day in one form is a story a day, however many outlets print it."""

import random
from collections import defaultdict
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import combinations
from pathlib import Path

import pytest

from aggregator.model import Article, FeedSource
from aggregator.pipeline import why
from aggregator.pipeline.cluster import cluster
from aggregator.pipeline.work import fingerprint
from aggregator.settings import ClusterSettings
from aggregator.storage import articles, feeds
from aggregator.storage.database import Database, open_database

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)
LATER = NOW + timedelta(days=4)
SETTINGS = ClusterSettings()
DAYS = ("Montag", "Dienstag", "Mittwoch")
Told = tuple[str, str]


def dax(day: int) -> Told:
    return (
        f"Dax schließt {('fester', 'schwächer', 'fester')[day]}",
        (
            f"Der deutsche Aktienmarkt hat am {DAYS[day]} kaum bewegt. Der Dax ging mit "
            f"{day + 1},{day}2 Prozent bei {18037 + 37 * day} Punkten aus dem Handel. Der MDax der "
            f"mittelgroßen Werte stand bei {25011 + 11 * day} Zählern. Der Eurozonen-Leitindex "
            f"EuroStoxx 50 notierte bei {4901 + day} Punkten. Der Euro kostete 1,{day + 1}1 Dollar."
        ),
    )


def lottery(day: int) -> Told:
    six = ", ".join(str(number + day) for number in (1, 6, 10, 21, 31))
    return (
        f"Lottozahlen am {DAYS[day]}",
        (
            f"Die Lottozahlen vom {DAYS[day]} lauten {six} und {41 + day}. Die Superzahl ist die "
            f"{day + 3}. Im Spiel 77 wurde die Zahl {123456 * (day + 1)} gezogen. Alle Angaben "
            f"ohne Gewähr. Der Jackpot liegt bei {day + 4} Millionen Euro."
        ),
    )


def weather(day: int) -> Told:
    return (
        "Wetter im Norden: heiter bis wolkig",
        (
            f"Am {DAYS[day]} ist es an der Küste heiter bei Höchstwerten von {11 + 2 * day} "
            f"bis {14 + 2 * day} Grad, im Binnenland um {16 + 2 * day} Grad. Der Wind weht schwach "
            f"aus West. In der Nacht sinken die Werte auf {7 - day} bis {4 - day} Grad. Die "
            "weiteren Aussichten bleiben wechselhaft, zum Wochenende hin wird es freundlicher."
        ),
    )


def headline(day: int) -> Told:
    return f"Das Wetter in Aldenburg am {DAYS[day]}", ""


def earthquake(day: int) -> Told:
    """A report that is brought up to date with what is known, its words as they were."""
    return (
        f"Erdbeben bei Aldenburg: {12 + 3 * day} Tote",
        (
            f"Bei dem Erdbeben der Stärke 6,1 in Aldenburg sind {12 + 3 * day} Menschen tot. "
            f"Mindestens {40 + 20 * day} wurden verletzt, sagte die Ministerin Elvira Petersen. "
            "In der Altstadt stürzten zwei Kirchen und eine Schule ein. Das Beben um 4.12 Uhr war "
            "noch in 200 Kilometern zu spüren. Retter suchen mit Hunden nach Verschütteten."
        ),
    )


def reworked(day: int) -> Told:
    return (
        (earthquake(0)[0], "Mehr Tote nach Beben in Aldenburg", "Erdbeben: Aldenburg begräbt Tote")[
            day
        ],
        (
            earthquake(0)[1],
            (
                "Nach dem Erdbeben in Aldenburg ist die Zahl der Toten auf 15 gestiegen. Retter "
                "zogen 8 Leichen aus der Schule in der Altstadt, 60 Verletzte liegen in 3 "
                "Kliniken. Die Ministerin Elvira Petersen rechnet mit weiteren Verschütteten."
            ),
            (
                "Aldenburg begräbt die Toten des Erdbebens: 18 sind es. 700 Menschen schlafen "
                "in Zelten. Retter suchen in der Altstadt nach Verschütteten, sagte Ministerin "
                "Elvira Petersen. In den Kliniken liegen 80 Verletzte."
            ),
        )[day],
    )


def brought(tell: Callable[[int], Told], hours: int) -> list[tuple[int, Article, str]]:
    """Each day's report at two outlets, the second of which changes nothing but its headline."""
    return [
        (
            day,
            Article(
                f"https://{outlet}.example/{day}",
                f"https://{outlet}.example/{day}",
                tell(day)[0],
                tell(day)[1],
                language="de",
                published_at=NOW + timedelta(hours=hours * day + late),
            ),
            outlet,
        )
        for day in range(3)
        for late, outlet in enumerate(("bote", "anzeiger")[:: 1 - 2 * (day % 2)])
    ]


def clustered(
    db: Database, tell: Callable[[int], Told], order: int, batch: int, hours: int = 24
) -> set[frozenset[str]]:
    """The stories that come of what arrives in some order, as sets of addresses."""
    feeds.sync(db, [FeedSource("https://press.example/rss", "press")], LATER)
    found = brought(tell, hours)
    random.Random(order).shuffle(found)
    for start in range(0, len(found), batch):
        with db.write():
            for _, each, outlet in found[start : start + batch]:
                articles.insert(db, fingerprint(each), 1, outlet, LATER)
        cluster(db, SETTINGS, now=LATER, stop=lambda: False, tell=lambda _: None)
    stories: defaultdict[int, set[str]] = defaultdict(set)
    for url, story in db.rows("SELECT canonical_url, story_id FROM article"):
        stories[story].add(url)
    return set(map(frozenset, stories.values()))


ONE_A_DAY = {
    frozenset(f"https://{outlet}.example/{day}" for outlet in ("anzeiger", "bote"))
    for day in range(3)
}


@pytest.mark.parametrize("tell", [dax, lottery, weather, headline])
def test_the_reports_of_each_day_are_a_story(tmp_path: Path, tell: Callable[[int], Told]) -> None:
    for order in range(4):
        with open_database(tmp_path / f"{order}.db") as db:
            assert clustered(db, tell, order, batch=1 + 5 * (order % 2)) == ONE_A_DAY


def test_a_rising_toll_is_one_story(tmp_path: Path) -> None:
    for order in range(4):
        with open_database(tmp_path / f"{order}.db") as db:
            found = clustered(db, earthquake, order, batch=1 + 5 * (order % 2), hours=14)
            assert found == {frozenset().union(*ONE_A_DAY)}


def test_a_rising_toll_told_in_other_words_fills_no_form(db: Database) -> None:
    clustered(db, reworked, 0, batch=6, hours=14)
    ids = [row[0] for row in db.rows("SELECT first_article_id FROM copy_group")]
    assert len(ids) == 3
    for first, second in combinations(ids, 2):
        told = why.pair(db, first, second, SETTINGS).stories
        assert told is not None
        assert {each.name: each.holds for each in told.checks}["form"]


@pytest.mark.parametrize("tell", [dax, headline])
def test_it_is_said_that_they_fill_one_form(db: Database, tell: Callable[[int], Told]) -> None:
    clustered(db, tell, 0, batch=6)
    ids = dict(map(tuple, db.rows("SELECT canonical_url, id FROM article")))
    first, second = (ids[f"https://anzeiger.example/{day}"] for day in (0, 1))
    told = why.pair(db, first, second, SETTINGS).stories
    assert told is not None
    assert (told.kept_likeness, told.was_missed) == (None, False)
    assert [each.name for each in told.checks if not each.holds][:1] == ["form"]
