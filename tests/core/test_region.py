"""Where on the page the article stands, and what of it was lost."""

from aggregator.core import page
from aggregator.core.blocks import Block, lines
from aggregator.core.page import Tree
from aggregator.core.region import Placed, flatten, layout_tables, place

LONG = (
    "Der Rat hat am Montag beschlossen, die alte Brücke abzureißen und an derselben Stelle eine "
    "neue zu bauen, die auch schwere Fahrzeuge trägt; die Arbeiten sollen {} beginnen und dauern, "
    "wie die Verwaltung rechnet, nicht länger als achtzehn Monate."
)
ONE, TWO, THREE = (LONG.format(when) for when in ("im März", "im April", "im Mai"))


def tree(body: str) -> Tree:
    parsed = page.parse(f"<html><body>{body}</body></html>")
    assert parsed is not None
    return parsed


def placed(html: str, *found: str) -> list[Placed]:
    """Place the lines that were `found`, as an extractor would have given them."""
    raw = lines(tree(html))
    body = [line.block for line in raw if line.block.text in found]
    assert len(body) == len(found)
    return place(body, raw)


def texts(all_placed: list[Placed]) -> list[str]:
    return [each.block.text for each in all_placed if not each.outside and not each.left_out]


# --- layout tables ---------------------------------------------------------------------------


def test_a_table_that_lays_out_the_page_is_flattened() -> None:
    root = tree(
        f"<table><tr><td><table><tr><td>Menü</td></tr></table><p>{ONE}</p></td></tr></table>"
    )

    flatten(layout_tables(root))

    assert not list(root.iter("table", "tr", "td"))
    assert ONE in [line.block.text for line in lines(root)]


def test_a_table_of_data_stays() -> None:
    root = tree("<table><tr><th>Ort</th><td>12</td></tr><tr><th>Dornau</th><td>7</td></tr></table>")

    flatten(layout_tables(root))

    assert [line.block.kind for line in lines(root)] == ["row", "row"]


def test_a_table_of_data_within_one_that_lays_out_the_page_stays() -> None:
    data = "<table><tr><th>Ort</th><td>12</td></tr><tr><th>Dornau</th><td>7</td></tr></table>"
    root = tree(f"<table><tr><td>Menü</td><td><h1>x</h1><p>{ONE}</p>{data}</td></tr></table>")

    flatten(layout_tables(root))

    assert [line.block.kind for line in lines(root)][-2:] == ["row", "row"]
    assert len(list(root.iter("table"))) == 1


def test_a_table_with_a_long_cell_beside_a_text_is_data() -> None:
    table = f"<table><tr><td>Baubeginn</td><td><p>{ONE}</p></td></tr></table>"

    assert layout_tables(tree(table))
    assert not layout_tables(tree(f"<p>{ONE}</p><p>{TWO}</p><p>{THREE}</p>{table}"))


def test_what_was_flattened_can_be_put_back() -> None:
    root = tree(f"<table><tr><td><p>{ONE}</p><table><tr><td>12</td></tr></table></td></tr></table>")
    before = [element.tag for element in root.iter()]

    for element, tag in flatten(layout_tables(root)):
        element.tag = tag

    assert [element.tag for element in root.iter()] == before


# --- lost lists ------------------------------------------------------------------------------


def test_a_dropped_list_of_the_articles_own_comes_back_in_its_place() -> None:
    html = (
        f"<div><p>{ONE}</p><p>Hintergrund:</p><ul><li>1931 gebaut</li><li>2026 gesperrt</li></ul>"
        f"<p>{TWO}</p></div>"
    )

    found = placed(html, ONE, TWO)

    assert texts(found) == [ONE, "Hintergrund:", "1931 gebaut", "2026 gesperrt", TWO]


def test_a_dropped_list_of_links_or_furniture_stays_away() -> None:
    links = (
        "<ul><li><a href='/a'>Streit um den Markt</a></li><li><a href='/b'>Der Zug</a></li></ul>"
    )
    lines_of_it = "<li>Auf Facebook mit anderen teilen</li><li>Per E-Mail an Freunde senden</li>"
    share = f"<ul class='share-buttons'>{lines_of_it}</ul>"

    assert texts(placed(f"<div><p>{ONE}</p>{links}{share}<p>{TWO}</p></div>", ONE, TWO)) == [
        ONE,
        TWO,
    ]


def test_the_rest_of_a_list_found_in_part_comes_back() -> None:
    html = f"<div><p>{ONE}</p><ul><li>eins</li><li>zwei</li><li>drei</li></ul><p>{TWO}</p></div>"

    assert texts(placed(html, ONE, "zwei", TWO)) == [ONE, "eins", "zwei", "drei", TWO]


# --- lost sign-offs --------------------------------------------------------------------------


def test_a_dropped_sign_off_comes_back() -> None:
    html = f"<div><p>{ONE}</p><p>{TWO}</p><div>gom/bua/news.de/dpa</div></div>"

    assert texts(placed(html, ONE, TWO)) == [ONE, TWO, "gom/bua/news.de/dpa"]


def test_the_credit_of_a_picture_does_not() -> None:
    figure = "<figure><figcaption>hol/dpa</figcaption></figure>"
    html = f"<div><div>abc/dpa</div><p>{ONE}</p><p>{TWO}</p><p>{THREE}</p>{figure}<i>dpa</i></div>"

    assert texts(placed(html, ONE, TWO, THREE)) == [ONE, TWO, THREE]


# --- outside ---------------------------------------------------------------------------------


