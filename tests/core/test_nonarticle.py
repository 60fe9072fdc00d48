"""Pages that are no article are told for what they are, and none that is one is taken for them."""

import pytest

from aggregator.config.rules import load_rules
from aggregator.core import extract
from aggregator.model import Article, Rejected
from aggregator.settings import ExtractSettings

URL = "https://www.kurier.example/politik/bruecke-1.html"
RULES = load_rules()
DECLARED = (
    '<script type="application/ld+json">{"@type": "NewsArticle", "headline": "Brücke gesperrt",'
    ' "datePublished": "2026-03-01T10:00Z"}</script>'
)
REPORT = (
    "Bei einem Brand in Aldenburg ist am Montag ein Mann leicht verletzt worden. Die Feuerwehr "
    "löschte das Haus binnen zwei Stunden, wie ein Sprecher sagte. Die Ursache ist noch unklar."
)


def page(body: str, head: str = "", language: str = "de") -> str:
    return f"<html lang='{language}'><head>{head}</head><body>{body}</body></html>"


def teasers(count: int) -> str:
    return "".join(
        f"<div><h2><a href='/{n}.html'>Im Landkreis Nummer {n} wird gebaut</a></h2>"
        f"<p>Seit Montag bauen dort {n} Firmen an einer Brücke, die im Herbst fertig sein soll.</p>"
        "</div>"
        for n in range(count)
    )


def take(html: str, url: str = URL) -> Article | Rejected:
    return extract.article(html, url, entry=None, rules=RULES, settings=ExtractSettings())


def reason(html: str, url: str = URL) -> str:
    found = take(html, url)
    assert isinstance(found, Rejected), found
    assert (found.stage, found.detail != "") == ("extract", True)
    return found.reason


DATED = "".join(
    f"<li><a href='/{n}'>Im Kreis {n} wird nun doch gebaut und gestritten</a> "
    f"<span>0{n}.03.2026</span></li>"
    for n in range(1, 9)
)


# --- what is no article ----------------------------------------------------------------------

CONSENT = """
<h1>Willkommen beim Kurier</h1><h2>Mit Werbung weiterlesen</h2>
<p>Besuchen Sie kurier.example wie gewohnt mit Werbung und Tracking. Die Zustimmung ist jederzeit
widerrufbar, Näheres dazu finden Sie in der Datenschutzerklärung.</p>
<p>Zur Finanzierung unseres Angebots arbeiten wir mit Drittanbietern zusammen. Diese und wir erheben
und verarbeiten personenbezogene Daten auf unseren Plattformen. Mit auf Ihrem Gerät gespeicherten
Kennungen oder ähnlichen Daten können dabei Nutzungsprofile gebildet werden.</p>
<p>Lesen Sie die Seiten ohne Werbung und mit weniger Trackern für 3 Euro im Monat, jederzeit kündbar
und auf allen Geräten.</p>
"""
WALLS = {
    "bot_challenge": [
        page(
            "<h1>www.kurier.example</h1><h2>Checking if the site connection is secure</h2>"
            "<p>The site needs to review the security of your connection before proceeding.</p>",
            "<title>Just a moment...</title>",
            "en",
        ),
        page(
            "<h1>Access Denied</h1><p>You don't have permission to access "
            '"http://www.kurier.example/1" on this server. Reference #18.2d351ab8.155</p>',
            "<title>Access Denied</title>",
            "en",
        ),
        page("<div id='app'>Bitte aktivieren Sie JavaScript, um die Seite zu sehen.</div>"),
        page("<p>Veuillez activer JavaScript et les cookies pour continuer.</p>", language="fr"),
    ],
    "consent_wall": [
        page(CONSENT, "<title>Kurier: Zustimmung</title>"),
        page(
            "<h1>Before you continue to Kurier</h1><p>We use data to deliver our services and to "
            "measure how they are used, to show advertisements, and to improve them over time.</p>",
            language="en",
        ),
    ],
    "login_wall": [
        page(
            "<h1>Anmelden</h1><p>Bitte melden Sie sich an, um diesen Artikel zu lesen. Noch kein "
            "Konto? Die Registrierung ist kostenlos und dauert nur eine Minute.</p>",
            "<title>Anmelden | Kurier</title>",
        ),
        page("<h1>Brücke gesperrt</h1><p>You must be logged in to read this.</p>", DECLARED),
    ],
    "error_page": [
        page(
            "<h1>Seite nicht gefunden</h1><p>Die von Ihnen aufgerufene Seite existiert nicht mehr "
            "oder wurde verschoben. Vielleicht hilft Ihnen unsere Suche weiter, oder Sie gehen "
            f"zurück zur Startseite, wo alle aktuellen Themen stehen.</p>{teasers(4)}",
            "<title>Seite nicht gefunden | Kurier</title>",
        ),
        page(f"<h1>404</h1>{teasers(12)}"),
        page("<h1>Kurier</h1><p>Sorry, we couldn't find the page.</p>", "<title>404</title>"),
        page(
            "<h1>Kurier</h1><p>Leider ist hier etwas schiefgelaufen. Was Sie suchen, dürfen wir "
            "nur für begrenzte Zeit anbieten und müssen es danach löschen, wie es unsere "
            "Verträge mit Agenturen verlangen.</p>",
        ),
    ],
    "search_results": [
        page(
            "<h1>Suchergebnisse für Brücke</h1><p>Bitte verfeinern Sie Ihre Suche nach Ressort, "
            "Zeitraum oder Autor, um schneller zu finden, was Sie wirklich suchen und lesen wollen."
            "</p><p><a href='/1'>Meldung</a> Die Brücke wird im Herbst wieder geöffnet.</p>",
        ),
    ],
    "legal_page": [
        page(
            "<h1>Impressum</h1><p>Kurier Verlag GmbH, Hauptstraße 1, 19322 Aldenburg. Telefon: 03 "
            "123456. Geschäftsführer: Max Mustermann. Registergericht: Amtsgericht Aldenburg.</p>"
            "<p>Verantwortlich für den Inhalt ist Anna Muster, Anschrift wie oben.</p>",
            "<title>Impressum | Kurier</title>",
        ),
    ],
}


