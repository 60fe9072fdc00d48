"""Rules for single sites: which selectors can work, what they keep and drop, where it is told."""

import pytest
from lxml import html as lxml_html

from aggregator.core import extract, siterules
from aggregator.core.blocks import lines
from aggregator.model import Article, Entry, PhraseRule, Rejected, SiteRule
from aggregator.settings import ExtractSettings

URL = "https://www.kurier.example/politik/bruecke-1.html"
SENTENCES = (
    "Der Stadtrat hat am Montag beschlossen, die alte Brücke über den Fluss abzureißen.",
    "Ein Gutachten fand schwere Schäden an den Pfeilern, die niemand mehr beheben kann.",
    "Der Neubau soll im Frühjahr beginnen und nach zwei Jahren für Autos frei sein.",
    "Bis dahin fahren Busse über die nächste Ortschaft, was eine halbe Stunde länger dauert.",
)
BOX = "Unser Sommerfest am Fluss hat wieder viele tausend Menschen an das Ufer gelockt."


def page(*, head: str = "", box: str = f"<div class='box'><p>{BOX}</p></div>") -> str:
    first, second, *rest = (f"<p>{each}</p>" for each in SENTENCES)
    return (
        f"<html lang='de'><head>{head}</head><body class='box-page'><h1>Aldenburg baut neu</h1>"
        f"<div id='text'>{first}{second}{box}{''.join(rest)}</div>"
        f"<div id='other'><p>{BOX}</p><p>{BOX} Und das schon zum dritten Mal.</p></div></body>"
    )


def take(html: str, rule: SiteRule) -> Article | Rejected:
    return extract.article(
        html, URL, entry=None, rules=(), settings=ExtractSettings(min_words=5), site=rule
    )


def article(html: str, rule: SiteRule) -> Article:
    found = take(html, rule)
    assert isinstance(found, Article), found
    return found


# --- selectors -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "selector",
    [
        "div.box", ".a, #b > p", "li:nth-child(2n+1)", ":has(> img)", "//div", "(//div)[1]",
        "./body/div", "xpath:id('a')", "//a[contains(@href, 'a:b(c)')]", "//p/text()",
        "//p[1]/following-sibling::*", "//div[@class='a' and not(.//img)]",
    ],
)  # fmt: skip
def test_sound_selectors(selector: str) -> None:
    assert siterules.broken(selector) is None


@pytest.mark.parametrize(
    ("selector", "why"),
    [
        ("", "it is empty"),
        (" ", "it is empty"),
        ("x" * 1001, "it is longer than 1000 characters"),
        ("p::before", "a pseudo-element is no element"),
        ("//div[", "Invalid expression"),
        ("//a[foo()]", "XPath 1.0 has no function foo()"),
        ("//table/tr[matches(., 'a')]", "XPath 1.0 has no function matches()"),
        ("//svg:path", "it uses a prefix or a variable, and there are none here"),
        ("//div[$x]", "it uses a prefix or a variable, and there are none here"),
        ("xpath:count(//a)", "it finds no elements"),
        ("//div[count('x')]", "Invalid type"),
    ],
)
def test_broken_selectors(selector: str, why: str) -> None:
    assert siterules.broken(selector) == why


def test_wrong_css_says_so() -> None:
    assert str(siterules.broken("div >")).startswith("not sound CSS: ")


def test_the_domains_of_a_host() -> None:
    assert list(siterules.names("News.Sport.example.org.")) == [
        "news.sport.example.org",
        "sport.example.org",
        "example.org",
    ]
    assert list(siterules.names("localhost")) == ["localhost"]


# --- keep and drop ---------------------------------------------------------------------------


@pytest.mark.parametrize("selector", [".box", "//div[@class='box']", "#text > div, nav"])
def test_what_is_dropped_is_told_in_its_place(selector: str) -> None:
    whole = article(page(), SiteRule())
    assert BOX in whole.text

    found = article(page(), SiteRule(drop=(selector,), keep=("#text",)))

    assert found.text.split("\n") == list(SENTENCES)
    assert [(each.text, each.reason) for each in found.removed] == [(BOX, "site rule")]
    [gone] = found.removed
    assert gone.position == 2


