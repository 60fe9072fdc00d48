"""Feeds of every format are understood as written, and what is no feed says what it is."""

import json
from dataclasses import asdict, replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.core.feeds import parse
from aggregator.model import Entry, ParsedFeed, Rejected, Schedule

DATA = Path(__file__).parent.parent / "data" / "feeds"
GOLDEN = sorted(path for path in DATA.iterdir() if ".expected." not in path.name)
URL = "https://served.example/feeds/feed"

RSS = """<?xml version="1.0"{encoding}?><rss version="2.0"><channel><title>Müller</title>{items}
</channel></rss>"""
ITEM = "<item><title>{}</title><link>https://a.example/1</link><guid>1</guid></item>"


def feed(body: bytes | str, content_type: str = "", url: str = URL) -> ParsedFeed:
    data = body.encode() if isinstance(body, str) else body
    found = parse(data, {"content-type": content_type} if content_type else {}, url)
    assert isinstance(found, ParsedFeed), found
    return found


def only(items: str) -> Entry:
    (entry,) = feed(RSS.format(encoding="", items=items)).entries
    return entry


def rejected(body: bytes | str) -> Rejected:
    found = parse(body.encode() if isinstance(body, str) else body, {}, URL)
    assert isinstance(found, Rejected), found
    assert found.stage == "parse"
    return found


# --- what feeds say ----------------------------------------------------------------------------


@pytest.mark.parametrize("path", GOLDEN, ids=lambda path: path.name)
def test_golden_feeds(path: Path) -> None:
    found = json.loads(json.dumps(asdict(feed(path.read_bytes())), default=datetime.isoformat))
    assert found == json.loads(path.with_suffix(".expected.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("AT&amp;T", "AT&T"),
        ("AT&amp;amp;T", "AT&T"),
        ("&lt;b&gt;Fett&lt;/b&gt;er", "Fetter"),
        ("if a &lt; b", "if a < b"),
        ("List&lt;T&gt; erklärt", "List<T> erklärt"),
        ("<![CDATA[Eins &#8211; zwei]]>", "Eins – zwei"),
        (" zwei\n Zeilen ", "zwei Zeilen"),
        ("Bundes&#173;kanzler", "Bundeskanzler"),
    ],
)
def test_titles_are_plain(title: str, expected: str) -> None:
    assert only(ITEM.format(title)).title == expected


def test_no_field_holds_markup_that_runs() -> None:
    attack = "&lt;img src=x onerror=alert(1)&gt;&lt;script&gt;x()&lt;/script&gt;"
    entry = only(
        f"<item><title>{attack}</title><author>{attack}</author><category>{attack}</category>"
        f"<description>{attack}</description><link>javascript:alert(1)</link></item>"
    )
    assert "onerror" not in repr(entry)
    assert "script" not in repr(entry)


def test_a_caption_is_no_full_text_but_content_is() -> None:
    caption = (
        '<media:content xmlns:media="http://search.yahoo.com/mrss/" url="a.jpg">'
        "<media:description>Eine Bildunterschrift</media:description></media:content>"
    )
    full = (
        '<content:encoded xmlns:content="http://purl.org/rss/1.0/modules/content/">'
        "&lt;p&gt;Der ganze Text&lt;/p&gt;</content:encoded>"
    )
    item = "<item><description>Kurz</description>{}</item>"
    assert (only(item.format(caption)).summary, only(item.format(caption)).content) == ("Kurz", "")
    assert only(item.format(full + caption)).content == "<p>Der ganze Text</p>"


def test_an_absent_update_is_not_the_publication() -> None:
    entry = only("<item><title>a</title><pubDate>Fri, 03 May 2024 10:00:00 GMT</pubDate></item>")
    assert entry.published_at == datetime(2024, 5, 3, 10, tzinfo=UTC)
    assert entry.updated_at is None


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("Fri, 03 May 2024 12:00:00 &amp;#43;0200", datetime(2024, 5, 3, 10, tzinfo=UTC)),
        # Greek, which the library reads.
        ("\u039a\u03c5\u03c1, 11 \u0399\u03bf\u03cd\u03bb 2004 12:00:00 EST",
         datetime(2004, 7, 11, 17, tzinfo=UTC)),
        # Korean, in which it finds the year and adds today's month.
        ("2004년 05월 28일  01:31:15", None),
        ("0000-00-00", None),
    ],
)  # fmt: skip
def test_dates(written: str, expected: datetime | None) -> None:
    assert only(f"<item><pubDate>{written}</pubDate></item>").published_at == expected