@pytest.mark.parametrize(
    ("expected", "html"), [(code, html) for code, pages in WALLS.items() for html in pages]
)
def test_walls_and_errors(expected: str, html: str) -> None:
    assert reason(html) == expected


@pytest.mark.parametrize(
    "html",
    [
        page(f"<h1>Politik</h1>{teasers(12)}"),
        page(f"<h1>Politik</h1><p>{REPORT}</p>{teasers(12)}"),
        page(f"<h1>Politik</h1>{teasers(12).replace('div>', 'article>')}"),
        page(f"<h1>Politik</h1>{teasers(12)}", '<meta property="og:type" content="website">'),
        page(
            f"<h1>Politik</h1>{teasers(12)}",
            '<meta property="og:type" content="article">'
            '<script type="application/ld+json">{"@type": "CollectionPage"}</script>',
        ),
        page(
            "<ul>"
            + "".join(f"<li><a href='/{n}'>Im Kreis {n} wird gebaut</a></li>" for n in range(20))
            + "</ul>"
        ),
        page(
            "<h1>Thema Brücke</h1><p>Alle Nachrichten zur Brücke finden Sie auf dieser Seite, "
            f"laufend ergänzt von der Redaktion des Kuriers.</p><ul>{DATED}</ul>"
        ),
        page(
            "<h1>Alle Meldungen</h1><ul><li><a href='/1'>Im Kreis wird gebaut</a></li>"
            "<li><a href='/2'>Im Rat wird gestritten</a></li></ul>",
            '<meta property="og:type" content="website">',
        ),
    ],
)
def test_sections(html: str) -> None:
    assert reason(html) == "section_page"


@pytest.mark.parametrize(
    ("expected", "head", "url"),
    [
        ("video", '<meta property="og:type" content="video.other">', URL),
        ("video", '<script type="application/ld+json">{"@type": "VideoObject"}</script>', URL),
        ("video", "", "https://www.kurier.example/video/brand-1.html"),
        ("audio", '<meta property="og:type" content="music.song">', URL),
        ("audio", "", "https://www.kurier.example/podcast/folge-7"),
        ("gallery", '<script type="application/ld+json">{"@type": "ImageGallery"}</script>', URL),
        ("gallery", "", "https://www.kurier.example/fotostrecke/brand-1.html"),
    ],
)
def test_pages_that_show_or_play_something(expected: str, head: str, url: str) -> None:
    shown = "<h1>Brand in Aldenburg</h1><figure><img src='/1'><p>Das Haus.</p></figure>"
    assert reason(page(shown, head), url) == expected
    told = take(page(f"<h1>Brand in Aldenburg</h1><p>{REPORT}</p>", head), url)
    assert isinstance(told, Article), "with a text it is an article"
    caption = "<p>Die Feuerwehr löscht in Aldenburg am Montag das brennende Haus am Markt.</p>"
    captioned = page(f"<h1>Brand in Aldenburg</h1>{caption}", head)
    few = ExtractSettings(min_words=5)
    found = extract.article(captioned, url, entry=None, rules=RULES, settings=few)
    assert isinstance(found, Rejected), "a caption is none"
    assert found.reason == expected


def test_a_page_that_scripts_would_fill() -> None:
    assert reason(page("<div id='root'></div><script>start()</script>")) == "no_text"


def test_what_nothing_is_known_of() -> None:
    shown = "".join(f"<p>Das Haus Nummer {n}.</p>" for n in range(9))
    assert reason(page(f"<h1>Brand</h1>{shown}")) == "no_article"
    assert reason(page("<h1>Brand</h1><p>Ein Haus.</p>")) == "too_short"


