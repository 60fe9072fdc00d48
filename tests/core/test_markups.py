"""One article in many kinds of markup: what is planted goes, what is the article's own stays.

Templates differ in how they write a teaser list, a box and a summary, and in what they wrap text
with; trafilatura drops other parts of each. So every kind is tried with every other.
"""

from collections.abc import Callable, Sequence
from itertools import product

import lxml.html
import pytest
import trafilatura
from trafilatura.settings import Document

from aggregator.config.rules import load_rules
from aggregator.core import blocks, extract
from aggregator.model import Article
from aggregator.settings import ExtractSettings

RULES = load_rules()
URL = "https://muldenbote.example/stadt/bruecke-17.html"
TITLE = "Stadtrat beschließt Neubau der Muldenbrücke"
SUMMARY = (
    "Der Stadtrat hat den Neubau der Brücke beschlossen.",
    "Die Kosten steigen auf 41 Millionen Euro.",
    "Gebaut wird ab dem Frühjahr in zwei Abschnitten.",
)
TEASERS = (
    "Streit um die alte Brücke: Was die Nachbarn sagen",
    "So teuer wird das Bauen in der Region",
    "Warum der Fluss im Winter über die Ufer trat",
)
FACTS = (
    "Die alte Brücke wurde 1962 gebaut.",
    "Sie trägt täglich rund 18.000 Fahrzeuge.",
    "Seit 2019 gilt ein Tempolimit von 30.",
    "Ein Gutachten fand Risse in den Pfeilern.",
    "Eine Sperrung hätte 14 Kilometer Umweg bedeutet.",
)
COUNCIL = (
    "Der Stadtrat von Grimmhausen hat am Dienstagabend mit großer Mehrheit beschlossen, die marode "
    "Muldenbrücke abzureißen und neu zu bauen. Das teilte die Verwaltung nach der Sitzung mit."
)
COSTS = (
    "Die Kosten werden inzwischen auf 41 Millionen Euro geschätzt, neun Millionen mehr als noch "
    "vor zwei Jahren. Den größten Teil trägt das Land, den Rest muss die Stadt leihen."
)
MAYOR = (
    "Oberbürgermeisterin Petra Lindqvist sprach von einem guten Tag für die Stadt. Sie sagte der "
    "dpa, man habe lange genug gewartet. Kritik kam von der Opposition, die einen Tunnel wollte."
)
TRAFFIC = (
    "Während der Bauzeit soll der Verkehr über eine Behelfsbrücke fließen. Fußgänger können das "
    "Ufer weiterhin über den Steg am Mühlenwehr wechseln, der dafür verbreitert wird."
)
PROSE = (COUNCIL, COSTS, MAYOR, TRAFFIC)
SOCIAL = (
    "Folgen Sie Muldenbote schon bei WhatsApp, Facebook, Twitter, Pinterest und YouTube? Hier "
    "finden Sie brandheiße News, aktuelle Videos, tolle Gewinnspiele und den direkten Draht zur "
    "Redaktion."
)
SIGN_OFF = "gom/bua/news.de/dpa"
STANDARDS = (
    "Erfahren Sie hier mehr über die journalistischen Standards und die Redaktion von Muldenbote."
)

Markup = Callable[[Sequence[str]], str]


def each(opening: str, closing: str) -> Markup:
    return lambda items: "".join(f"{opening}{item}{closing}" for item in items)


def items(tag: str = "ul", attributes: str = "") -> Markup:
    return lambda those: f"<{tag}{attributes}>{each('<li>', '</li>')(those)}</{tag}>"


def link(text: str) -> str:
    return f'<a href="/n/{len(text)}.html">{text}</a>'


def broken(label: str) -> Markup:
    return lambda those: f"<p><b>{label}</b><br>{'<br>'.join(those)}</p>"