# --- when to ask again, and who tells of what is new ---------------------------------------------

CHANNEL = """<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom"
 xmlns:sy="http://purl.org/rss/1.0/modules/syndication/"><channel>{}<item/></channel></rss>"""


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("", Schedule()),
        ("<ttl> 60 </ttl>", Schedule(ttl=60)),
        ("<ttl>an hour</ttl><ttl/>", Schedule()),
        ("<sy:updatePeriod> Hourly\n</sy:updatePeriod>", Schedule(period=60)),
        (
            "<sy:updatePeriod>weekly</sy:updatePeriod><sy:updateFrequency>7</sy:updateFrequency>",
            Schedule(period=1440),
        ),
        (
            "<sy:updatePeriod>monthly</sy:updatePeriod><sy:updateFrequency>x</sy:updateFrequency>",
            Schedule(period=30 * 1440),
        ),
        (
            "<sy:updatePeriod>yearly</sy:updatePeriod><sy:updateFrequency>0</sy:updateFrequency>",
            Schedule(period=365 * 1440),
        ),
        ("<sy:updateFrequency>4</sy:updateFrequency>", Schedule(period=360)),
        ("<sy:updatePeriod>often</sy:updatePeriod>", Schedule()),
        (
            (
                "<skipHours><!-- at night --><hour>24</hour>\n<hour> 2 </hour><hour>01</hour>"
                "<hour>25</hour><hour>-3</hour><hour/></skipHours>"
            ),
            Schedule(skip_hours=(0, 1, 2)),
        ),
        (
            "<skipDays><day>SUNDAY</day><day>Saturday</day><day>Sunnyday</day></skipDays>",
            Schedule(skip_days=(5, 6)),
        ),
        ("<ttl>10000000</ttl>", Schedule(ttl=1e7)),
        ("<ttl>" + "9" * 5000 + "</ttl>", Schedule(ttl=1e12)),
        (
            (
                "<skipHours><hour><![CDATA[11]]></hour><hour> <![CDATA[ 12 ]]>\n</hour>"
                "<hour>013</hour><hour>000</hour><hour>14</hour></skipHours>"
            ),
            Schedule(skip_hours=(0, 11, 12, 13, 14)),
        ),
        (
            "<skipDays><day>Wed</day><day><![CDATA[Freitag]]></day><day>So.</day></skipDays>",
            Schedule(skip_days=(2, 4, 6)),
        ),
        ("<skiphours><hour>5</hour></skiphours><hour>6</hour>", Schedule(skip_hours=(5,))),
    ],
)
def test_a_feed_says_when_to_ask(said: str, expected: Schedule) -> None:
    assert feed(CHANNEL.format(said)).schedule == expected


@pytest.mark.parametrize(
    ("number", "names"),
    tuple(
        enumerate(
            (
                "Monday Mon Montag Mo",
                "Tuesday Tue Tues Dienstag Di",
                "Wednesday Wed Mittwoch Mi",
                "Thursday Thu Thur Thurs Donnerstag Do",
                "Friday Fri Freitag Fr",
                "Saturday Sat Samstag Sonnabend Sa",
                "Sunday Sun Sonntag So",
            )
        )
    ),
)
def test_days_have_their_english_and_german_names(number: int, names: str) -> None:
    for name in names.split():
        said = f"<skipDays><day>{name}</day></skipDays>"
        assert feed(CHANNEL.format(said)).schedule == Schedule(skip_days=(number,)), name


def test_a_feed_that_is_never_to_be_asked_is_asked() -> None:
    hours = "".join(f"<hour>{hour}</hour>" for hour in range(24))
    days = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()
    week = "".join(f"<day>{day}</day>" for day in days)
    said = f"<skipHours>{hours}</skipHours><skipDays>{week}</skipDays>"
    assert feed(CHANNEL.format(said)).schedule == Schedule()


