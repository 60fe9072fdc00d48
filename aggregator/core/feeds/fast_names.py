"""The names that feedparser gives a meaning, and what an element is called by its rules.

The fast path of `core.feeds.fast` understands some of these names, knows of some that they matter
to no field of ours, and hands documents with any other back to feedparser. Names that feedparser
does not know are free to be skipped. A test holds these lists against the installed feedparser.
"""

from collections.abc import Iterable
from types import MappingProxyType
from typing import Final

__all__ = ["HANDLED", "KNOWN", "TAKEN", "Names", "Unsure"]

# Namespaces that feedparser knows (in lower case), and the prefix it gives them.
KNOWN: Final = MappingProxyType(
    {
        "http://backend.userland.com/rss": "",
        "http://blogs.law.harvard.edu/tech/rss": "",
        "http://purl.org/rss/1.0/": "",
        "http://my.netscape.com/rdf/simple/0.9/": "",
        "http://example.com/newformat#": "",
        "http://example.com/necho": "",
        "http://purl.org/echo/": "",
        "uri/of/echo/namespace#": "",
        "http://purl.org/pie/": "",
        "http://purl.org/atom/ns#": "",
        "http://www.w3.org/2005/atom": "",
        "http://purl.org/rss/1.0/modules/rss091#": "",
        "http://webns.net/mvcb/": "admin",
        "http://purl.org/rss/1.0/modules/aggregation/": "ag",
        "http://purl.org/rss/1.0/modules/annotate/": "annotate",
        "http://media.tangent.org/rss/1.0/": "audio",
        "http://backend.userland.com/blogchannelmodule": "blogchannel",
        "http://creativecommons.org/ns#license": "cc",
        "http://web.resource.org/cc/": "cc",
        "http://cyber.law.harvard.edu/rss/creativecommonsrssmodule.html": "creativecommons",
        "http://backend.userland.com/creativecommonsrssmodule": "creativecommons",
        "http://purl.org/rss/1.0/modules/company": "co",
        "http://purl.org/rss/1.0/modules/content/": "content",
        "http://my.theinfo.org/changed/1.0/rss/": "cp",
        "http://purl.org/dc/elements/1.1/": "dc",
        "http://purl.org/dc/terms/": "dcterms",
        "http://purl.org/rss/1.0/modules/email/": "email",
        "http://purl.org/rss/1.0/modules/event/": "ev",
        "http://rssnamespace.org/feedburner/ext/1.0": "feedburner",
        "http://freshmeat.net/rss/fm/": "fm",
        "http://xmlns.com/foaf/0.1/": "foaf",
        "http://www.w3.org/2003/01/geo/wgs84_pos#": "geo",
        "http://www.georss.org/georss": "georss",
        "http://www.opengis.net/gml": "gml",
        "http://postneo.com/icbm/": "icbm",
        "http://purl.org/rss/1.0/modules/image/": "image",
        "http://www.itunes.com/dtds/podcast-1.0.dtd": "itunes",
        "http://example.com/dtds/podcast-1.0.dtd": "itunes",
        "http://purl.org/rss/1.0/modules/link/": "l",
        "http://search.yahoo.com/mrss": "media",
        "http://search.yahoo.com/mrss/": "media",
        "http://madskills.com/public/xml/rss/module/pingback/": "pingback",
        "http://prismstandard.org/namespaces/1.2/basic/": "prism",
        "http://www.w3.org/1999/02/22-rdf-syntax-ns#": "rdf",
        "http://www.w3.org/2000/01/rdf-schema#": "rdfs",
        "http://purl.org/rss/1.0/modules/reference/": "ref",
        "http://purl.org/rss/1.0/modules/richequiv/": "reqv",
        "http://purl.org/rss/1.0/modules/search/": "search",
        "http://purl.org/rss/1.0/modules/slash/": "slash",
        "http://schemas.xmlsoap.org/soap/envelope/": "soap",
        "http://purl.org/rss/1.0/modules/servicestatus/": "ss",
        "http://hacks.benhammersley.com/rss/streaming/": "str",
        "http://purl.org/rss/1.0/modules/subscription/": "sub",
        "http://purl.org/rss/1.0/modules/syndication/": "sy",
        "http://schemas.pocketsoap.com/rss/mydescmodule/": "szf",
        "http://purl.org/rss/1.0/modules/taxonomy/": "taxo",
        "http://purl.org/rss/1.0/modules/threading/": "thr",
        "http://purl.org/rss/1.0/modules/textinput/": "ti",
        "http://madskills.com/public/xml/rss/module/trackback/": "trackback",
        "http://wellformedweb.org/commentapi/": "wfw",
        "http://purl.org/rss/1.0/modules/wiki/": "wiki",
        "http://www.w3.org/1999/xhtml": "xhtml",
        "http://www.w3.org/1999/xlink": "xlink",
        "http://www.w3.org/xml/1998/namespace": "xml",
        "http://podlove.org/simple-chapters": "psc",
    }
)
_PREFIXES: Final = frozenset(KNOWN.values()) - {""}
# A part of an address that makes any namespace one of plain RSS.
_USERLAND: Final = "backend.userland.com/rss"

