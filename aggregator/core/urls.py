"""Addresses: made absolute, brought to one form, and told apart by host and site.

w3lib normalises (RFC 3986: case, escapes, IDNA, order of parameters); which parameters only track
readers is our rule, since courlan's patterns also match the beginning of real ones ("gallery").
"""

import re
from typing import Final
from urllib.parse import SplitResult, urljoin, urlsplit, urlunsplit

from tld import get_fld
from w3lib.url import canonicalize_url

__all__ = ["canonicalise", "host", "resolve", "same_site", "site"]

_SCHEMES: Final = frozenset({"http", "https"})
_DEFAULT_PORTS: Final = frozenset({("http", 80), ("https", 443)})
_WHITESPACE: Final = re.compile(r"[\t\n\r]+")
_TRACKING: Final = re.compile(
    r"""(?:utm|mtm|pk|piwik|matomo|at|itm|hsa|oly|vero|mkt|wt|wt_mc|ns|sc)_\w+
      | (?:fb|g|gb|dc|tw|yc|ysc|ms|msclk|igsh|gclsrc|wbra|gbra|li_fat_)c?l?id
      | fbclid | gclid | dclid | msclkid | twclid | igshid | igsh | yclid | mc_[ce]id
      | wt\.mc(?:_id)? | wt\.\w+ | xtor | cmpid? | icid | ocid | ito | smid | partner
      | ref | ref_?src | ref_?url | referrer | source | campaign | cid | spm | srnd
      | sara_ref(?:_id)? | share(?:d|_id)? | feedtype | from_?rss | rss | maca | traffic_source
    """,
    re.IGNORECASE | re.VERBOSE,
)


def resolve(base: str, link: str) -> str | None:
    """The absolute http(s) address that `link` means on a page at `base`, or None."""
    try:
        parts = urlsplit(urljoin(base, _WHITESPACE.sub("", link).strip()))
        usable = parts.scheme in _SCHEMES and parts.hostname and parts.port != 0
        return urlunsplit(parts).replace(" ", "%20") if usable else None
    except (ValueError, UnicodeError):
        return None


def canonicalise(url: str) -> str:
    """One form for all spellings of an address: what identifies an article.

    Fragment, default port, credentials and tracking parameters are dropped, parameters sorted;
    an address that cannot be read is returned as it is. Idempotent.
    """
    try:
        parts = urlsplit(canonicalize_url(url))
        if parts.scheme not in _SCHEMES or not parts.hostname:
            return url
        return urlunsplit(parts._replace(netloc=_netloc(parts), query=_query(parts.query)))
    except (ValueError, UnicodeError):
        return url


def _netloc(parts: SplitResult) -> str:
    name = parts.netloc.rpartition("@")[2].lower()
    default = (parts.scheme, parts.port) in _DEFAULT_PORTS
    return name.rpartition(":")[0] if default else name.removesuffix(":")


def _query(query: str) -> str:
    kept = [p for p in query.split("&") if not _TRACKING.fullmatch(p.partition("=")[0])]
    return "&".join(kept)


def host(url: str) -> str:
    """The host name of an address in lower case, "" where it has none."""
    try:
        return (urlsplit(url).hostname or "").lower()
    except ValueError:
        return ""


def site(url: str) -> str:
    """The registrable domain of an address ("news.example.co.uk" → "example.co.uk").

    Of an IP address or a bare name it is that with the port: each is a site of its own.
    """
    found = get_fld(url, fail_silently=True)
    if found:
        return found
    try:
        return urlsplit(url).netloc.rpartition("@")[2].lower()
    except ValueError:
        return ""


def same_site(a: str, b: str) -> bool:
    """Whether two addresses belong to one site."""
    return site(a) == site(b) != ""
