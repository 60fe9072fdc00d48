"""What the API answers: lists by pages, single things, and what became of numbers."""

from datetime import timedelta
from typing import Any

import httpx
import pytest
from click.testing import CliRunner

from aggregator.cli import main
from aggregator.storage.database import open_database
from tests.support.kept import POST, keep, report, tell
from tests.web.conftest import NOW, Newsroom


def items(client: httpx.Client, path: str) -> list[dict[str, Any]]:
    answer = client.get(path)
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["items"]
    return found


def test_it_begins_with_what_there_is(client: httpx.Client) -> None:
    links = client.get("/api/v1").json()["links"]
    needs = {"/api/v1/search": "?q=bridge"}
    statuses = {path: client.get(path + needs.get(path, "")).status_code for path in links.values()}
    assert set(statuses.values()) == {200}
    assert len(statuses) == 9


def test_stories_are_listed_newest_first(client: httpx.Client) -> None:
    found = items(client, "/api/v1/stories")
    assert [each["title"] for each in found] == ["Bridge", "Elephant"]
    assert found[0] == {
        "id": 1,
        "title": "Bridge",
        "first_published_at": "2026-03-01T09:00:00Z",
        "last_published_at": "2026-03-01T11:00:00Z",
        "article_count": 3,
        "outlet_count": 2,
        "copy_group_count": 2,
        "computed_title": "Bridge",
        "pinned": False,
        "hidden": False,
    }


def test_top_stories_begin_with_what_is_pinned(client: httpx.Client) -> None:
    found = items(client, "/api/v1/stories?order=top")
    assert [each["id"] for each in found] == [2, 1]


@pytest.mark.parametrize(
    ("question", "stories"),
    [
        ("outlet=post", [1, 2]),
        ("outlet=Herald", [1]),
        ("language=de", [2]),
        ("language=DE_at", [2]),
        ("tag=politik", [1, 2]),
        ("tag=world", [1]),
        ("since=24h", [1]),
        ("since=2026-03-01T11:00:00Z", [1]),
        ("since=2026-03-01T11:00:01", []),
        ("since=0001-01-01", [1, 2]),
        ("since=999999w", [1, 2]),
        ("outlet=Post&language=en", [1]),
        ("outlet=nobody", []),
        ("language=d", []),
        ("tag=nothing", []),
        ("tag=WORLD&outlet=Post", []),
        ("limit=1", [1]),
    ],
)
def test_stories_are_filtered_as_by_the_command(
    client: httpx.Client, question: str, stories: list[int]
) -> None:
    assert [each["id"] for each in items(client, f"/api/v1/stories?{question}")] == stories


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/api/v1/stories", [1, 2]),
        ("/api/v1/articles", [3, 2, 1, 4]),
        ("/api/v1/articles?outlet=herald", [3, 2]),
        ("/api/v1/articles?since=2026-03-01T00:00:00", [3, 2, 1]),
        ("/api/v1/search?q=bridge", [2, 1]),
        ("/api/v1/saved-searches/1/hits?limit=20", [1]),
    ],
)
def test_pages_of_one_make_up_the_list(
    client: httpx.Client, path: str, expected: list[int]
) -> None:
    found, cursor = [], None
    while True:
        answer = client.get(path, params=httpx.URL(path).params.merge(page_of_one(cursor))).json()
        assert len(answer["items"]) <= 1
        found += [each["id"] for each in answer["items"]]
        cursor = answer["next"]
        if cursor is None:
            break
    assert sorted(found) == sorted(expected)
    assert found == [each["id"] for each in items(client, path)]


def page_of_one(cursor: str | None) -> dict[str, str]:
    return {"limit": "1"} if cursor is None else {"limit": "1", "cursor": cursor}


def test_what_comes_meanwhile_moves_no_page(newsroom: Newsroom) -> None:
    first = newsroom.client.get("/api/v1/articles?limit=2").json()
    with open_database(newsroom.path) as db:
        newer = report("newer", NOW - timedelta(minutes=5))
        tell(db, [[keep(db, POST, newer, NOW)]])
    rest = newsroom.client.get(f"/api/v1/articles?cursor={first['next']}").json()
    assert [each["id"] for each in first["items"] + rest["items"]] == [3, 2, 1, 4]
    assert rest["seq"] > first["seq"]