@pytest.mark.parametrize(
    "body",
    [
        CHANNEL.format(
            '<atom:link rel="SELF" href="/rss"/><link>https://a.example/</link>'
            '<atom:link rel="hub" href=""/><atom:link rel="hub" href="//hub.example/"/>'
            '<atom:link rel="hub" href="https://second.example/"/>'
        ),
        (
            '<feed xmlns="http://www.w3.org/2005/Atom"><link href="https://a.example/"/>'
            '<link rel="hub self" href="ftp://a.example/"/><link rel="hub" href="//hub.example/"/>'
            '<link rel="self" href="../rss"/></feed>'
        ),
        (
            '<feed xmlns="http://www.w3.org/2005/Atom" xml:base="/rss/">'
            '<link rel="hub" href="//hub.example/"/><link rel="self" href="../rss"/></feed>'
        ),
    ],
)
def test_a_feed_names_its_hub_and_its_topic(body: str) -> None:
    found = feed(body)
    assert found.hub == "https://hub.example/"
    assert found.topic == "https://served.example/rss"


def test_the_hub_of_an_entry_is_none_of_the_feed() -> None:
    entry = '<item><atom:link rel="hub" href="https://hub.example/"/></item>'
    found = feed(CHANNEL.format(entry))
    assert (found.hub, found.topic) == (None, None)


# --- identity ----------------------------------------------------------------------------------


def test_ids_stay_when_the_feed_moves() -> None:
    body = RSS.format(encoding="", items=ITEM.format("a") + "<item><guid>4711</guid></item>")
    before, after = feed(body, url="http://old.example/"), feed(body, url="https://new.example/f/")
    assert [entry.key for entry in before.entries] == ["1", "4711"]
    assert before.entries == after.entries


def test_a_relative_base_counts_from_the_address_of_the_feed() -> None:
    body = (
        '<feed xmlns="http://www.w3.org/2005/Atom" xml:base="/blog/"><entry><id>1</id>'
        '<link href="a"/></entry><entry xml:base="b/"><id>2</id><link href="c"/></entry></feed>'
    )
    links = [entry.link for entry in feed(body).entries]
    assert links == ["https://served.example/blog/a", "https://served.example/blog/b/c"]


def test_entries_of_one_id_keep_their_keys_when_a_new_one_comes() -> None:
    item = "<item><title>{0}</title><link>https://a.example/{0}</link><guid>x</guid></item>"
    older = feed(RSS.format(encoding="", items="".join(map(item.format, "cba")))).entries
    newer = feed(RSS.format(encoding="", items="".join(map(item.format, "dcba")))).entries
    assert newer[1:] == older
    assert len({entry.key for entry in newer}) == 4


def test_markup_and_tracking_change_no_content_but_words_do() -> None:
    item = (
        "<item><title>a</title><guid>1</guid><link>https://a.example/1?utm_id={}</link>"
        "<description>Ein &lt;b&gt;Wort&lt;/b&gt;{}</description></item>"
    )
    first = only(item.format(1, "&lt;img src=https://count.example/1.gif&gt;"))
    second = only(item.format(2, "&lt;img src=https://count.example/2.gif&gt;"))
    third = only(item.format(1, " mehr"))
    assert first.content_hash == second.content_hash != third.content_hash
    assert first.key == second.key == third.key


def test_an_endless_id_is_no_endless_key() -> None:
    assert len(only(f"<item><guid>{'x' * 100_000}</guid></item>").key) < 600


# --- encodings ---------------------------------------------------------------------------------

UMLAUTS = RSS.format(encoding="", items=ITEM.format("Größe – „Übermaß“"))


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (UMLAUTS.encode(), ""),
        (UMLAUTS.encode("utf-8-sig"), "text/xml"),
        (UMLAUTS.encode(), "text/xml; charset=iso-8859-1"),
        (UMLAUTS.encode("cp1252"), "text/xml; charset=windows-1252"),
        (UMLAUTS.encode("cp1252"), 'application/rss+xml; charset="ISO-8859-1"'),
        (UMLAUTS.encode("cp1252"), ""),
        (UMLAUTS.encode("cp1252"), "text/xml; charset=utf-8"),
        (UMLAUTS.encode("cp1252"), "text/xml; charset=x-unheard-of"),
        (UMLAUTS.encode("cp1252"), "text/xml; charset=rot13"),
        (UMLAUTS.encode("utf-16"), ""),
        (UMLAUTS.encode("utf-16-le"), ""),
        (UMLAUTS.encode("utf-16-be"), "text/xml; charset=utf-8"),
        (UMLAUTS.encode("utf-32-be"), ""),
        (UMLAUTS[21:].encode("utf-16-le"), ""),
    ],
)
def test_encodings(body: bytes, content_type: str) -> None:
    assert feed(body, content_type).entries[0].title == "Größe – „Übermaß“"


