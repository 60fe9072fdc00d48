"""Addresses: made absolute, brought to one form for identity, and told apart by site.

w3lib and tld are imported by need: a run that finds nothing new must not pay for them.
"""

import ipaddress
import re
from typing import Final
from urllib.parse import SplitResult, quote, unquote_plus, urljoin, urlsplit, urlunsplit

__all__ = [
    "as_base",
    "canonicalise",
    "host",
    "is_front_page",
    "legible",
    "registrable",
    "resolve",
    "same_site",
    "site",
    "without_credentials",
    "without_twins",
]

_LONGEST: Final = 8192
# It is put before each relative address, so that a long one multiplies a text by hundreds.
_LONGEST_BASE: Final = 2000
_DEFAULT_PORTS: Final = (("http", 80), ("https", 443))
_UNWANTED: Final = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufeff]")
_ESCAPED_AMPERSAND: Final = re.compile(r"&(?:amp;|#0*38;|#x0*26;)+", re.IGNORECASE)
_FORBIDDEN_IN_HOST: Final = re.compile(r"[\s<>\"'`{}|\\^%@/?#,;&=+!$()*~]")
_SUB_DELIMS: Final = "%!$&'()*+,;=:@~"
_PERCENT: Final = re.compile("%[0-9A-Fa-f]{2}")
_CREDENTIALS: Final = re.compile(r"//[^/?#]*@")
_BROKEN_CREDENTIALS: Final = re.compile(r"^([A-Za-z][A-Za-z0-9+.-]*://)?.*@", re.DOTALL)
_UNRESERVED: Final = re.compile(r"[A-Za-z0-9._~-]")
_SESSION: Final = re.compile(r";jsessionid=[^/;]*", re.IGNORECASE)

# Parameters that say how a reader came, whatever their value. Libraries keep such lists too, but
# courlan's also takes "gallery", "cid" and "reference", which name articles.
_TRACKERS: Final = re.compile(
    r"(?:utm|at|mtm|matomo|piwik|itm|hsa|guce|fb_action)_\w+|fb_(?:ref|source)"
    r"|pk_(?:campaign|cpn|source|medium|content|kwd|keyword|cid|vid)"
    r"|(?:fb|tw|tt|y|g|d|msc?l)k?clid|gclsrc|[gw]braid|li_fat_id|igshid|igsh|epik|rdt_cid|sccid"
    r"|msclkid|_ga|_gl|_hsenc|_hsmi|__hs\w+|mc_[ce]id|mkt_tok|ml_subscriber\w*|oly_\w+_id|vero_\w+"
    r"|s_cid|s_kwcid|ef_id|xtor|ns_(?:campaign|mchannel|source|linkname|fee)"
    r"|wt_?z?mc|wt[._]\w*mc\w*|wtrid|utm|cmpid|ocid|icid|ncid|smid|smtyp|emc|maca|gepc|ito|mbid"
    r"|sara_(?:ecid|ref)|ftag|ftcamp|spm|guccounter|__twitter_impression|phpsessid|jsessionid",
    re.IGNORECASE,
)
# These may name an article, so they go only where their value names a channel.
_MAYBE_TRACKERS: Final = frozenset(
    {"campaign", "cid", "cmp", "feature", "from", "medium", "origin", "partner", "ref", "referer",
     "referrer", "share", "source", "src", "via"}
)  # fmt: skip
_CHANNEL: Final = re.compile(
    r"(?:^|[\W_\d])(?:rss|feeds?|atom|newsletter|nl|e?mail|push|app|homepage|twitter|tw|facebook|fb"
    r"|whatsapp|telegram|linkedin|instagram|reddit|social|share\w*|google\w*|apple\w*|flipboard"
    r"|msn|upday|yahoo)(?:$|[\W_\d])",
    re.IGNORECASE,
)
# The accelerated twin of a page stands at an address made from the page's own.
_AMP_PATH: Final = re.compile(
    r"^/amp(?=/.)|(?<=[^/])/amp(?=/?$)|\.amp(?=(?:\.html?)?$)", re.IGNORECASE
)
_AMP_PAIR: Final = re.compile(
    r"(?:amp|_amp|is_?amp)(?:=(?:1|true|yes|on)?)?|output(?:type)?=(?:valid_)?amp(?:type)?"
    r"|(?:usqp|amp_(?:js_v|gsa|ct|cb))=.*",
    re.IGNORECASE,
)

# The slashes that end a path of more than them.
_LAST_SLASHES: Final = re.compile(r"^(https?://[^/?]+/(?:[^?]*[^/?])?)/+(?=\?|$)")

