"""`import` and `export`: feeds from other feed readers, and ours for them."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from aggregator.config import load
from aggregator.model import FeedSource

Call = Callable[..., Result]
FILE = "# ours\nfeeds:\n  - url: https://post.example/rss # the first\n    outlet: Post\n"
LIST = """<opml version="2.0"><body>
<outline text="Politik"><outline text="Herald" language="en_GB" xmlUrl="https://h.example/rss"/>
<outline text="Bote" language="unknown" xmlUrl="https://b.example/rss"/></outline>
<outline text="The Post" xmlUrl="https://POST.example/rss/"/>
<outline text="Again" xmlUrl="https://h.example/rss#x"/>
<outline text="Nowhere" xmlUrl="nowhere"/>
<outline text="A &#27;[31m note"/>
<outline xmlUrl="https://unnamed.example/rss"/>
</body></opml>"""


@pytest.fixture(autouse=True)
def feeds_yaml(tmp_path: Path) -> Path:
    path = tmp_path / "feeds.yaml"
    path.write_text(FILE)
    return path


def test_a_list_is_taken_in_one_edit(call: Call, feeds_yaml: Path) -> None:
    Path("list.opml").write_text(LIST)
    result = call("import", "list.opml")
    assert result.exit_code == 0, result.stderr
    assert feeds_yaml.read_text().startswith(FILE)
    assert load(feeds_yaml).feeds[1:] == (
        FeedSource("https://h.example/rss", "Herald", "en-GB", ("Politik",)),
        FeedSource("https://b.example/rss", "Bote", None, ("Politik",)),
        FeedSource("https://unnamed.example/rss", "unnamed.example"),
    )
    skipped = [each for each in result.stdout.splitlines() if each.startswith("skipped")]
    assert skipped == [
        "skipped: line 4: The Post  https://POST.example/rss/: listed already, on line 3",
        "skipped: line 5: Again  https://h.example/rss#x: it stands twice, first on line 2",
        "skipped: line 6: Nowhere  nowhere: url: 'nowhere' does not begin with http:// or https://",
        "skipped: line 7: A [31m note: it has no xmlUrl, the address of a feed",
    ]
    assert "Added to feeds.yaml: 3 feeds; skipped: 4." in result.stdout


def test_a_list_comes_from_standard_input_too(call: Call, feeds_yaml: Path) -> None:
    found = json.loads(call("import", "-", "--json", stdin=LIST).stdout)
    assert [each["url"] for each in found["added"]] == [
        feed.url for feed in load(feeds_yaml).feeds[1:]
    ]
    assert [(each["line"], each["listed"]) for each in found["skipped"]] == [
        (4, 3),
        (5, None),
        (6, None),
        (7, None),
    ]
    again = json.loads(call("import", "-", "--json", stdin=LIST).stdout)
    assert again["added"] == []


@pytest.mark.parametrize(
    ("text", "code", "reason"),
    [
        ("<opml>\n<outline text='a'>\n</opml>", 2, "input line 3: this is no sound XML"),
        ("<!DOCTYPE opml [<!ENTITY a 'a'>]><opml/>", 2, "a document type (DTD) is not taken"),
        ("<opml/>", 1, "0 feeds"),
    ],
)
def test_what_brings_nothing_changes_nothing(
    call: Call, feeds_yaml: Path, text: str, code: int, reason: str
) -> None:
    result = call("import", "-", stdin=text)
    assert (result.exit_code, reason in result.output) == (code, True), result.output
    assert feeds_yaml.read_text() == FILE
    assert call("import", "not-there.opml").exit_code == 2


@pytest.mark.usefixtures("news")
def test_what_is_exported_comes_in_again(call: Call, feeds_yaml: Path) -> None:
    text = FILE + "    language: 'no'\n    tags: ['a, b', c]\n    text: feed\n"
    feeds_yaml.write_text(text + "  - {url: 'https://ann:secret@p.example/', outlet: P}\n")
    exported = call("export")
    assert exported.exit_code == 0
    assert 'title="Post news"' in exported.stdout
    assert "secret" not in exported.output
    assert "left out: the name and password in the address of https://p.example/" in exported.stderr
    feeds = load(feeds_yaml).feeds
    feeds_yaml.write_text("feeds:\n")
    assert call("import", "-", stdin=exported.stdout).exit_code == 0
    first, second = load(feeds_yaml).feeds
    assert (first, second.url) == (feeds[0], "https://p.example/")


def test_a_password_is_taken_in_and_not_shown(call: Call, feeds_yaml: Path) -> None:
    address = "https://ann:secret@p.example/rss"
    odd = "".join(
        f"<outline text='O' xmlUrl='{each}'/>"
        for each in (
            "ftp://ann:secret@o.example/",
            "https://ann:secret@/",
            "https://a:secret@[/",
            "https://ann:x/secret@o.example/",
            "https:/ann:secret@o.example/",
        )
    )
    odd += "<outline type='rss' xmlUrl='https://ann:x/secret@o.example/'/>"
    text = f"<opml><body><outline text='P' xmlUrl='{address}'/>{odd}</body></opml>"
    outputs = [call("import", "-", stdin=text).output]
    assert load(feeds_yaml).feeds[1].url == address
    outputs.append(call("import", "-", "--json", stdin=text).output)
    feeds_yaml.write_text(FILE)
    outputs.append(call("import", "-", "--json", stdin=text).output)
    assert load(feeds_yaml).feeds[1].url == address
    feeds_yaml.write_text(FILE + "  - {url: 'ftp://ann:secret@o.example/', outlet: O}\n")
    outputs.append(call("import", "-", stdin=text).output)
    assert all("example" in each for each in outputs)
    assert not any("secret" in each for each in outputs)
