"""A made-up press for tests: events told by several outlets, some by copying one wire text."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from html import escape

from tests.support.server import Answer, Server

__all__ = ["OUTLETS", "Report", "outlet_feed", "reports", "serve"]

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
OUTLETS = ("kurier", "bote", "anzeiger", "rundschau", "tageblatt", "merkur")
_PLACES = ("Aldenburg", "Birkstadt", "Corvingen", "Dornau", "Eschfeld", "Farnheim", "Grauental")
_WHO = ("Feuerwehr", "Bürgermeisterin", "Polizei", "Landesregierung", "Gewerkschaft", "Handwerk")
_WHAT = ("Brücke", "Schule", "Bahnstrecke", "Klinik", "Stadion", "Brauerei", "Bibliothek", "Messe")
_DID = ("prüft", "sperrt", "eröffnet", "verkauft", "saniert", "räumt", "verlegt", "besetzt")
_HOW = (
    "überraschend",
    "nach langem Streit",
    "gegen Widerstand",
    "vorläufig",
    "am Morgen",
    "sofort",
)
_WHY = (
    "weil das Geld knapp wird",
    "nachdem ein Gutachten Mängel gezeigt hatte",
    "obwohl Anwohner geklagt hatten",
    "da die Frist abgelaufen war",
    "wie ein Sprecher mitteilte",
    "so steht es im Bericht des Ausschusses",
)


@dataclass(frozen=True, slots=True)
class Report:
    """One outlet's page on an event; `wire` names the wire text it copies, if any."""

    outlet: str
    path: str
    title: str
    paragraphs: tuple[str, ...]
    event: int
    wire: bool
    published_at: datetime


def reports(seed: int, events: int) -> tuple[Report, ...]:
    """Reports on `events` events: of each a wire text at three outlets, one report of its own."""
    chance = random.Random(seed)
    made: list[Report] = []
    for event in range(events):
        place = f"{chance.choice(_PLACES)}-{event}"
        wire = _text(chance, place, 8)
        outlets = chance.sample(OUTLETS, 4)
        for place_in_line, outlet in enumerate(outlets):
            copies = place_in_line < 3
            kept = wire[: chance.randint(5, 8)] if copies else _text(chance, place, 6)
            made.append(
                Report(
                    outlet=outlet,
                    path=f"/{outlet}/{event}",
                    title=f"{place}: {chance.choice(_WHO)} {chance.choice(_DID)} {place_in_line}",
                    paragraphs=kept,
                    event=event,
                    wire=copies,
                    published_at=NOW - timedelta(minutes=7 * event + place_in_line),
                )
            )
    return tuple(made)


def _text(chance: random.Random, place: str, paragraphs: int) -> tuple[str, ...]:
    return tuple(" ".join(_sentence(chance, place) for _ in range(4)) for _ in range(paragraphs))


def _sentence(chance: random.Random, place: str) -> str:
    who, did, what = chance.choice(_WHO), chance.choice(_DID), chance.choice(_WHAT)
    number = chance.randint(3, 900)
    return (
        f"Die {who} in {place} {did} {chance.choice(_HOW)} die {what} mit {number} Plätzen, "
        f"{chance.choice(_WHY)}."
    )


def serve(server: Server, found: Sequence[Report]) -> list[str]:
    """Put the reports and one feed for each outlet on `server`; returns the feeds' paths."""
    for report in found:
        html = {"Content-Type": "text/html; charset=utf-8"}
        server.routes[report.path] = Answer(_page(report).encode(), headers=html)
    for outlet in OUTLETS:
        mine = [report for report in found if report.outlet == outlet]
        headers = {"ETag": f'"{outlet}-{len(mine)}"', "Content-Type": "application/rss+xml"}
        body = outlet_feed(server, outlet, mine).encode()
        server.routes[f"/{outlet}.xml"] = Answer(body, headers=headers)
    return [f"/{outlet}.xml" for outlet in OUTLETS]


def outlet_feed(server: Server, outlet: str, mine: Sequence[Report]) -> str:
    """An RSS feed of reports."""
    items = "".join(
        f"<item><title>{escape(report.title)}</title><link>{server.url(report.path)}</link>"
        f"<guid>{report.path}</guid><pubDate>{format_datetime(report.published_at)}</pubDate></item>"
        for report in mine
    )
    return f'<rss version="2.0"><channel><title>{outlet}</title>{items}</channel></rss>'


def _page(report: Report) -> str:
    body = "".join(f"<p>{escape(paragraph)}</p>" for paragraph in report.paragraphs)
    return (
        f'<html lang="de"><head><title>{escape(report.title)} | {report.outlet}</title></head>'
        f"<body><nav><a href='/'>Start</a> <a href='/sport'>Sport</a></nav><main><article>"
        f"<h1>{escape(report.title)}</h1>{body}</article></main>"
        f"<footer>Impressum Datenschutz</footer></body></html>"
    )
