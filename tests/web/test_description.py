"""The API's description: valid, as served, in the page, and true of what is answered."""

import dataclasses
import runpy
from typing import Any

import httpx
import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator
from pydantic import BaseModel

from aggregator.model import Removed
from aggregator.storage import changes, copies, decisions, readers, versions
from aggregator.storage.rows import FeedRow
from aggregator.web.api import changes as changes_api
from aggregator.web.api import feeds as feeds_api
from aggregator.web.api import models
from aggregator.web.app import description
from tests.support.runs import ROOT

API = description()
OPERATIONS = [(path, found["get"]) for path, found in API["paths"].items()]


def test_it_is_valid() -> None:
    OpenAPIV31SpecValidator(API).validate()


def test_it_is_what_the_server_gives(client: httpx.Client) -> None:
    assert client.get("/api/v1/openapi.json").json() == API


def test_the_page_has_it() -> None:
    page = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")
    renewed = runpy.run_path(str(ROOT / "docs" / "api.py"))["renewed"](page)
    assert page == renewed, "docs/api.md is not current: run make api"


def test_everything_is_described() -> None:
    for path, found in OPERATIONS:
        assert found["summary"], path
        assert found["description"], path
        for parameter in found.get("parameters", ()):
            assert parameter.get("description"), (path, parameter["name"])
    for name, shape in API["components"]["schemas"].items():
        for field, schema in shape["properties"].items():
            assert schema.get("description"), (name, field)


def test_operations_have_names_of_their_own() -> None:
    names = [found["operationId"] for _, found in OPERATIONS]
    assert len(set(names)) == len(names)


def test_it_only_reads() -> None:
    assert all(set(path) == {"get"} for path in API["paths"].values())


# What is left out is told by no change, so that a tag would be wrong of it.
# `gone_at` is read beside the article.
MIRRORS: list[tuple[type[BaseModel], list[Any], set[str]]] = [
    (models.StorySummary, [readers.StoryRow], set()),
    (models.Story, [readers.StoryRow, readers.StoryDetail], {"story"}),
    (models.CopyGroup, [readers.CopyGroupDetail], set()),
    (models.CopyMember, [copies.CopyMember], set()),
    (models.Decision, [decisions.Listed], set()),
    (models.ArticleSummary, [readers.ArticleRow], set()),
    (
        models.Article,
        [readers.ArticleRow, readers.ArticleDetail],
        {"article", "feed_url", "page_fetched_at"},
    ),
    (models.Version, [versions.Version], set()),
    (models.Removed, [Removed], set()),
    (feeds_api.Feed, [FeedRow], set()),
    (changes_api.Change, [changes.Change], set()),
]


@pytest.mark.parametrize(("shape", "values", "left_out"), MIRRORS)
def test_shapes_have_what_the_values_have(
    shape: type[BaseModel], values: list[Any], left_out: set[str]
) -> None:
    fields = {field.name for value in values for field in dataclasses.fields(value)}
    assert set(shape.model_fields) - {"gone_at"} == fields - left_out
