"""In which zone a page tells its times where it names none: that of its country."""

from collections.abc import Iterable
from functools import lru_cache
from types import MappingProxyType
from typing import Final
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from aggregator.core import language

__all__ = ["of_page"]

# Countries that live by one clock, or nearly all of whose news is made by one, by top-level
# domain; those whose domain is sold to all the world (.io, .tv, .co) are told by language alone.
_COUNTRIES: Final = MappingProxyType(
    {
        country: zone
        for zone, countries in (
            ("Africa/Cairo", "eg"), ("Africa/Casablanca", "ma"), ("Africa/Johannesburg", "za"),
            ("Africa/Lagos", "ng"), ("Africa/Nairobi", "ke"),
            ("America/Argentina/Buenos_Aires", "ar"), ("America/Bogota", "com.co"),
            ("America/Caracas", "ve"), ("America/Guatemala", "gt"), ("America/Havana", "cu"),
            ("America/Lima", "pe"), ("America/Mexico_City", "mx"), ("America/Montevideo", "uy"),
            ("America/Santiago", "cl"), ("America/Sao_Paulo", "br"),
            ("Asia/Bangkok", "th"), ("Asia/Dhaka", "bd"), ("Asia/Ho_Chi_Minh", "vn"),
            ("Asia/Hong_Kong", "hk"), ("Asia/Jakarta", "id"), ("Asia/Jerusalem", "il"),
            ("Asia/Karachi", "pk"), ("Asia/Kolkata", "in"), ("Asia/Manila", "ph"),
            ("Asia/Riyadh", "sa"), ("Asia/Seoul", "kr"), ("Asia/Shanghai", "cn"),
            ("Asia/Singapore", "sg"), ("Asia/Taipei", "tw"), ("Asia/Tokyo", "jp"),
            ("Atlantic/Reykjavik", "is"), ("Europe/Athens", "gr"), ("Europe/Belgrade", "rs"),
            ("Europe/Berlin", "de"), ("Europe/Bratislava", "sk"), ("Europe/Brussels", "be"),
            ("Europe/Bucharest", "ro"), ("Europe/Budapest", "hu"), ("Europe/Copenhagen", "dk"),
            ("Europe/Dublin", "ie"), ("Europe/Helsinki", "fi"), ("Europe/Istanbul", "tr"),
            ("Europe/Kyiv", "ua"), ("Europe/Lisbon", "pt"), ("Europe/Ljubljana", "si"),
            ("Europe/London", "uk gb"), ("Europe/Luxembourg", "lu"), ("Europe/Madrid", "es"),
            ("Europe/Moscow", "ru"), ("Europe/Oslo", "no"), ("Europe/Paris", "fr"),
            ("Europe/Prague", "cz"), ("Europe/Riga", "lv"), ("Europe/Rome", "it"),
            ("Europe/Sofia", "bg"), ("Europe/Stockholm", "se"), ("Europe/Tallinn", "ee"),
            ("Europe/Vienna", "at"), ("Europe/Vilnius", "lt"), ("Europe/Warsaw", "pl"),
            ("Europe/Zagreb", "hr"), ("Europe/Zurich", "ch li"), ("Europe/Amsterdam", "nl"),
            ("Pacific/Auckland", "nz"),
        )
        for country in countries.split()
    }
)  # fmt: skip
# Languages by the country where most of their news is made; English, Spanish, Portuguese and
# Arabic are told in too many zones.
_LANGUAGES: Final = MappingProxyType(
    {
        "bg": "bg", "cs": "cz", "da": "dk", "de": "de", "el": "gr", "et": "ee", "fi": "fi",
        "fr": "fr", "he": "il", "hr": "hr", "hu": "hu", "is": "is", "it": "it", "ja": "jp",
        "ko": "kr", "lt": "lt", "lv": "lv", "nb": "no", "nl": "nl", "nn": "no", "no": "no",
        "pl": "pl", "ro": "ro", "sk": "sk", "sl": "si", "sr": "rs", "sv": "se", "tr": "tr",
        "uk": "ua",
    }
)  # fmt: skip


def of_page(url: str, tags: Iterable[str]) -> ZoneInfo | None:
    """Return the zone of the country that a page's address or its language tags tell, if one."""
    host = (urlsplit(url).hostname or "").rstrip(".")
    labels = host.split(".")
    said = list(tags)
    regions = (tag.replace("_", "-").partition("-")[2].lower() for tag in said)
    spoken = (_LANGUAGES.get(language.code(tag) or "", "") for tag in said)
    for country in (".".join(labels[-2:]), labels[-1], *regions, *spoken):
        if zone := _COUNTRIES.get(country):
            return _zone(zone)
    return None


@lru_cache(maxsize=128)
def _zone(name: str) -> ZoneInfo | None:
    """The zone of this name; None on a system that knows no zones."""
    try:
        return ZoneInfo(name)
    except ZoneInfoNotFoundError:
        return None
