"""The format of ftr-site-config: what is understood, what is for others, what is of no use."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.core.siteconfig import Unused, file_names, parse
from aggregator.model import SiteRule

FILE = """\
# Our own example
title: //h1[@class='head']
author: //span[@itemprop='name']/@content

body: //div[@id='text']
body: //article
date: substring-before(//time, ' Uhr')

strip: //aside | //figure
strip_id_or_class: share-bar
strip_image_src: /pixel/
prune: no
tidy: no

find_string: <noscript>
replace_string: <div>
replace_string(</noscript>): </div>
replace_string(<wbr>):

single_page_link: //a[@class='all']
http_header(user-agent): Someone
test_url: https://www.example.org/1.html
test_contains: Brücke
"""


def test_a_file_is_understood() -> None:
    found = parse(FILE)
    assert found.unused == ()
    assert found.rule == SiteRule(
        keep=("xpath://div[@id='text']", "xpath://article"),
        drop=(
            "xpath://aside | //figure",
            "xpath://*[contains(@class, 'share-bar') or contains(@id, 'share-bar')]",
            "xpath://img[contains(@src, '/pixel/')]",
        ),
        titles=("xpath://h1[@class='head']",),
        authors=("xpath://span[@itemprop='name']/@content",),
        dates=("xpath:substring-before(//time, ' Uhr')",),
        replaced=(("<noscript>", "<div>"), ("</noscript>", "</div>"), ("<wbr>", "")),
    )


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("colour: red", "unknown directive 'colour'"),
        ("body //article", "unknown directive 'body'"),
        ("body: //article[", "body: Invalid expression"),
        ("body: string(//article)", "body: it finds no elements"),
        ("strip: //p[ends-with(., 'a')]", "strip: XPath 1.0 has no function ends-with()"),
        ("strip_id_or_class: a'b\"c", "strip_id_or_class: Invalid expression"),
        ("find_string: <b>", "find_string: its other half is missing"),
        ("replace_string(<): x", "find_string: too short, or its replacement too long"),
        (
            f"replace_string(<b>): {'x' * 1001}",
            "find_string: too short, or its replacement too long",
        ),
    ],
)
def test_what_is_of_no_use_is_told_with_its_line(line: str, why: str) -> None:
    found = parse(f"# one\n{line}\nstrip: //nav\n")
    assert found.unused == (Unused(2, why),)
    assert found.rule.drop == ("xpath://nav",)


def test_a_file_that_replaces_without_end_is_cut() -> None:
    found = parse("replace_string(<b>): <i>\n" * 60)
    assert len(found.rule.replaced) == 50
    assert len(found.unused) == 10


@given(st.text())
def test_any_text_is_a_file(text: str) -> None:
    parse(text)


@pytest.mark.parametrize(
    ("host", "names"),
    [
        ("example.org", ["example.org.txt"]),
        ("www.example.org", ["example.org.txt"]),
        ("sport.example.org", ["sport.example.org.txt", ".example.org.txt"]),
        ("a.b.example.org", ["a.b.example.org.txt", ".b.example.org.txt", ".example.org.txt"]),
    ],
)
def test_the_names_that_a_file_may_have(host: str, names: list[str]) -> None:
    assert list(file_names(host)) == names