def test_a_story_has_its_texts_and_decisions(client: httpx.Client) -> None:
    story = client.get("/api/v1/stories/1").json()
    first, second = story["copy_groups"]
    assert [each["id"] for each in first["articles"]] == [1, 2]
    assert [each["article_id"] for each in first["members"]] == [1, 2]
    assert second["shared_terms"] == ["rail", "strike"]
    (decision,) = client.get("/api/v1/stories/2").json()["decisions"]
    assert (decision["kind"], decision["author"], decision["level"]) == ("pin", "eva", None)
    assert decision == items(client, "/api/v1/decisions")[0]


def test_a_copy_group_can_be_read_by_itself(client: httpx.Client) -> None:
    group = client.get("/api/v1/copy-groups/1").json()
    assert group.pop("story_id") == 1
    assert group == client.get("/api/v1/stories/1").json()["copy_groups"][0]


def test_an_article_has_its_text_and_what_was_stripped(client: httpx.Client) -> None:
    article = client.get("/api/v1/articles/1").json()
    assert article["text"] == "The bridge is closed.\n- One\n- Two"
    assert article["authors"] == ["Ann Other"]
    assert article["removed"] == [
        {"text": "Read more: everything", "reason": "teaser", "position": 1}
    ]
    assert [each["id"] for each in article["copies"]] == [2]


def test_an_article_has_its_versions(newsroom: Newsroom) -> None:
    with open_database(newsroom.path) as db, db.write():
        db.execute(
            """INSERT INTO former_version
               SELECT id, 1, title, lead, text, fetched_at, updated_at, 'first'
               FROM article WHERE id = 2"""
        )
        sql = "UPDATE article SET version = 2, version_cause = 'revised', text = ? WHERE id = 2"
        db.execute(sql, ("It is open again.",))
    first, second = items(newsroom.client, "/api/v1/articles/2/versions")
    assert (first["text"], first["cause"], first["version"]) == ("Text.", "first", 1)
    assert (second["text"], second["cause"]) == ("It is open again.", "revised")


@pytest.mark.parametrize(
    ("path", "leads_to"),
    [("stories/40", "/api/v1/stories/1"), ("copy-groups/41", "/api/v1/copy-groups/1")],
)
def test_what_was_merged_leads_to_what_took_it_over(
    client: httpx.Client, path: str, leads_to: str
) -> None:
    answer = client.get(f"/api/v1/{path}")
    assert (answer.status_code, answer.headers["Location"]) == (301, leads_to)
    assert client.get(f"/api/v1/{path}", follow_redirects=True).json()["id"] == 1


@pytest.mark.parametrize(
    ("path", "status", "kind"),
    [
        ("stories/39", 410, "gone"),
        ("stories/51", 404, "not-found"),
        ("stories/9223372036854775807", 404, "not-found"),
        ("copy-groups/99", 404, "not-found"),
        ("articles/5", 404, "not-found"),
        ("saved-searches/9/hits", 404, "not-found"),
        ("queries/nothing", 404, "not-found"),
        ("nothing", 404, "not-found"),
        ("../../feeds/tag/nothing.atom", 404, "not-found"),
        ("stories/0", 422, "invalid-request"),
        ("stories/9223372036854775808", 422, "invalid-request"),
        ("stories/one", 422, "invalid-request"),
        ("stories/1?x=1", 422, "invalid-request"),
        ("stories?since=yesterday", 422, "invalid-request"),
        ("stories?since=0001-01-01T00:00:00%2B14:00", 422, "invalid-request"),
        ("stories?cursor=x", 422, "invalid-request"),
        ("stories?order=top&cursor=x", 422, "invalid-request"),
        ("stories?limit=101", 422, "invalid-request"),
        ("stories?language=%25", 422, "invalid-request"),
        ("search", 422, "invalid-request"),
        ("search?q=x&cursor=Wzk5OTldCg", 422, "invalid-request"),
        ("queries/top-stories?hours=day", 422, "invalid-request"),
        ("queries/top-stories?limit=-1", 422, "invalid-request"),
        ("queries/search?words=%22", 422, "invalid-request"),
    ],
)
def test_what_cannot_be_answered_is_a_problem(
    client: httpx.Client, path: str, status: int, kind: str
) -> None:
    answer = client.get(f"/api/v1/{path}")
    assert answer.status_code == status, answer.text
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.headers["Cache-Control"] == "no-store"
    problem = answer.json()
    assert problem["type"] == f"/problems/{kind}"
    assert problem["status"] == status
    assert problem["instance"] == answer.request.url.path
    page = client.get(problem["type"])
    assert problem["title"] in page.text