def test_what_stands_elsewhere_behind_the_text_is_outside() -> None:
    html = f"<main><p>{ONE}</p><p>{TWO}</p></main><aside><p>Über diese Zeitung</p></aside>"

    found = placed(html, ONE, TWO, "Über diese Zeitung")

    assert texts(found) == [ONE, TWO]
    assert found[-1].outside


def test_what_stands_before_the_headline_is_outside() -> None:
    html = f"<div><p>Am Dienstag bleibt es trocken</p></div><main><h1>Neu</h1><p>{ONE}</p></main>"

    assert texts(placed(html, "Am Dienstag bleibt es trocken", ONE)) == [ONE]


def test_what_the_page_does_not_show_so_keeps_its_place() -> None:
    raw = lines(tree(f"<div><p>{ONE}</p><p>{TWO}</p></div>"))
    first, second = (line.block for line in raw)
    merged = lines(tree("<p>Aus zwei Zeilen gemacht</p>"))[0].block

    assert texts(place([first, merged, second], raw)) == [ONE, "Aus zwei Zeilen gemacht", TWO]


def test_nothing_found_is_nothing_placed() -> None:
    assert place([], lines(tree(f"<ul><li>{ONE}</li><li>{TWO}</li></ul>"))) == []


def test_cards_of_other_articles_are_outside() -> None:
    cards = "".join(
        f"<li><h3><a href='/{n}'>Bericht {n} von hier</a></h3><p>Mehr aus dem Ort {n} hier</p></li>"
        for n in range(3)
    )
    html = f"<div><p>{ONE}</p><p>{TWO}</p><p>{THREE}</p><ul>{cards}</ul></div>"

    found = placed(html, ONE, TWO, THREE, *(f"Mehr aus dem Ort {n} hier" for n in range(3)))

    assert texts(found) == [ONE, TWO, THREE]


def test_short_paragraphs_behind_a_link_go_on_with_the_text() -> None:
    short = "Der Verkehr wird so lange über die neue Umgehung geleitet werden."
    html = (
        f"<div><p>{ONE}</p><p>{TWO}</p><p>{THREE}</p><p>{ONE}!</p>"
        f"<h3>Das lesen andere</h3><p>{short}</p></div>"
    )

    assert texts(placed(html, ONE, TWO, THREE, f"{ONE}!", short))[-1] == short


def test_a_list_that_is_most_of_the_text_is_not_all_of_it() -> None:
    items = "".join(f"<li>{LONG.format(n)}</li>" for n in range(9))
    found = [LONG.format(n) for n in range(9)]
    html = f"<div><h1>Neun Orte</h1><ul>{items}</ul><p>Stand der Liste ist der Montag</p></div>"

    assert texts(placed(html, *found, "Stand der Liste ist der Montag"))[-1].startswith("Stand")


def test_lists_that_outweigh_the_text_stay_away() -> None:
    items = "".join(
        f"<li>Der Ort Nummer {n} liegt am Fluss und hat eine Brücke</li>" for n in range(30)
    )
    html = f"<div><p>{ONE}</p><ul>{items}</ul><p>{TWO}</p></div>"

    assert texts(placed(html, ONE, TWO)) == [ONE, TWO]


def test_what_a_template_names_furniture_is_named_so_when_it_comes_back() -> None:
    def items(name: str) -> str:
        return (
            f"<ul><li>Die Brücke wird im März gesperrt</li><li class='{name}'>Zu den Angeboten der "
            "Brücke</li><li>Der Bus fährt über die Nordstraße</li></ul>"
        )

    for name, told in (("cta", "cta"), ("caption", ""), ("first", "")):
        html = f"<div><p>{ONE}</p>{items(name)}<p>{TWO}</p><p>{THREE}</p></div>"
        found = placed(html, ONE, TWO, THREE, "Die Brücke wird im März gesperrt")
        named = {each.block.text: each.named for each in found}
        assert named["Zu den Angeboten der Brücke"] == told
        assert named["Der Bus fährt über die Nordstraße"] == ""


def test_a_list_that_the_article_announces_is_its_own_whatever_stands_before() -> None:
    links = "<h2>Mehr dazu</h2><p><a href='/x'>Wie die Stadt die Brücke baut</a></p>"
    items = ["Bericht 1, Stadtrat", "Bericht 2, Stadtrat"]

    def kept(heading: str) -> list[str]:
        listed = "".join(f"<li>{item}</li>" for item in items)
        html = f"{ONE}<p>{TWO}</p><p>{THREE}</p>{links}<h2>{heading}</h2><ol>{listed}</ol>{links}"
        return texts(placed(f"<div>{html}</div>", ONE, TWO, THREE, heading, *items))

    assert kept("Quellen") == [ONE, TWO, THREE, "Quellen", *items]
    assert kept("Beliebt") == [ONE, TWO, THREE]


def test_a_line_that_was_put_together_from_a_box_elsewhere_is_outside() -> None:
    html = (
        f"<h1>Die Brücke</h1><div><p>{ONE}</p><p>{TWO}</p></div>"
        "<aside><div>Ab sechs Uhr im Handel</div><div>Lampe mit Kurbel</div></aside>"
    )
    raw = lines(tree(html))
    joined = Block("paragraph", "Ab sechs Uhr im Handel Lampe mit Kurbel", 9)
    own = Block("paragraph", f"{TWO} {TWO}", 9)
    body = [line.block for line in raw if line.block.text in {ONE, TWO}]

    assert texts(place([*body, joined], raw)) == [ONE, TWO]
    assert texts(place([*body, own], raw)) == [ONE, TWO, own.text]