def test_the_places_of_others_move_on() -> None:
    rule = SiteRule(keep=("#text",), drop=(".box",))
    teased = page(box=f"<div class='box'><p>{BOX}</p></div><p>Lesen Sie auch: Streit am Fluss</p>")
    phrase = PhraseRule("", "teaser", "Lesen Sie auch")
    found = extract.article(
        teased, URL, entry=None, rules=(phrase,), settings=ExtractSettings(), site=rule
    )
    assert isinstance(found, Article)
    assert [(each.position, each.reason) for each in found.removed] == [
        (2, "site rule"),
        (3, "teaser"),
    ]


def test_of_what_is_dropped_nothing_is_told_twice() -> None:
    nested = page(box=f"<div class='box'><div class='in'><p>{BOX}</p></div></div>")
    found = article(nested, SiteRule(drop=(".in", ".box", ".box p"), keep=("#text",)))
    assert [each.text for each in found.removed] == [BOX]


def test_single_pieces_of_text_can_be_dropped() -> None:
    rule = SiteRule(drop=("//p/text()[contains(., 'Sommerfest')]", "//div/@class"))
    found = article(page(), rule)
    assert "Sommerfest" not in found.text
    assert SENTENCES[0] in found.text


def test_the_page_itself_is_never_dropped() -> None:
    found = article(page(), SiteRule(drop=("//*[contains(@class, 'box')]", "html")))
    assert SENTENCES[0] in found.text


def test_the_first_selector_that_finds_something_says_where_the_article_is() -> None:
    found = article(page(), SiteRule(keep=(".nowhere", "#other", "#text")))
    assert found.text.split("\n") == [BOX, f"{BOX} Und das schon zum dritten Mal."]
    assert found.title == "Aldenburg baut neu"


def test_where_nothing_of_it_is_there_the_page_is_read_as_any_other() -> None:
    assert article(page(), SiteRule(keep=(".gone",))) == article(page(), SiteRule())


def test_what_is_kept_may_be_short() -> None:
    found = take(page(), SiteRule(keep=("//p[1]",), drop=("#other", ".box")))
    assert isinstance(found, Article)
    assert found.text == SENTENCES[0]


def test_a_rule_that_fails_on_a_page_is_that_pages_failure() -> None:
    found = take(page(), SiteRule(drop=("//h1[sum(.) = count('x')]",)))
    assert isinstance(found, Rejected)
    assert found.reason == "extractor_error"


# --- what else a rule says -------------------------------------------------------------------


def test_places_of_title_authors_and_date() -> None:
    head = (
        '<meta property="og:title" content="Brücke: So geht es weiter">'
        '<meta name="writer" content="Jana Holm"><meta name="day" content="2026-03-01T10:00Z">'
    )
    rule = SiteRule(
        titles=("xpath://h2", 'xpath://meta[@property="og:title"]/@content'),
        authors=('xpath:string(//meta[@name="writer"]/@content)',),
        dates=('xpath://meta[@name="day"]/@content',),
    )
    found = article(page(head=head), rule)
    assert found.title == "Brücke: So geht es weiter"
    assert found.authors == ("Jana Holm",)
    assert str(found.published_at) == "2026-03-01 10:00:00+00:00"


def test_texts_of_the_source_are_replaced() -> None:
    rule = SiteRule(replaced=(("<div id='other'>", "<div hidden>"),), keep=("//div[@hidden]",))
    assert BOX in article(page(), rule).text


def test_phrases_of_a_site_hold_for_the_text_in_its_feed_too() -> None:
    rule = SiteRule(phrases=(PhraseRule("", "site rule", "Unser Sommerfest"),))
    for paragraph in (*SENTENCES, BOX):
        assert paragraph in page()
    content = "".join(f"<p>{each}</p>" for each in (*SENTENCES, BOX))
    entry = Entry(key="1", link=URL, title="Neu", content_hash="x", content=content)
    found = extract.from_entry(entry, URL, rules=(), settings=ExtractSettings(), site=rule)
    assert isinstance(found, Article)
    assert found.text.split("\n") == list(SENTENCES)
    assert [each.reason for each in found.removed] == ["site rule"]


def test_lines_are_left_as_they_were_where_nothing_is_dropped() -> None:
    tree = lxml_html.document_fromstring(page())
    before = [line.block for line in lines(tree)]
    assert siterules.drop(tree, SiteRule(drop=(".nowhere",))) == siterules.Dropped()
    assert [line.block for line in lines(tree)] == before
