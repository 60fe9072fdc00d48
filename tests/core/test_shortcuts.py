"""Each shortcut for what is common gives what the long way gives."""

import html
import unicodedata

from hypothesis import example, given
from hypothesis import strategies as st

from aggregator.core import clean, dates, urls
from aggregator.core.feeds import decoding

# --- addresses -----------------------------------------------------------------------------------

hosts = st.sampled_from(
    ["a.de", "www.a-b.example", "127.0.0.1", "a..b", "xn--mnchen-3ya.de", "a--b.de", "-a.de",
     "a_b.de", "A.de", "a.de:80", "a.de.", "localhost", "1.2", "a" * 51 + ".de", "u@a.de", "[::1]"]
)  # fmt: skip
paths = st.lists(
    st.sampled_from(
        ["/", "/a", "a", ".", "..", "b.html", "~x", "_", "-", "%41", ";jsessionid=1", " ", "ä",
         "//", "amp", "@", "'", "1"]
    ),
    max_size=6,
).map("".join)  # fmt: skip
queries = st.lists(
    st.sampled_from(
        ["a=1", "&", "b", "&amp;", "&AMP;", "&#38;", "#", "utm_id=1", "%2f", "é", ";", "?", "=",
         "[", "ref=rss", "x=/y", "'", " ", "+", "amp=1"]
    ),
    max_size=6,
).map("".join)  # fmt: skip
addresses = st.builds(
    "{}://{}{}{}{}".format,
    st.sampled_from(["http", "https", "HTTPS", "ftp"]),
    hosts,
    paths.map(lambda path: path if path.startswith("/") or not path else f"/{path}"),
    st.sampled_from(["", "?"]),
    queries,
)


@given(addresses | st.sampled_from(["", "https://[x", "/feed"]), addresses | paths | st.text())
def test_an_address_is_resolved_alike(base: str, link: str) -> None:
    assert urls.resolve(base, link) == urls._resolve(base, link)


@given(addresses | st.text())
@example("https://a.de?x")
@example("https://a.de/a#b")
def test_an_address_is_canonical_alike(url: str) -> None:
    assert urls.canonicalise(url) == urls._canonicalise(url)


@given(st.from_regex(urls._PLAIN, fullmatch=True))
def test_a_plain_address_is_resolved_and_canonical_alike(url: str) -> None:
    assert urls.resolve("", url) == urls._resolve("", url) == url
    assert urls.canonicalise(url) == urls._canonicalise(url)


# --- dates ---------------------------------------------------------------------------------------


@given(st.from_regex(dates._EXACT, fullmatch=True))
@example("Fri, 31 Feb 2024 10:00:00 GMT")
@example("1969-12-31T23:59:59-01:00")
@example("1990-01-01T00:00:00+00:30")
@example("2024-05-03T10:00:00.5 Z")
def test_a_date_is_read_alike(written: str) -> None:
    assert dates.feed_date(written) == dates._any_date(written)


# --- text ----------------------------------------------------------------------------------------

letters = st.text(
    st.sampled_from(
        "aB é\u0301\t\n\r\x0b\x0c\x85\u2028\xa0\u2009\u200a\u200b\u200d\u202f"
        "\u00ad\ufeff\ufffe\x00\x7f\x96\ud800\udc00"
    )
)  # fmt: skip


@given(letters | st.text(st.characters()))
def test_text_is_mended_alike(value: str) -> None:
    mended = value.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    mended = clean._UNWANTED.sub("", clean._LINE_END.sub("\n", mended))
    assert clean.text(value) == unicodedata.normalize("NFC", mended).strip()


markup = st.lists(
    st.sampled_from(
        ["<p>", "</p>", "<b>", "</b>", "<br/>", "<h2 class=x>", "<li>", "e", "\u0301", "&amp;",
         "&lt;p&gt;", "&nbsp;", "&#8211;", "&shy;", " ", "\n", "<a href='https://a.de/?a>b'>",
         "</a>", "<img alt='<p>'>", "<", ">", "<P>", "<pre>", "<x-p>", "wort", "&", "&#10;", "<td>",
         "<section>"]
    )
).map("".join)  # fmt: skip


@given(markup | st.text())
def test_words_are_found_alike(value: str) -> None:
    cleaned = clean.fragment(value, "https://a.de/")
    parted = clean._WHOLE_TAG.sub("", clean._BREAK.sub(" <", cleaned))
    assert clean.words(cleaned) == clean.line(html.unescape(parted))


@given(markup | st.text())
def test_mended_markup_is_cleaned_alike(value: str) -> None:
    mended = clean.text(value)
    assert clean.fragment(mended, "https://a.de/", mended=True) == clean.fragment(
        value, "https://a.de/"
    )
    escaped = html.escape(mended)
    assert clean.fragment(escaped, mended=True) == clean.fragment(escaped)


numbers = st.builds(
    "&#{}{};".format,
    st.sampled_from(["", "0", "000"]),
    st.integers(0, 70_000) | st.sampled_from([1_114_111, 1_114_112, 10**40]),
) | st.builds(
    "&#{}{:x};".format,
    st.sampled_from(["x", "X", "x0", "x000"]),
    st.integers(0, 70_000) | st.integers(0x10FFF0, 0x120000),
)


@given(
    st.lists(numbers | letters | st.sampled_from(["&#xD83D;&#xDE00;", "&#;", "&#x;"])).map("".join)
)
def test_what_xml_forbids_is_left_out_alike(value: str) -> None:
    without = decoding._FORBIDDEN.sub("", value)
    written = decoding._NUMBER.sub(decoding._written_out, without)
    expected = decoding._FORBIDDEN.sub("", decoding._PAIR.sub(decoding._joined, written))
    assert decoding.without_forbidden(value) == expected