def test_a_declared_encoding_is_obeyed() -> None:
    text = RSS.format(encoding=' encoding="koi8-r"', items=ITEM.format("Привет"))
    assert feed(text.replace("ü", "u").encode("koi8-r")).entries[0].title == "Привет"


@pytest.mark.parametrize("stray", [b"\x96", b"\xe4", b"\xc3", b"\xff\xfe"])
@pytest.mark.parametrize("charset", ["", "utf-8", "iso-8859-1"])
def test_a_stray_byte_does_not_spoil_the_feed(stray: bytes, charset: str) -> None:
    items = ITEM.format("Größe – „Übermaß“ für äußerst schöne Blüten aus Köln %")
    body = RSS.format(encoding="", items=items).encode().replace(b"%", stray)
    found = feed(body, f"text/xml; charset={charset}" if charset else "")
    assert found.entries[0].title.startswith("Größe – „Übermaß“ für äußerst schöne Blüten aus Köln")
    assert "bytes are not UTF-8" in found.warnings[0]


def test_what_xml_forbids_does_not_break_it() -> None:
    body = RSS.format(encoding="", items=ITEM.format("a\x00b\x0bc&#1;d&#xFFFE;&#55357;&#56832;"))
    found = feed(body + "\x00")
    assert found.entries[0].title == "abcd😀"
    assert found.warnings == ()


# --- what is no feed ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "reason", "says"),
    [
        (b"", "empty", "no content"),
        (b"\xef\xbb\xbf \n", "empty", "no content"),
        ("<!DOCTYPE html><html><title>Start &amp; mehr</title>", "html", "(“Start & mehr”)"),
        ("\n<html><body><pre>&lt;rss&gt;<rss></pre>", "html", "look there"),
        (
            "<!doctype html><link rel='alternate' type='application/rss+xml' href='/rss'>",
            "html",
            "https://served.example/rss",
        ),
        ("<html><title>Just a moment...</title>", "challenge", "robots"),
        (
            '<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"/>',
            "sitemap",
            "sitemap",
        ),
        ("<!-- x --><sitemapindex/>", "sitemap", "sitemap"),
        ('<opml version="2.0"><body/></opml>', "opml", "OPML"),
        ("<soap><body/></soap>", "not_a_feed", "neither RSS"),
        ("Not found", "not_a_feed", "“Not found”"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "not_a_feed", "data"),
        (b"\x1f\x8b\x08\x00", "malformed", "gzip"),
        ("<rss version='2.0'><channel><title>cut o", "malformed", "broken XML"),
        ('{"a": 1}', "not_a_feed", "no JSON Feed"),
        ("[", "malformed", "broken JSON"),
    ],
)
def test_what_came_instead_is_named(body: bytes | str, reason: str, says: str) -> None:
    found = rejected(body)
    assert found.reason == reason
    assert says in found.detail


def test_a_feed_without_entries_is_a_feed() -> None:
    assert feed("<rss version='2.0'><channel/></rss>").entries == ()
    assert feed('<feed xmlns="http://www.w3.org/2005/Atom"/>').format == "atom10"


# --- laws --------------------------------------------------------------------------------------

pieces = st.lists(
    st.sampled_from(
        ["<rss version='2.0'>", "<channel>", "</channel>", "<item>", "</item>", "<title>",
         "</title>", "<link>", "</link>", "<guid>", "<feed xmlns='http://www.w3.org/2005/Atom'>",
         "<entry>", "</entry>", "<content type='xhtml'>", "<![CDATA[", "]]>", "<!--", "&amp;",
         "<!DOCTYPE x [", "&#9999999999;", "&#xD800;", "&x;", "<media:content url='", "'>",
         "<source url='", "<pubDate>", "0000-00-00", "<a xml:base='http://[x'>", "<description>",
         "</description>", "<image>", "<enclosure url='a' type='image/x'/>", "<dc:creator>",
         "http://[", "\x00"]
    )
    | st.text(max_size=4),
    max_size=30,
).map(lambda parts: "".join(parts).encode("utf-8", "surrogatepass"))  # fmt: skip


@given(st.one_of(st.binary(max_size=200), pieces), st.text(max_size=20), st.text(max_size=20))
def test_any_bytes_are_a_feed_or_a_reason(body: bytes, content_type: str, url: str) -> None:
    for before in (b"", b"<rss><channel>", b'{"version": "https://jsonfeed.org/version/1", '):
        found = parse(before + body, {"content-type": content_type}, url)
        if isinstance(found, Rejected):
            assert found.stage == "parse"
            assert found.detail
        else:
            assert len({entry.key for entry in found.entries}) == len(found.entries)


