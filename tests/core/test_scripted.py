"""Pages that show nothing without their scripts: the article is read from what these carry."""

import json
import time

import pytest

from aggregator.core import extract
from aggregator.model import Article, Rejected
from aggregator.settings import ExtractSettings

URL = "https://www.kurier.example/politik/bruecke-1.html"
SENTENCES = [
    "Der Stadtrat hat am Montag beschlossen, die alte Brücke über den Fluss abzureißen.",
    "Ein Gutachten fand schwere Schäden an den Pfeilern, die niemand mehr beheben kann.",
    "Der Neubau soll im Frühjahr beginnen und nach zwei Jahren für Autos frei sein.",
    "Bis dahin fahren Busse über die nächste Ortschaft, was eine halbe Stunde länger dauert.",
    "Die Kosten trägt zur Hälfte das Land, zur Hälfte die Stadt, sagte die Bürgermeisterin.",
]
HTML = "".join(f"<p>{each}</p>" for each in SENTENCES)


def take(scripts: str, body: str = "<div id='root'></div>") -> Article | Rejected:
    html = (
        "<html lang='de'><head><title>Aldenburg baut neu</title></head>"
        f"<body>{body}{scripts}</body></html>"
    )
    return extract.article(html, URL, entry=None, rules=(), settings=ExtractSettings())


def pushed(*pieces: str) -> str:
    return "".join(
        f"<script>self.__next_f.push([1,{json.dumps(piece)}])</script>" for piece in pieces
    )


def data(value: object) -> str:
    return f"<script type='application/json'>{json.dumps(value)}</script>"


LONG_ROW = f"{len(HTML.encode()):x},{HTML}"
DESCRIBED = json.dumps({"@type": "NewsArticle", "articleBody": "\n\n".join(SENTENCES)})


@pytest.mark.parametrize(
    "scripts",
    [
        data({"props": {"pages": [{"short": "<p>a</p><p>b</p>", "body": HTML}]}}),
        pushed(f'1:["$","div",null]\n24:T{LONG_ROW}25:["$","p"]'),
        pushed(f"1:[]\n24:T{LONG_ROW[:60]}", LONG_ROW[60:] + "25:[]"),
        pushed("3:" + json.dumps(["$", {"content": HTML}]) + "\n"),
        f"<script type='application/ld+json'>{DESCRIBED}</script>",
        data(HTML.replace("</p>", "</p>$$ADVERT$$", 1)),
    ],
    ids=["data", "stream", "stream in pieces", "row", "description", "placeholder"],
)
def test_the_article_is_read_from_scripts(scripts: str) -> None:
    found = take(scripts)
    assert isinstance(found, Article), found
    assert found.text.split("\n") == SENTENCES
    assert found.title == "Aldenburg baut neu"


def test_what_a_page_shows_counts_more() -> None:
    other = "".join(f"<p>{each} Das wurde gestern bekannt.</p>" for each in SENTENCES)
    found = take(data(HTML), f"<article>{other}</article>")
    assert isinstance(found, Article)
    assert "Das wurde gestern bekannt." in found.text.split("\n")[0]
    assert len(found.text.split("\n")) == len(SENTENCES)


@pytest.mark.parametrize(
    "scripts",
    [
        "",
        "<script>start()</script>",
        "<script type='application/json'>{</script>",
        f"<script type='application/json'>{'[' * 100_000}</script>",
        data({"body": HTML[:200]}),
        pushed("24:Tzz,<p>a</p>", '25:{"a'),
    ],
)
def test_where_there_is_none_the_page_has_no_text(scripts: str) -> None:
    found = take(scripts)
    assert isinstance(found, Rejected)
    assert found.reason == "no_text"


@pytest.mark.parametrize(
    "scripts",
    [
        pushed("\n".join(f"{n:x}:Tfffff,<p>" for n in range(60_000))),
        "<script>" + '__next_f.push([1,"' * 60_000 + "</script>",
        data(["<" * 500_000 + "<p><p>"]),
        data([["<p>a<p>"]] * 40_000),
    ],
)
def test_no_scripts_hold_a_worker_for_long(scripts: str) -> None:
    began = time.process_time()
    take(scripts)
    assert time.process_time() - began < 10