# An address that stays as it is when resolved, and before its query when brought to one form.
_PLAIN: Final = re.compile(
    r"(https?://(?:(?!xn--)[a-z0-9][a-z0-9-]{0,50}\.){1,8}(?!xn--)[a-z0-9][a-z0-9-]{0,50}"
    r"/(?:[\w~-][\w~.-]*/)*+(?:[\w~-][\w~.-]*+)?)"
    r"(?:\?((?:[\w.~=/:,;%*+@!()$-]|&(?!(?i:amp;)|#))++))?(?:#[\w.~=/:,;%*+@!()$-]++)?",
    re.ASCII,
)


def as_base(url: str) -> str:
    """What is put before relative addresses found at `url`; "" where that would be too long.

    A query is no part of it, unless a link is but another query or fragment.
    """
    if len(url) <= _LONGEST_BASE:
        return url
    short = re.split("[?#]", url, maxsplit=1)[0]
    return short if len(short) <= _LONGEST_BASE else ""


def resolve(base: str, link: str) -> str | None:
    """Make `link` absolute against `base`; None where that gives no http or https address.

    Never raises; a base that is too long (see `as_base`) is none. What feeds and pages get wrong
    is put right: white space around or inside, "&" escaped twice, backslashes. Paths and queries
    come out in ASCII. Names and passwords are left out, so that an operator's credentials in a
    feed's address reach no link.
    """
    if len(link) <= _LONGEST and _PLAIN.fullmatch(link) and (not base or _PLAIN.fullmatch(base)):
        return link
    return _resolve(base, link)


def _resolve(base: str, link: str) -> str | None:
    link = _mend(link)
    if not link or len(link) > _LONGEST:
        return None
    try:
        return _absolute(urlsplit(urljoin(_mend(as_base(base)), link)))
    except ValueError:
        return None


def _mend(link: str) -> str:
    link = _ESCAPED_AMPERSAND.sub("&", _UNWANTED.sub("", link).strip())
    end = re.search(r"[?#]", link)
    cut = end.start() if end else len(link)
    return link[:cut].replace("\\", "/") + link[cut:]


def _absolute(parts: SplitResult) -> str | None:
    if parts.scheme not in {"http", "https"}:
        return None
    netloc = _netloc(parts)
    if netloc is None:
        return None
    return urlunsplit(
        (
            parts.scheme,
            netloc,
            quote(parts.path, safe="/" + _SUB_DELIMS),
            quote(parts.query, safe="/?[]" + _SUB_DELIMS),
            quote(parts.fragment, safe="/?[]" + _SUB_DELIMS),
        )
    )


def _netloc(parts: SplitResult) -> str | None:
    """Host in lower case and port, without credentials; None where there is no usable host."""
    name, port = (parts.hostname or "").lower(), parts.port
    if not name.strip(".") or port == 0 or _FORBIDDEN_IN_HOST.search(name):
        return None
    if ":" in name:
        name = f"[{ipaddress.IPv6Address(name).compressed}]"
    return name if port is None else f"{name}:{port}"


def canonicalise(url: str) -> str:
    """Bring an address to the one form that identifies what it names; idempotent, never raises.

    Gone are fragment, default port, credentials, dot segments, session ids and tracking
    parameters; scheme and host are in lower case, percent-escapes in one spelling, parameters
    sorted by name (equal names keep their order). What is no http or https address stays.
    """
    if len(url) <= _LONGEST and (plain := _PLAIN.fullmatch(url)):
        query = _query(plain[2]) if plain[2] else ""
        return plain[1] + (f"?{query}" if query else "")
    return _canonicalise(url)


def _canonicalise(url: str) -> str:
    absolute = _resolve("", url)
    if absolute is None:
        return _mend(url)
    parts = urlsplit(absolute)
    query = _query(parts.query)
    return _without_query(parts) + (f"?{query}" if query else "")


def identity(url: str) -> str:
    """Bring an address to the form in which one article's addresses are equal; idempotent.

    That is the canonical form, alike for http and https, for a page and its AMP twin, and with a
    slash at its end or without. It tells articles apart and nothing else: whether anything answers
    there nobody knows.
    """
    secure = without_twins(url)
    while (bare := _LAST_SLASHES.sub(r"\1", secure)) != secure:
        secure = without_twins(bare)
    return secure


def without_twins(url: str) -> str:
    """Bring an address to its canonical form, alike for http and https, a page and its AMP twin.

    Names and digests of entries are made of this: a slash at its end may stay, so that entries on
    file keep theirs.
    """
    canonical = canonicalise(url)
    if canonical.startswith("https://") and "amp" not in canonical.lower():
        return canonical
    if resolve("", canonical) is None:
        return canonical
    parts = urlsplit(canonical)
    path = parts.path
    while (shorter := _AMP_PATH.sub("", path)) != path:
        path = shorter
    secure = "https" if parts.port is None else parts.scheme
    query = "&".join(pair for pair in parts.query.split("&") if not _AMP_PAIR.fullmatch(pair))
    return urlunsplit((secure, parts.netloc, path or "/", query, ""))


