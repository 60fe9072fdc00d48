"""Questions made up from the description, sensible and not: no answer is a mistake of ours."""

from typing import Any

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, settings

from aggregator.web.app import description


def impatient() -> dict[str, Any]:
    """The description, but that nobody waits for changes."""
    api = description()
    changes = api["paths"]["/api/v1/changes"]["get"]
    changes["parameters"] = [each for each in changes["parameters"] if each["name"] != "wait"]
    return api


questions = schemathesis.openapi.from_dict(impatient())
# A cursor or a number of a change is any word or number to the description, to us one that we gave.
UNKNOWABLE = [schemathesis.checks.positive_data_acceptance]


@questions.parametrize()
@settings(max_examples=5, suppress_health_check=list(HealthCheck))
def test_every_answer_is_as_described(case: schemathesis.Case[Any], client: httpx.Client) -> None:
    case.call_and_validate(base_url=str(client.base_url), excluded_checks=UNKNOWABLE)


@pytest.mark.parametrize(
    "words",
    [
        '"',
        "*",
        "-",
        "NEAR(",
        "title:",
        "^",
        "a AND",
        "\0",
        "\N{PILE OF POO}",
        "ß" * 1000,
        "a*" * 500,
    ],
)
def test_any_words_can_be_searched_for(client: httpx.Client, words: str) -> None:
    answer = client.get("/api/v1/search", params={"q": words})
    assert answer.status_code == 200, answer.text


@pytest.mark.parametrize(
    "path",
    [
        "/feeds/outlet/%00.atom",
        "/feeds/outlet/..%2F..%2Fetc%2Fpasswd.atom",
        "/feeds/tag/.json",
        "/feeds/tag/a.atom.json",
        "/api/v1/queries/..%2Fviews.toml",
        "/api/v1/stories/%2e%2e",
        "//evil.example/",
        "/problems/<script>",
    ],
)
def test_strange_paths_lead_nowhere(client: httpx.Client, path: str) -> None:
    answer = client.get(httpx.URL(f"{client.base_url}".rstrip("/") + path))
    assert answer.status_code in {404, 422}
    assert answer.headers["Content-Type"] == "application/problem+json"