# --- what is one -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "html",
    [
        page(f"<p>Wir verwenden Cookies, um besser zu werden.</p><h1>Brand</h1><p>{REPORT}</p>"),
        page(f"<h1>Brand in Aldenburg</h1><p>{REPORT}</p>{teasers(3)}", DECLARED),
        page(f"<h1>Seite nicht gefunden</h1><p>{REPORT} {REPORT}</p>", DECLARED),
        page(f"<h1>Brand in Aldenburg</h1><p>{REPORT}</p><p>{REPORT}</p><ul>{DATED}</ul>"),
        page(f"<h1>Brand in Aldenburg</h1>{4 * f'<p>{REPORT}</p>'}<ul>{DATED}</ul>"),
        page(f"<h1>Impressum: Was ein Brand in Aldenburg kostet</h1><p>{REPORT}</p>"),
        page(f"<h1>Leider ist die Feier in Aldenburg schiefgelaufen</h1><p>{REPORT}</p>", DECLARED),
        page(f"<h1>Brand in Aldenburg</h1><p>{REPORT}</p><p>Bitte melden Sie sich an.</p>"),
        page(
            "<h1>Wahlabend</h1>"
            + "".join(
                f"<div><h3><a href='#{n}'>Ergebnis Nummer {n} liegt vor</a></h3><p>Seit {n} Uhr "
                f"liegt das Ergebnis aus dem Kreis {n} vor, wie der Wahlleiter sagte.</p></div>"
                for n in range(12)
            ),
            '<script type="application/ld+json">{"@type": "LiveBlogPosting"}</script>',
        ),
        page(
            "<h1>Die besten Bücher</h1>"
            + "".join(
                f"<h2><a href='/buch/{n}'>Das Buch der Nummer {n}</a></h2><p>{REPORT}</p>"
                f"<p>Nummer {n}: {REPORT}</p>"
                for n in range(8)
            )
        ),
        page(f"<h1>Brand in Aldenburg</h1>{f'<p>{REPORT}</p>' * 3}{teasers(12)}"),
        page(f"<h1>Ein Brand in Aldenburg am Montag</h1><p>{REPORT}</p>{teasers(6)}"),
        page(f"<article><h1>Baustellen im Überblick</h1>{teasers(12)}</article>"),
        page(
            f"<div itemscope itemtype='https://schema.org/NewsArticle'><h1>Baustellen</h1>"
            f"{teasers(12)}</div>"
        ),
        page("<h1>秋の京都</h1>" + "<p>京都の秋は紅葉がとても美しく、多くの人が訪れます。</p>" * 9),
    ],
    ids=[
        "banner",
        "short",
        "titled so",
        "dated links",
        "many dated links",
        "on an imprint",
        "what went wrong",
        "prompt",
        "liveblog",
        "listicle",
        "paragraphs",
        "on its headline",
        "one article",
        "microdata",
        "short lines",
    ],
)
def test_articles_stay(html: str) -> None:
    found = take(html)
    assert isinstance(found, Article), found


# --- paywalls --------------------------------------------------------------------------------

FREE = '<script type="application/ld+json">{"@type": "NewsArticle", "headline": "B", %s}</script>'


@pytest.mark.parametrize(
    ("head", "prompt", "expected"),
    [
        ("", "", None),
        (FREE % '"isAccessibleForFree": true', "", False),
        (FREE % '"isAccessibleForFree": "False"', "", True),
        (FREE % '"isAccessibleForFree": "http://schema.org/True"', "", False),
        (
            FREE % '"isAccessibleForFree": true, "hasPart": {"@type": "WebPageElement",'
            ' "isAccessibleForFree": false, "cssSelector": ".paid"}',
            "",
            True,
        ),
        (FREE % '"isAccessibleForFree": "maybe"', "", None),
        ('<meta property="article:content_tier" content="free">', "", False),
        ('<meta property="article:content_tier" content="locked">', "", True),
        ('<meta property="article:content_tier" content="metered">', "", None),
        ('<meta name="x" itemprop="isAccessibleForFree" content="false">', "", True),
        ("", "<div><p>Weiterlesen mit Kurier plus</p></div>", True),
        (FREE % '"isAccessibleForFree": true', "<p>Sie haben bereits ein Abo?</p>", False),
    ],
)
def test_paywalls(head: str, prompt: str, expected: bool | None) -> None:
    found = take(page(f"<h1>Brand in Aldenburg</h1><p>{REPORT}</p><p>{REPORT}</p>{prompt}", head))
    assert isinstance(found, Article)
    assert found.paywalled is expected


def test_a_prompt_far_from_the_end_tells_nothing() -> None:
    far = "".join(f"<a href='/{n}'>Thema {n}</a><br>" for n in range(30))
    html = page(f"<h1>Brand</h1><p>{REPORT}</p><div>{far}</div><p>Weiterlesen mit Plus</p>")
    found = take(html)
    assert isinstance(found, Article)
    assert found.paywalled is None