@given(st.permutations(range(5)))
def test_the_order_of_entries_names_none(order: list[int]) -> None:
    item = "<item><title>{}</title><guid>{}</guid></item>"
    body = "".join(item.format(number, number % 2) for number in order)
    found = feed(RSS.format(encoding="", items=body)).entries
    ordered = feed(RSS.format(encoding="", items="".join(item.format(n, n % 2) for n in range(5))))
    assert sorted(found, key=lambda entry: entry.title) == list(ordered.entries)
    assert found[0] == replace(found[0], title=str(order[0]))


# --- the page of an entry ----------------------------------------------------------------------

ATOM = (
    '<feed xmlns="http://www.w3.org/2005/Atom" xml:base="https://b.example/d/">'
    "<entry><title>a</title>{}</entry></feed>"
)


@pytest.mark.parametrize(
    ("written", "link"),
    [
        ("<id>4711</id>", None),
        ("<id>https://a.example/?b=1&amp;c=2</id>", "https://a.example/?b=1&c=2"),
        ("<id>1</id><content src='c.html' type='text/html'/>", "https://b.example/d/c.html"),
        ("<id>1</id><content src='c.mp4' type='video/mp4'/>", None),
        ("<id>1</id><link rel='enclosure' href='c.mp3'/>", None),
        ("<id>1</id><link rel='self' href='e'/><link href='p'/>", "https://b.example/d/p"),
    ],
)
def test_an_entrys_page(written: str, link: str | None) -> None:
    assert feed(ATOM.format(written)).entries[0].link == link


@pytest.mark.parametrize(
    ("written", "key", "link"),
    [
        ("<guid>4711</guid>", "4711", None),
        ("<guid>urn:uuid:1</guid>", "urn:uuid:1", None),
        ("<guid>https://a.example/1</guid>", "https://a.example/1", "https://a.example/1"),
        ("<guid>4711</guid><link>/1</link>", "4711", "https://served.example/1"),
        ("<guid isPermaLink='true'>/a/1?b=1&amp;c=2</guid>", "/a/1?b=1&c=2",
         "https://served.example/a/1?b=1&c=2"),
        ("<guid>/a/1</guid>", "/a/1", "https://served.example/a/1"),
        ("<guid isPermaLink='false'>/a/1</guid>", "/a/1", None),
        ("<guid isPermaLink='true'>a/1</guid>", "a/1", None),
        ("<link>https://a.example/1?utm_source=x</link>", "https://a.example/1",
         "https://a.example/1?utm_source=x"),
        ("<link>http://a.example/1/amp</link>", "https://a.example/1", "http://a.example/1/amp"),
    ],
)  # fmt: skip
def test_ids_and_links_as_they_come(written: str, key: str, link: str | None) -> None:
    entry = only(f"<item><title>a</title>{written}</item>")
    assert (entry.key, entry.link) == (key, link)
    assert entry.published_at is None


@pytest.mark.parametrize(
    ("guid", "link"),
    [
        ("<guid isPermaLink='true'>/a/1</guid>", "https://b.example/a/1"),
        ("<guid>/a/1?b=1&amp;c=2</guid>", "https://b.example/a/1?b=1&c=2"),
        ("<guid isPermaLink='false'>/a/1</guid>", None),
        ("<guid>4711</guid>", None),
    ],
)
def test_a_path_for_an_id_is_a_page_below_the_base(guid: str, link: str | None) -> None:
    head = "<rss version='2.0' xml:base='https://b.example/d/'><channel>"
    found = feed(f"{head}<item><title>a</title>{guid}</item></channel></rss>")
    assert found.entries[0].link == link


@pytest.mark.parametrize("kind", ["", " isPermaLink='true'", " isPermaLink='false'"])
@pytest.mark.parametrize("path", ["/a/1", "//b.example/1", "a/1", "4711", "/a b", "/[1"])
def test_paths_for_ids_are_read_the_same_without_feedparser(kind: str, path: str) -> None:
    items = f"<item><title>a</title><guid{kind}>{path}</guid></item>"
    body = RSS.format(encoding="", items=items).encode()
    assert parse(body, {}, URL) == parse(body, {}, URL, fast=False)