LABEL = "Lesen Sie auch:"
TEASER_LISTS: dict[str, Markup] = {
    "list": lambda those: f"<p>{LABEL}</p>{items()(those)}",
    "bold label, list": lambda those: f"<p><strong>{LABEL}</strong></p>{items()(those)}",
    "heading, list": lambda those: f"<h3>Lesen Sie auch</h3>{items()(those)}",
    "numbered list": lambda those: f"<p>{LABEL}</p>{items('ol')(those)}",
    "label in the list": lambda those: items()((f"<b>{LABEL}</b>", *those)),
    "divisions": lambda those: f"<div><div>{LABEL}</div>{each('<div>', '</div>')(those)}</div>",
    "line breaks": broken(LABEL),
    "spans": lambda those: f"<div><span>{LABEL}</span><br>{'<br>'.join(those)}</div>",
    "paragraphs": lambda those: f"<p><b>{LABEL}</b></p>{each('<p>', '</p>')(those)}",
    "paragraphs with arrows": lambda those: f"<p>{LABEL}</p>{each('<p>» ', '</p>')(those)}",
    "one paragraph": lambda those: f"<p>{LABEL} {' | '.join(those)}</p>",
    "a label each": each(f"<p>{LABEL} ", "</p>"),
    "aside": lambda those: f"<aside><p>{LABEL}</p>{items()(those)}</aside>",
    "figure": lambda those: f"<figure><p>{LABEL}</p>{items()(those)}</figure>",
    "bold lines": lambda those: f"<p><b>{LABEL}</b></p>{each('<p><b>', '</b></p>')(those)}",
    "headings": lambda those: f"<p><b>{LABEL}</b></p>{each('<h3>', '</h3>')(those)}",
    "cards": lambda those: f"<div><h3>{LABEL}</h3>{each('<div><h4>', '</h4></div>')(those)}</div>",
    "articles": lambda those: (
        f"<div><h2>Lesen Sie auch</h2>{each('<article><h3>', '</h3></article>')(those)}</div>"
    ),
}
BOXES: dict[str, Markup] = {
    "list": lambda those: f"<p>Hintergrund:</p>{items()(those)}",
    "bold label, list": lambda those: f"<p><b>Hintergrund:</b></p>{items()(those)}",
    "box": lambda those: f'<div class="info"><h4>Hintergrund:</h4>{items()(those)}</div>',
    "line breaks": broken("Hintergrund:"),
    "aside": lambda those: f"<aside><p><b>Hintergrund:</b></p>{items()(those)}</aside>",
    "figure": lambda those: f"<figure><p>Hintergrund:</p>{items()(those)}</figure>",
    "heading, list": lambda those: f"<h3>Hintergrund:</h3>{items()(those)}",
    "paragraphs": lambda those: f"<p><b>Hintergrund:</b></p>{each('<p>', '</p>')(those)}",
    "bullets": lambda those: f"<p>Hintergrund:</p>{each('<p>• ', '</p>')(those)}",
    "divisions": lambda those: (
        f"<div><div>Hintergrund:</div>{each('<div>', '</div>')(those)}</div>"
    ),
    "bulleted divisions": lambda those: (
        f"<div><div><b>Hintergrund:</b></div>{each('<div>• ', '</div>')(those)}</div>"
    ),
    "all links": lambda those: f"<p>Hintergrund:</p>{items()([link(text) for text in those])}",
}
SUMMARIES: dict[str, Markup] = {
    "list": items(),
    "named list": items(attributes=' class="article-summary"'),
    "bold list": lambda those: items()([f"<b>{text}</b>" for text in those]),
    "aside": lambda those: f"<aside>{items()(those)}</aside>",
    "box": lambda those: f'<div class="key-points"><h2>In Kürze</h2>{items()(those)}</div>',
    "divisions": lambda those: f"<div>{each('<div>', '</div>')(those)}</div>",
    "bulleted divisions": lambda those: f"<div>{each('<div>• ', '</div>')(those)}</div>",
    "bullets": lambda those: f"<p>• {'<br>• '.join(those)}</p>",
    "paragraphs": each("<p><b>", "</b></p>"),
}
WRAPS = {
    "article": ("<article>", "</article>"),
    "divisions": ('<div id="content"><div class="text">', "</div></div>"),
    "section": ('<main><section class="article-body">', "</section></main>"),
}


def page(teasers: str, box: str, summary: str, wrap: str, *, linked: bool, outside: bool) -> str:
    """The article; `outside` puts the summary above the element that holds the text."""
    opening, closing = WRAPS[wrap]
    above = SUMMARIES[summary](SUMMARY)
    planted = TEASER_LISTS[teasers]([link(text) if linked else text for text in TEASERS])
    body = (
        f"{'' if outside else above}<p>{PROSE[0]}</p>{planted}<p>{PROSE[1]}</p><p>{PROSE[2]}</p>"
        f"{BOXES[box](FACTS)}<p>{PROSE[3]}</p><p>{SOCIAL}</p><p>{SIGN_OFF}</p>"
        f"<p>{link(STANDARDS) if linked else STANDARDS}</p>"
    )
    return (
        f'<!doctype html><html lang="de"><head><title>{TITLE} | Muldenbote</title></head><body>'
        f'<nav><a href="/">Start</a></nav><h1>{TITLE}</h1>{above if outside else ""}'
        f"{opening}{body}{closing}<footer><p>Impressum</p></footer></body></html>"
    )


def article(html: str) -> Article:
    found = extract.article(html, URL, entry=None, rules=RULES, settings=ExtractSettings())
    assert isinstance(found, Article), found
    return found