def spellings(identified: str) -> tuple[str, str, str, str]:
    """Give the canonical forms that an article of this identity may be kept under.

    They are https and http, without a slash at the end and with one.
    """
    head, mark, query = identified.partition("?")
    slashed = head + ("" if head.endswith("/") else "/") + mark + query
    return identified, _plain_http(identified), slashed, _plain_http(slashed)


def _plain_http(url: str) -> str:
    return re.sub(r"^https://(?![^/]*:\d+/)", "http://", url)


def is_front_page(identified: str) -> bool:
    """Whether an address names a site and nothing on it: careless feeds give every entry this."""
    parts = urlsplit(identified)
    return parts.path in {"", "/"} and not parts.query


def _without_query(parts: SplitResult) -> str:
    """Scheme, host and path in one form, which w3lib knows (RFC 3986, 6.2; IDNA)."""
    from w3lib.url import canonicalize_url

    path = _SESSION.sub("", _one_spelling(parts.path))
    return canonicalize_url(SplitResult(parts.scheme, _plain_host(parts), path, "", "").geturl())


def _plain_host(parts: SplitResult) -> str:
    name = parts.netloc
    if (parts.scheme, parts.port) in _DEFAULT_PORTS:
        name = name.rpartition(":")[0]
    return name.rstrip(".")


def _query(query: str) -> str:
    pairs = [_one_spelling(pair) for pair in query.split("&") if pair and not _is_tracking(pair)]
    return "&".join(sorted(pairs, key=lambda pair: pair.partition("=")[0]))


def _is_tracking(pair: str) -> bool:
    raw_name, _, raw_value = pair.partition("=")
    name = unquote_plus(raw_name).lower()
    if _TRACKERS.fullmatch(name):
        return True
    return name in _MAYBE_TRACKERS and bool(_CHANNEL.search(unquote_plus(raw_value)))


def _one_spelling(part: str) -> str:
    """Percent-escapes in upper case, and none where none is needed (RFC 3986, 6.2.2)."""

    def spell(match: re.Match[str]) -> str:
        letter = chr(int(match[0][1:], 16))
        return letter if _UNRESERVED.fullmatch(letter) else match[0].upper()

    return _PERCENT.sub(spell, part)


def host(url: str) -> str:
    """Give the host name of `url` in lower case, without port; "" where there is none."""
    try:
        return (urlsplit(url.strip()).hostname or "").lower().rstrip(".")
    except ValueError:
        return ""


def legible(url: str) -> str:
    """Give an address as a server wrote it, fit to be kept: no control characters, no endless one.

    Not mended otherwise, since it is kept as the proof of what was said.
    """
    return _UNWANTED.sub("", url)[:_LONGEST]


def without_credentials(url: str, *, broken: bool = False) -> str:
    """Give `url` without the name and password in it, fit to be shown; never raises.

    In a `broken` one they may be anything before the last "@".
    """
    if broken:
        return _BROKEN_CREDENTIALS.sub(r"\1", url)
    return _CREDENTIALS.sub("//", url, count=1)


def site(url: str) -> str:
    """Give the registrable domain ("bbc.co.uk"), under which one publisher's pages stand.

    Of an IP address, or a name under no public suffix ("localhost"), it is host and port; "" where
    there is no host. The public suffix list that tld carries is read, never fetched anew.
    """
    name = host(url)
    if not name:
        return ""
    if not _is_address(name):
        from tld import get_fld

        domain = get_fld(f"http://{name}/", fail_silently=True, search_private=True)
        if domain:
            return domain
    return _with_port(name, url)


def registrable(name: str) -> str:
    """Give the domain that a registry lists for the host `name`; of an IP address it is itself.

    Unlike `site` it does not part the customers of one hoster ("a.example.github.io"). Under what
    is no public suffix it is the last two labels, as the list's own default has it.
    """
    if _is_address(name):
        return name
    from tld import get_fld

    domain = get_fld(f"http://{name}/", fail_silently=True, search_private=False)
    return domain or ".".join(name.split(".")[-2:])


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def _with_port(name: str, url: str) -> str:
    bracketed = f"[{name}]" if ":" in name else name
    try:
        port = urlsplit(url.strip()).port
    except ValueError:
        port = None
    return bracketed if port is None else f"{bracketed}:{port}"


def same_site(a: str, b: str) -> bool:
    """Whether two addresses belong to one site; never true of what has no host."""
    return bool(site(a)) and site(a) == site(b)