# Elements for which feedparser has a rule of its own.
HANDLED: Final = frozenset(
    """
    abstract author body category cc_license channel cloud content content_encoded contributor
    copyright created creativecommons_license dc_author dc_contributor dc_creator dc_date
    dc_description dc_language dc_publisher dc_rights dc_subject dc_title dcterms_created
    dcterms_issued dcterms_modified dcterms_valid description email enclosure entry expirationdate
    feed feedburner_browserfriendly fullitem generator geom georss_box georss_line georss_point
    georss_polygon georss_where georssgeom gml_exterior gml_linearring gml_linestring gml_point
    gml_polygon gml_pos gml_poslist guid height homepage id image info issued item itunes_author
    itunes_block itunes_category itunes_email itunes_explicit itunes_image itunes_keywords
    itunes_link itunes_name itunes_owner itunes_subtitle itunes_summary keywords language
    lastbuilddate link managingeditor media_category media_content media_credit media_description
    media_group media_keywords media_license media_player media_rating media_restriction
    media_thumbnail media_title modified name newlocation psc_chapter psc_chapters pubdate
    published rights rss source subtitle summary tagline tags textinput title updated uri url
    webmaster where width xhtml_body
    """.split()
)
# Names under which feedparser keeps what it read: an unknown element of such a name replaces it.
TAKEN: Final = frozenset(
    """
    author_detail authors channel contributors created_parsed date date_parsed description_detail
    enclosures expired expired_parsed feed feedburner_origlink generator_detail guidislink
    href issued_parsed itunes_block itunes_explicit license links media_content media_credit
    media_license media_player media_rating media_restriction media_thumbnail modified_parsed
    psc_chapters published_parsed publisher publisher_detail publishers rights_detail
    copyright_detail subtitle_detail summary_detail tagline_detail tags textinput title_detail ttl
    sy_updatefrequency sy_updateperiod updated_parsed validity validity_end validity_end_parsed
    validity_start validity_start_parsed
    """.split()
)


class Unsure(Exception):
    """The document holds something for which feedparser must be asked."""


class Names(dict[str, str]):
    """Names of elements by their tags ("{namespace}local"), as feedparser calls them.

    Known namespaces have their own prefix, whatever the document calls them; elements of others
    have the document's. Prefixes that could be mistaken make the document doubtful.
    """

    def __init__(self, declared: Iterable[tuple[str, str]]) -> None:
        """Take the pairs of prefix ("" for none) and namespace in the order of the document."""
        super().__init__()
        self._prefixes: dict[str, str] = {}
        uris: dict[str, str] = {}
        known: set[str] = set()
        for given, uri in declared:
            prefix, name = given.lower(), _known(uri)
            if prefix and uris.setdefault(prefix, uri) != uri:
                raise Unsure
            if name is None:
                if self._prefixes.setdefault(uri, prefix) != prefix or uri.split() != [uri]:
                    raise Unsure
            elif name == "xlink" or (prefix in _PREFIXES and prefix != name):
                raise Unsure
            else:
                known.add(name)
        if not known.isdisjoint(filter(None, self._prefixes.values())):
            raise Unsure

    def __missing__(self, tag: str) -> str:
        """Name an element that was not met before."""
        uri, _, local = tag[1:].rpartition("}") if tag.startswith("{") else ("", "", tag)
        prefix = _known(uri) if uri else ""
        if prefix is None:
            prefix = self._prefixes[uri]
        name = self[tag] = (f"{prefix}_{local}" if prefix else local).lower()
        return name


def _known(uri: str) -> str | None:
    folded = uri.lower()
    return "" if _USERLAND in folded else KNOWN.get(folded)
