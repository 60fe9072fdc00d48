"""Made-up feeds of 20 entries each for the benchmark: RSS and Atom, summaries and full texts."""

import random
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from html import escape
from typing import Final

__all__ = ["ITEMS", "body"]

ITEMS: Final = 20
_BEGIN: Final = datetime(2026, 3, 1, 6, tzinfo=UTC)
_WORDS: Final = (
    "Rat Stadt Brücke Haushalt prüft nach dem Gutachten weiter offen Bürger fordern mehr Zeit für "
    "die Pläne der Verwaltung am Montag sagte eine Sprecherin der Behörde in Aldenburg werde neu "
    "gerechnet Kosten steigen um Millionen Euro Land zahlt nicht ohne Prüfung der Unterlagen sowie "
    "über Wochen hinweg Schulen Kliniken Bahn und Straßen sollen später folgen"
).split()


def body(number: int, generation: int, link: str) -> bytes:
    """The feed with `number` in its `generation`: each generation has the same entries, reworded.

    `link` is what its entries' links begin with. A third each are RSS with full texts, RSS with
    summaries, and Atom.
    """
    chance = random.Random(f"{number}/{generation}")  # noqa: S311 - made-up text, not secrets
    write = (_rss_full, _rss, _atom)[number % 3]
    return write(chance, number, link).encode()


def _sentence(chance: random.Random, words: int) -> str:
    return " ".join(chance.choices(_WORDS, k=words)) + "."


def _html(chance: random.Random, link: str, paragraphs: int) -> str:
    image = f'<img src="{link}/bild.jpg" alt="Ein Bild" width="300">'
    texts = (f"<p>{_sentence(chance, 40)} <a href='{link}/mehr'>Mehr</a></p>"
             for _ in range(paragraphs))  # fmt: skip
    return image + "".join(texts)


def _rss_full(chance: random.Random, number: int, link: str) -> str:
    return _rss(chance, number, link, paragraphs=4)


def _rss(chance: random.Random, number: int, link: str, paragraphs: int = 0) -> str:
    items = []
    for item in range(ITEMS):
        page = f"{link}/{number}/{item}"
        full = (
            f"<content:encoded><![CDATA[{_html(chance, page, paragraphs)}]]></content:encoded>"
            if paragraphs
            else ""
        )
        items.append(
            f"<item><title>{_sentence(chance, 8)}</title><link>{page}</link>"
            f"<guid isPermaLink='false'>{number}-{item}</guid>"
            f"<pubDate>{format_datetime(_BEGIN + timedelta(minutes=7 * item))}</pubDate>"
            f"<dc:creator>Erika Beispiel</dc:creator><category>Politik</category>"
            f"<category>Land &amp; Leute</category>"
            f"<description>{escape(_html(chance, page, 1))}</description>{full}</item>"
        )
    return (
        '<?xml version="1.0" encoding="UTF-8"?><rss version="2.0" '
        'xmlns:content="http://purl.org/rss/1.0/modules/content/" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/"><channel>'
        f"<title>Blatt {number}</title><link>{link}/</link><description>Nachrichten</description>"
        f"<language>de</language>{''.join(items)}</channel></rss>"
    )


def _atom(chance: random.Random, number: int, link: str) -> str:
    entries = []
    for item in range(ITEMS):
        page, at = f"{link}/{number}/{item}", _BEGIN + timedelta(minutes=7 * item)
        entries.append(
            f"<entry><title>{_sentence(chance, 8)}</title><id>tag:blatt,2026:{number}-{item}</id>"
            f"<link rel='alternate' type='text/html' href='{page}'/>"
            f"<published>{at.isoformat()}</published><updated>{at.isoformat()}</updated>"
            f"<author><name>Erika Beispiel</name></author><category term='Politik'/>"
            f"<summary type='html'>{escape(_html(chance, page, 1))}</summary></entry>"
        )
    return (
        '<?xml version="1.0" encoding="UTF-8"?><feed xmlns="http://www.w3.org/2005/Atom" '
        f"xml:lang='de'><title>Blatt {number}</title><id>{link}/{number}</id>"
        f"<link href='{link}/'/><updated>{_BEGIN.isoformat()}</updated>{''.join(entries)}</feed>"
    )