@pytest.mark.parametrize("teasers", TEASER_LISTS)
@pytest.mark.parametrize("linked", [True, False], ids=["linked", "plain"])
def test_what_is_planted_goes_and_the_articles_own_lists_stay(
    teasers: str, *, linked: bool
) -> None:
    kinds = list(product(BOXES, SUMMARIES, WRAPS, (True, False)))
    # A part of all, another one for each kind of teaser list, linked or not: seconds, not minutes.
    begin = list(TEASER_LISTS).index(teasers) + (31 if linked else 0)
    for box, summary, wrap, outside in kinds[begin::62]:
        html = page(teasers, box, summary, wrap, linked=linked, outside=outside)

        found = article(html)

        shown = f"{found.lead}\n{found.text}"
        kind = (box, summary, wrap, outside)
        own = (*PROSE, *SUMMARY, *FACTS, "Hintergrund:")
        assert [text for text in own if text not in shown] == [], kind
        planted = (*TEASERS, "Lesen Sie auch", "Folgen Sie", SIGN_OFF, "Standards")
        assert [text for text in planted if text in shown] == [], kind
        assert (found.agency, found.authors) == ("dpa", ("gom", "bua")), kind


@pytest.mark.parametrize("teasers", TEASER_LISTS)
def test_all_that_trafilatura_gives_is_kept_or_kept_aside(teasers: str) -> None:
    html = page(teasers, "box", "box", "article", linked=True, outside=False)
    given = trafilatura.bare_extraction(html, include_comments=False)
    assert isinstance(given, Document)

    found = article(html)

    held = (found.title, found.lead, found.text, *(each.text for each in found.removed))
    whole = "".join("".join(held).split())
    lines = [line.block.text for line in blocks.lines(given.body)]
    assert [line for line in lines if "".join(line.split()) not in whole] == []


@pytest.mark.parametrize("teasers", TEASER_LISTS)
@pytest.mark.parametrize("wrap", WRAPS)
def test_every_line_of_the_page_is_kept_or_kept_aside(teasers: str, wrap: str) -> None:
    html = page(teasers, "aside", "aside", wrap, linked=True, outside=True)

    found = article(html)

    held = (found.title, found.lead, found.text, *(each.text for each in found.removed))
    whole = "".join("".join(held).split())
    body = lxml.html.document_fromstring(html).find("body")
    assert body is not None
    shown = [line.block.text for line in blocks.lines(body)]
    assert [line for line in shown if "".join(line.split()) not in whole] == [
        "Start",
        "Impressum",
    ]


def test_what_was_planted_is_kept_with_a_reason() -> None:
    found = article(page("list", "list", "list", "article", linked=False, outside=False))

    assert [(each.text, each.reason) for each in found.removed] == [
        (LABEL, "teaser list"),
        *((text, "teaser list") for text in TEASERS),
        (SOCIAL, "social line"),
        (SIGN_OFF, "agency sign-off"),
        (STANDARDS, "standards prompt"),
    ]


@pytest.mark.parametrize("subheading", ["h3", "h4"])
def test_the_articles_own_heading_behind_teasers_stays(subheading: str) -> None:
    own = "Was die Opposition sagt"
    teasers = "".join(f"<{subheading}>{text}</{subheading}>" for text in TEASERS)
    body = (
        f"<p>{COUNCIL}</p><{subheading}>Das kostet der Bau</{subheading}><p>{COSTS}</p>"
        f"<p><b>{LABEL}</b></p>{teasers}<{subheading}>{own}</{subheading}><p>{MAYOR}</p>"
        f"<p>{TRAFFIC}</p>"
    )
    found = article(f"<html lang=de><h1>{TITLE}</h1><article>{body}</article></html>")
    assert found.text.split("\n") == [COUNCIL, "Das kostet der Bau", COSTS, own, MAYOR, TRAFFIC]


@pytest.mark.parametrize(
    "rows",
    [
        "<div>Foto: Petra Lindqvist</div><div>Archivbild der Brücke</div>",
        "<div>Stand: 14. Mai 2026, 12.30 Uhr</div><div>Lesezeit: 3 Minuten</div>",
        "<div><a href=/a>Mehr zur alten Brücke.</a></div><div><a href=/b>Mehr zum Bauen.</a></div>",
        "<div class=cookie><p>Wir nutzen hier Cookies.</p><p>Sie können sie ablehnen.</p></div>",
    ],
)
def test_lines_above_the_text_that_are_no_summary_stay_away(rows: str) -> None:
    body = "".join(f"<p>{text}</p>" for text in PROSE)
    found = article(
        f"<html lang=de><h1>{TITLE}</h1><div>{rows}</div><article>{body}</article></html>"
    )
    assert f"{found.lead}\n{found.text}".strip() == "\n".join(PROSE)
