"""How feeds are, in the reader's language: states, causes and advice, as `core.health` has them."""

from collections.abc import Mapping
from datetime import timedelta
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from aggregator.core.said import Said, Value
from aggregator.web.marking import marked

if TYPE_CHECKING:
    from aggregator.core.health import Diagnosis
    from aggregator.web.languages import Telling

__all__ = ["KINDS", "STATES", "cause", "diagnosed", "told"]

STATES: Final = MappingProxyType(
    {
        "ok": marked("well"),
        "new": marked("new"),
        "paused": marked("paused"),
        "waiting": marked("waits"),
        "silent": marked("silent"),
        "churn": marked("changing ids"),
        "moved": marked("has moved"),
        "failing": marked("fails"),
        "unreadable": marked("unreadable"),
        "html": marked("no feed there"),
        "blocked": marked("blocked"),
        "gone": marked("gone for good"),
    }
)
"""A word for each state."""

KINDS: Final = MappingProxyType(
    {
        "ok": "good",
        "new": "",
        "paused": "",
        "waiting": "",
        "silent": "warn",
        "churn": "warn",
        "moved": "warn",
        "failing": "bad",
        "unreadable": "bad",
        "html": "bad",
        "blocked": "bad",
        "gone": "bad",
    }
)
"""How the chip of each state looks."""

_CAUSES: Final = MappingProxyType(
    {
        "backed_off": marked("Its host wants to be left alone for a while."),
        "bad_url": marked("The address makes no sense."),
        "challenge": marked("A page came that tells people from robots."),
        "compressed": marked("What came cannot be unpacked."),
        "connection": marked("The connection broke."),
        "dns": marked("The name of the server is not known."),
        "empty": marked("An empty answer came."),
        "forbidden_address": marked("The address lies in a network that is not asked."),
        "html": marked("A web page came instead of a feed."),
        "http_401": marked("The server wants a name and password (401)."),
        "http_403": marked("The server lets us in no more (403)."),
        "http_404": marked("There is nothing at this address (404)."),
        "http_410": marked("It is gone for good (410)."),
        "http_429": marked("The server says that it is asked too often (429)."),
        "http_451": marked("It is barred for legal reasons (451)."),
        "malformed": marked("What came is broken, and cannot be read as a feed."),
        "no_feed": marked("No feed was found there."),
        "not_a_feed": marked("What came is no feed."),
        "opml": marked("A list of feeds came instead of a feed."),
        "protocol": marked("What the server said makes no sense."),
        "redirects": marked("It leads from one address to the next, without end."),
        "refused": marked("The server accepts no connections."),
        "sitemap": marked("A sitemap came instead of a feed."),
        "timeout": marked("The server did not answer in time."),
        "tls": marked("The certificate of the server is not to be trusted."),
        "too_large": marked("The answer is larger than what is taken."),
    }
)


def told(said: str, show: "Telling", buttons: Mapping[str, str] | None = None) -> str:
    """A sentence in the reader's language; what was made of no template stays as it is.

    `buttons` are what stands here for commands of a terminal, by their names in the template.
    """
    if not isinstance(said, Said) or not said.template:
        return str(said)
    values = {name: _value(value, show) for name, value in said.values.items()}
    return show.language.gettext(said.template).format(**{**values, **(buttons or {})})


def _value(value: Value, show: "Telling") -> str:
    if isinstance(value, timedelta):
        return show.span(value)
    return show.number(value) if isinstance(value, int) else told(value, show)


def cause(reason: str, show: "Telling") -> str:
    """Why fetching or reading failed, by its code; "" for what has no words of its own."""
    gettext = show.language.gettext
    if reason in _CAUSES:
        return gettext(_CAUSES[reason])
    if reason.startswith("http_5"):
        return gettext("The server reports a mistake of its own (%(status)s).") % {
            "status": reason.removeprefix("http_")
        }
    if reason.startswith("http_"):
        return gettext("The server answered %(status)s.") % {"status": reason.removeprefix("http_")}
    return gettext("What came could not be read in time or memory.") if "worker" in reason else ""


def diagnosed(found: "Diagnosis", show: "Telling") -> tuple[str, str, str, str]:
    """What is so, the publisher's own words or the program's, more on it, and what to do."""
    gettext = show.language.gettext
    quoted = gettext("“%(name)s”")
    buttons = {
        "find": quoted % {"name": gettext("Find its new address")},
        "take": quoted % {"name": gettext("Import")},
    }
    sentence, raw = told(found.sentence, show), ""
    if not isinstance(found.sentence, Said) and found.sentence:
        raw = found.sentence
        sentence = cause(raw.partition(":")[0], show) or raw
    begun = sentence[:1].upper() + sentence[1:]
    return begun, raw, told(found.detail, show), told(found.action, show, buttons)
