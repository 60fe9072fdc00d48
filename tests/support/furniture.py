"""Made-up articles of one site that have nothing in common, and furniture to plant in them."""

import random
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from aggregator.core.evidence import Page

__all__ = ["PROMPT", "SEEN", "article", "page", "words"]

SEEN = datetime(2026, 3, 1, 12, tzinfo=UTC)
PROMPT = "Folgen Sie uns auch bei WhatsApp und verpassen Sie keine Nachricht aus der Region."
_SYLLABLES = ("ba", "do", "ke", "lu", "mi", "no", "pra", "ri", "so", "ta", "ver", "wol")


def words(topic: int, count: int) -> list[str]:
    """Words that only this topic has."""
    chance = random.Random(f"topic {topic}")
    made = ("".join(chance.choices(_SYLLABLES, k=3)) for _ in range(3 * count))
    return [f"{each}{chr(97 + topic % 26)}" for each in dict.fromkeys(made)][:count]


def article(topic: int, *, number: int = 0, paragraphs: int = 5) -> tuple[str, ...]:
    """Paragraphs about a topic; another `number` tells other things about it."""
    chance = random.Random(f"{topic} {number}")
    known = words(topic, 30)
    return tuple(" ".join(chance.sample(known, 12)).capitalize() + "." for _ in range(paragraphs))


def page(
    topic: int,
    *more: str,
    number: int = 0,
    at: int = 2,
    lines: Sequence[str] | None = None,
    fresh: bool = True,
    seen_at: datetime | None = None,
) -> Page:
    """A page about a topic with further lines at the place `at`."""
    body = list(article(topic, number=number) if lines is None else lines)
    body[at:at] = more
    title = " ".join(words(topic, 4)).title()
    when = seen_at or SEEN + timedelta(hours=topic)
    return Page(title, "de", tuple(body), when, fresh=fresh)
