"""`extract`: one page for a person, or lines of pages for a program."""

import json
import subprocess
import sys
from collections.abc import Callable
from html import escape
from pathlib import Path

import pytest
from click.testing import Result

from tests.support.runs import LOOPBACK
from tests.support.server import Answer, Server

Call = Callable[..., Result]
PARAGRAPHS = """\
Die Brücke über die Elbe ist seit dem frühen Morgen für den gesamten Verkehr gesperrt, wie die \
Polizei mitteilte, weil ein Frachter einen Pfeiler gerammt hat.
Verletzt wurde niemand. Fachleute sollen den Schaden am Dienstag untersuchen, sagte eine \
Sprecherin der Stadt, und Autofahrer müssen sich auf lange Umwege einstellen.
Der Kapitän des Schiffes blieb unverletzt und sprach von einem Ausfall der Steuerung, den er \
sich bislang nicht erklären könne.""".splitlines()
URL = "https://post.example/elbe"


def page(*paragraphs: str) -> str:
    body = "".join(f"<p>{escape(each)}</p>" for each in paragraphs)
    return (
        '<html lang="de"><head><meta charset="utf-8"><title>Elbbrücke gesperrt | Post</title>'
        '<meta property="article:published_time" content="2026-03-01T11:00:00+01:00"></head>'
        "<body><nav><a href='/'>Start</a></nav><main><article><h1>Elbbrücke gesperrt</h1>"
        f"{body}</article></main><footer>Impressum</footer></body></html>"
    )


PAGE = page(*PARAGRAPHS)
KEYS = [
    "id", "title", "lead", "text", "authors", "agency", "published_at", "updated_at", "language",
    "image", "canonical_url", "paywalled", "spared", "removed",
]  # fmt: skip


def jsonl(*lines: object) -> bytes:
    return b"".join(json.dumps(line).encode() + b"\n" for line in lines)


# --- one page --------------------------------------------------------------------------------


def test_a_file_for_a_person(call: Call) -> None:
    Path("page.html").write_text(PAGE, encoding="utf-8")
    result = call("extract", "page.html", "--url", URL)
    assert result.exit_code == 0, result.stderr
    assert result.stdout.startswith("Elbbrücke gesperrt\n")
    assert "language de" in result.stdout
    for paragraph in PARAGRAPHS:
        assert paragraph in result.stdout
    assert "Impressum" not in result.stdout


def test_what_was_spared_is_said(call: Call) -> None:
    links = "".join(
        f"<li><a href='/l{n}'>Die Reportage Nummer {n}, die wir in diesem Jahr gern lasen</a></li>"
        for n in range(12)
    )
    Path("page.html").write_text(PAGE.replace("</p></article>", f"</p><ul>{links}</ul></article>"))
    shown = call("extract", "page.html", "--url", URL).stdout
    assert "Die Reportage Nummer 11" in shown.partition("Kept, since")[0]
    assert "12 blocks" in shown.partition("though it looks like boilerplate:")[2]


def test_a_day_to_come_is_not_when_it_was_published(call: Call) -> None:
    html = PAGE.replace("2026-03-01T11:00:00+01:00", "2126-03-01T11:00:00+01:00")
    Path("page.html").write_text(html, encoding="utf-8")
    found = json.loads(call("extract", "page.html", "--url", URL, "--json").stdout)
    assert found["published_at"] is None


def test_rules_of_the_operator_are_used(call: Call) -> None:
    Path("page.html").write_text(PAGE, encoding="utf-8")
    Path("feeds.yaml").write_text(
        "rules: [{reason: ours, phrases: [Der Kapitän]}]\n"
        "sites: {post.example: {drop: ['//p[2]']}}\nfeeds: []\n",
        encoding="utf-8",
    )
    found = json.loads(call("extract", "page.html", "--url", URL, "--json").stdout)
    assert found["text"] == PARAGRAPHS[0]
    assert found["removed"][-2:] == [
        {"text": PARAGRAPHS[1], "reason": "site rule", "position": 2},
        {"text": PARAGRAPHS[2], "reason": "ours", "position": 3},
    ]


def test_standard_input_for_a_program(call: Call) -> None:
    result = call("extract", "-", "--json", stdin=PAGE.encode())
    found = json.loads(result.stdout)
    assert list(found) == KEYS
    assert (found["id"], found["language"]) == ("-", "de")
    assert found["published_at"] == "2026-03-01T10:00:00Z"
    assert found["text"].split("\n")[-1] == PARAGRAPHS[-1]


def test_an_address(call: Call, server: Server) -> None:
    Path("feeds.yaml").write_text(LOOPBACK + "feeds: []\n")
    latin = PAGE.replace("utf-8", "iso-8859-1").encode("latin-1")
    server.routes["/elbe"] = Answer(latin, headers={"Content-Type": "text/html"})
    found = json.loads(call("extract", server.url("/elbe"), "--json").stdout)
    assert found["title"] == "Elbbrücke gesperrt"
    missing = call("extract", server.url("/none"))
    assert missing.exit_code == 1
    assert "the server answered 404" in missing.stderr