def test_a_problem_names_each_parameter(client: httpx.Client) -> None:
    errors = client.get("/api/v1/stories?limit=0&colour=red").json()["errors"]
    details = {each["parameter"]: each["detail"] for each in errors}
    assert set(details) == {"limit", "colour"}
    assert details["colour"] == "there is no such parameter"


def test_an_article_that_was_deleted_is_gone(newsroom: Newsroom) -> None:
    with open_database(newsroom.path) as db, db.write():
        db.execute("PRAGMA defer_foreign_keys = ON")
        for table, column in (("copy_member", "article_id"), ("entry", "article_id")):
            db.execute(f"DELETE FROM {table} WHERE {column} = 2")  # noqa: S608 - names of ours
        db.execute("DELETE FROM article WHERE id = 2")
    assert newsroom.client.get("/api/v1/articles/2").status_code == 410


def test_search_finds_with_snippets(client: httpx.Client) -> None:
    found = items(client, "/api/v1/search?q=closed&outlet=Post")
    assert [(each["id"], each["snippet"]) for each in found] == [
        (1, "The bridge is [closed].\n- One\n- Two")
    ]


def test_saved_searches_are_listed_with_what_they_ask(client: httpx.Client) -> None:
    (saved,) = items(client, "/api/v1/saved-searches")
    assert (saved["name"], saved["words"], saved["outlet"]) == ("Bridges", "bridge*", "Post")


def test_feeds_are_listed(client: httpx.Client) -> None:
    found = items(client, "/api/v1/feeds")
    assert [each["outlet"] for each in found] == ["Herald", "Post"]
    assert found[0]["tags"] == ["world"]


def test_every_documented_query_can_be_run(client: httpx.Client) -> None:
    for query in items(client, "/api/v1/queries"):
        result = client.get(f"/api/v1/queries/{query['name']}")
        assert result.status_code == 200, (query["name"], result.text)
        assert all(len(row) == len(result.json()["columns"]) for row in result.json()["rows"])


def test_a_query_takes_its_parameters(client: httpx.Client) -> None:
    result = client.get("/api/v1/queries/story-articles?story=1&limit=2").json()
    at = result["columns"].index("id")
    assert [row[at] for row in result["rows"]] == [1, 2]


def test_monitoring_gets_figures(newsroom: Newsroom) -> None:
    found = newsroom.client.get("/metrics")
    assert found.headers["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"
    by_command = CliRunner().invoke(main, ["metrics", "--db", str(newsroom.path)])
    names = {line for line in by_command.stdout.splitlines() if line.startswith("# TYPE")}
    assert len(names) > 10
    # In the newsroom nothing is due yet, by the clock of the command much is.
    due = {"# TYPE aggregator_oldest_due_timestamp_seconds gauge"}
    assert {line for line in found.text.splitlines() if line.startswith("# TYPE")} == names - due


def test_stories_go_out_as_feeds(client: httpx.Client) -> None:
    for each in items(client, "/api/v1/selections"):
        atom, json_feed = client.get(each["atom"]), client.get(each["json_feed"])
        assert atom.headers["Content-Type"] == "application/atom+xml"
        assert json_feed.headers["Content-Type"] == "application/feed+json"
        assert json_feed.json()["feed_url"].endswith(each["json_feed"])
        assert json_feed.json()["title"] == each["title"]
        assert atom.text.count("</entry>") == len(json_feed.json()["items"])
