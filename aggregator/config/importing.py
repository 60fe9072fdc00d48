"""What of a list of feeds, as other feed readers write it, can be listed here, and what not."""

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, cast

from aggregator.config.adding import refusal
from aggregator.config.checks import check_for, feed_key, shown
from aggregator.core.urls import host
from aggregator.model import FeedSource, TextSource

if TYPE_CHECKING:
    from aggregator.config.loading import Config
    from aggregator.core.opml import Outline

__all__ = ["Skipped", "sorted_outlines"]


@dataclass(frozen=True, slots=True)
class Skipped:
    """An outline that is not imported: its 1-based line in the file, and why.

    `listed` is the line on which feeds.yaml has the feed already, if it has.
    """

    line: int
    name: str
    url: str | None
    why: str
    listed: int | None = None


def sorted_outlines(
    outlines: "tuple[Outline, ...]", config: "Config"
) -> tuple[list[FeedSource], list[Skipped]]:
    """What to add, and what not, in the order of the file."""
    places = config.places()
    lines: dict[str, int] = {}
    taken: list[FeedSource] = []
    skipped: list[Skipped] = []
    for outline in outlines:
        url = None if outline.url is None else shown(outline.url)
        left = partial(Skipped, outline.line, outline.name, url)
        source = _source(outline)
        if source is None:
            skipped.append(left("it has no xmlUrl, the address of a feed"))
        elif reason := refusal(source, config.path):
            skipped.append(left(reason))
        elif listed := places.get(key := feed_key(source.url)):
            skipped.append(left(f"listed already, on line {listed}", listed))
        elif key in lines:
            skipped.append(left(f"it stands twice, first on line {lines[key]}"))
        else:
            lines[key] = outline.line
            taken.append(source)
    return taken, skipped


def _source(outline: "Outline") -> FeedSource | None:
    """The feed that an outline names; None where it names no address."""
    if outline.url is None:
        return None
    return FeedSource(
        url=outline.url,
        outlet=outline.name or host(outline.url) or shown(outline.url),
        language=_language(outline.language),
        tags=outline.tags,
        text=cast("TextSource", outline.text),
        paused=outline.paused,
    )


def _language(said: str | None) -> str | None:
    """A language code, or None where something else is said ("unknown")."""
    code = (said or "").replace("_", "-")
    return None if check_for("language")(code) else code