def test_what_is_no_article_ends_with_one(call: Call) -> None:
    result = call("extract", "-", "--json", stdin=b"<html><p>Kurz.</html>")
    assert result.exit_code == 1
    assert list(json.loads(result.stdout)["rejected"]) == ["stage", "reason", "detail"]
    assert "no article" in result.stderr


def test_wrong_usage(call: Call) -> None:
    assert call("extract").exit_code == 2
    assert call("extract", "--jsonl", "--url", URL).exit_code == 2
    assert call("extract", "missing.html").exit_code == 1
    assert call("extract", "--jsonl", "missing.jsonl").exit_code == 1


def test_settings_come_from_the_file(call: Call) -> None:
    Path("feeds.yaml").write_text("feeds: []\nsettings: {extraction: {min_words: 1000}}\n")
    result = call("extract", "-", "--json", stdin=PAGE.encode())
    assert json.loads(result.stdout)["rejected"]["stage"] == "extract"


# --- lines -----------------------------------------------------------------------------------


def test_lines_in_order_whatever_they_are(call: Call) -> None:
    stdin = (
        jsonl({"id": 1, "url": URL, "html": PAGE}, {"id": "short", "html": "<p>Kurz."})
        + b"no json\n\n[]\n"
        + jsonl(
            {"id": 4, "url": URL},
            {"id": 5, "url": URL, "html": 7},
            {"id": 6, "url": URL, "html": " "},
            {"id": None, "url": 3, "html": PAGE},
            {"id": [1], "html": PAGE},
            {"id": "zwei", "html": PAGE + "\ud800", "more": 1},
        )
    )
    result = call("extract", "--jsonl", stdin=stdin)
    assert (result.exit_code, result.stderr) == (0, "")
    found = [json.loads(line) for line in result.stdout.splitlines()]
    assert [each["id"] for each in found] == [1, "short", None, None, 4, 5, 6, None, None, "zwei"]
    assert list(found[0]) == list(found[-1]) == KEYS
    assert found[0]["text"] == found[-1]["text"]
    assert found[1]["rejected"]["stage"] == "extract"
    rejected = [each["rejected"] for each in found[2:-1]]
    assert {each["stage"] for each in rejected} == {"input"}
    assert [each["reason"] for each in rejected] == [
        "not_json",
        "not_json",
        "no_html",
        "bad_field",
        "no_html",
        "bad_field",
        "bad_id",
    ]


def test_a_file_of_lines(call: Call) -> None:
    Path("pages.jsonl").write_bytes(jsonl({"id": 1, "url": URL, "html": PAGE}))
    found = json.loads(call("extract", "--jsonl", "pages.jsonl").stdout)
    assert found["title"] == "Elbbrücke gesperrt"


def test_many_lines_keep_their_order(call: Call) -> None:
    lines = [
        {"id": n, "url": f"{URL}/{n}", "html": page(*PARAGRAPHS, f"Nummer {n} von vielen.")}
        for n in range(60)
    ]
    result = call("extract", "--jsonl", stdin=jsonl(*lines))
    found = [json.loads(line) for line in result.stdout.splitlines()]
    assert [each["id"] for each in found] == list(range(60))


def test_its_output_is_what_cluster_reads(tmp_path: Path) -> None:
    program = str(Path(sys.executable).with_name("aggregator"))
    lines = jsonl(*({"id": n, "url": f"{URL}/{n}", "html": PAGE} for n in range(3)))
    extracted = subprocess.run(
        [program, "extract", "--jsonl"], input=lines, capture_output=True, check=True, cwd=tmp_path
    )
    clustered = subprocess.run(
        [program, "cluster", "--jsonl"],
        input=extracted.stdout,
        capture_output=True,
        check=True,
        cwd=tmp_path,
    )
    found = [json.loads(line) for line in clustered.stdout.splitlines()]
    assert [(each["id"], each["copy_group"]) for each in found] == [(0, 1), (1, 1), (2, 1)]


def test_whoever_waits_for_an_answer_gets_it(tmp_path: Path) -> None:
    program = str(Path(sys.executable).with_name("aggregator"))
    with subprocess.Popen(
        [program, "extract", "--jsonl"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=tmp_path,
    ) as running:
        assert running.stdin is not None
        assert running.stdout is not None
        for number in range(2):
            running.stdin.write(jsonl({"id": number, "url": URL, "html": PAGE}))
            running.stdin.flush()
            assert json.loads(running.stdout.readline())["id"] == number
        running.stdin.close()
        assert running.wait(20) == 0


@pytest.mark.parametrize("hostile", ["<div>" * 200_000, "<p>" + "x" * 3_000_000, "\x00" * 1000])
def test_hostile_pages_end_as_lines(call: Call, hostile: str) -> None:
    lines = ({"id": 1, "html": hostile}, {"id": 2, "url": URL, "html": PAGE})
    result = call("extract", "--jsonl", stdin=jsonl(*lines))
    found = [json.loads(line) for line in result.stdout.splitlines()]
    assert [each["id"] for each in found] == [1, 2]
    assert list(found[1]) == KEYS
