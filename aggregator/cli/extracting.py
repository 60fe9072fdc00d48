"""The command `extract`: the pipeline's own extraction, for one page or for a whole archive."""

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from aggregator.cli.articles import show_text
from aggregator.cli.asking import logbook
from aggregator.cli.lines import (
    BadLine,
    Fields,
    Identity,
    Lines,
    WrongType,
    in_order,
    opened,
    parse,
)
from aggregator.cli.options import (
    as_json,
    database_option,
    examples,
    feeds_option,
    optional_config,
    present,
)
from aggregator.cli.text import json_line, line, local, say, say_bytes, say_json
from aggregator.core.urls import without_credentials
from aggregator.errors import NotFound, UsageError
from aggregator.model import Article, Entry, Failed, Fetched, Rejected
from aggregator.settings import Settings

if TYPE_CHECKING:
    from aggregator.config import Config
    from aggregator.executors.protocol import Executor

__all__ = ["extract"]

_AHEAD: Final = 4
_UTF_8: Final = "text/html; charset=utf-8"


@click.command(
    epilog=examples(
        "aggregator extract https://example.org/report.html",
        "aggregator extract page.html --url https://example.org/report.html --json",
        "aggregator extract --jsonl < pages.jsonl > articles.jsonl",
    )
)
@click.argument("source", metavar="[FILE|URL|-]", required=False)
@click.option("--url", metavar="U", help="The address a page from a file came from.")
@click.option("--jsonl", is_flag=True, help="Read and write JSON lines, for many pages.")
@feeds_option
@database_option
@as_json
def extract(
    *, source: str | None, url: str | None, jsonl: bool, feeds: Path, db: Path, as_json: bool
) -> None:
    """Take the article out of a web page, as the pipeline does.

    It is the same code. Reads a file, an address, or standard input (-). Shows title, lead and
    text, and what was stripped and why. Settings and rules are those of feeds.yaml where there is
    one. An address is asked as by a poll: robots.txt first, with pauses, not while its host wants
    quiet; the database, if there is one, knows of earlier requests and takes these into its log.

    With --jsonl it reads lines {"id", "url", "html"} and writes, in the same order, lines {"id",
    "title", "lead", "text", "authors", "agency", "published_at", "updated_at", "language", "image",
    "canonical_url", "paywalled", "spared", "removed": [{"text", "reason", "position"}]} or {"id",
    "rejected": {"stage", "reason", "detail"}}. A line that cannot be used is rejected at the stage
    "input"; blank lines are left out.
    """
    config = optional_config(feeds)
    if jsonl and url is not None:
        message = "--url goes with one page; with --jsonl each line has its own url"
        raise UsageError(message)
    if jsonl:
        _many(source or "-", _Tools(config))
    elif source is None:
        message = "name a file, an address, or - for standard input"
        raise UsageError(message)
    else:
        _single(source, url, _Tools(config), db, as_json=as_json)


class _Tools:
    """What pages are worked on with: the settings and rules of feeds.yaml where there is one."""

    def __init__(self, config: "Config | None") -> None:
        from aggregator.config import rules_of, sites_of

        self.settings = Settings() if config is None else config.settings
        self.rules = rules_of(config)
        self.site = sites_of(config)


# --- one page --------------------------------------------------------------------------------


def _single(source: str, url: str | None, tools: _Tools, db: Path, *, as_json: bool) -> None:
    import asyncio

    found = asyncio.run(_one(source, url, tools, db))
    if as_json:
        say_json(_as_object(source, found))
    if isinstance(found, Rejected):
        message = f"{line(source)}: no article: {found.stage}: {found.reason}: {found.detail}"
        raise NotFound(message.rstrip())
    if not as_json:
        _show(found)


async def _one(source: str, url: str | None, tools: _Tools, db: Path) -> Article | Rejected:
    if source.startswith(("http://", "https://")):
        from aggregator.config.offering import usable_address

        page = await _fetch(usable_address(source), tools.settings, db)
    else:
        with opened(source) as stream:
            page = _page(url or "", stream.read(), "")
    async with _pool(tools.settings) as pool:
        return await _extracted(pool, page, tools)


async def _fetch(url: str, settings: Settings, db: Path) -> Fetched:
    from aggregator.pipeline.asking import asking

    with logbook(db, doing="aggregator extract", make=False) as database:
        async with asking(database, settings.network, present) as hosts:
            result = await hosts.gate.page(url)
            hosts.note(result.hops)
    if isinstance(result, Fetched):
        return result
    detail = result.detail if isinstance(result, Failed) else "the server sent no page"
    message = f"{line(without_credentials(url))}: {detail}"
    if isinstance(result, Failed) and result.retry_after is not None:
        message += f"\nWhat to do: wait until {local(result.retry_after)}"
    raise NotFound(message)


def _show(found: Article) -> None:
    say(click.style(line(found.title), bold=True))
    parts = (
        ", ".join(map(line, found.authors)),
        f"credits {line(found.agency)}" if found.agency else "",
        f"published {local(found.published_at)}",
        f"updated {local(found.updated_at)}" if found.updated_at else "",
        f"language {line(found.language) or '-'}",
        f"{found.word_count:,} words",
        "behind a paywall" if found.paywalled else "",
    )
    say(" | ".join(part for part in parts if part))
    show_text(found.lead, found.text, found.removed, found.spared)


# --- JSON lines ------------------------------------------------------------------------------


def _many(source: str, tools: _Tools) -> None:
    import asyncio

    with opened(source) as stream:
        asyncio.run(_stream(Lines(stream), tools))


async def _stream(lines: Lines, tools: _Tools) -> None:
    async with _pool(tools.settings) as pool:

        async def work(numbered: tuple[int, bytes | None]) -> dict[str, object]:
            fields = parse(*numbered)
            page = fields if isinstance(fields, BadLine) else _page_of(fields)
            if isinstance(page, BadLine):
                return _as_object(page.id, Rejected("input", page.reason, page.detail))
            return _as_object(fields.id, await _extracted(pool, page, tools))

        try:
            await in_order(
                iter(lines),
                work,
                lambda result: say_bytes(json_line(result)),
                ahead=_AHEAD * tools.settings.workers.count,
            )
        finally:
            lines.stop()


def _page_of(fields: Fields) -> Fetched | BadLine:
    try:
        url, html = fields.text("url"), fields.text("html")
    except WrongType as error:
        return fields.bad("bad_field", str(error))
    if not html.strip():
        return fields.bad("no_html", "html is missing or empty")
    return _page(url, html.encode("utf-8", "replace"), _UTF_8)


# --- both ------------------------------------------------------------------------------------


def _pool(settings: Settings) -> "Executor":
    from aggregator.executors.process_pool import ProcessPool
    from aggregator.pipeline.work import PRELOAD

    return ProcessPool(settings.workers, preload=PRELOAD)


def _page(url: str, body: bytes, content_type: str) -> Fetched:
    return Fetched(url, 200, {"content-type": content_type}, body)


async def _extracted(pool: "Executor", page: Fetched, tools: _Tools) -> Article | Rejected:
    """The pipeline's own step, for an entry of which nothing but its page is known."""
    from aggregator.executors.protocol import WorkerFailed
    from aggregator.pipeline.work import TextJob, extract_text
    from aggregator.storage.articles import as_kept

    entry = Entry(key=page.url, link=page.url or None, title="", content_hash="")
    job = TextJob(
        entry, page.url, page, tools.site(page.url), tools.rules, tools.settings.extraction
    )
    found = await pool.run(extract_text, job)
    if isinstance(found, WorkerFailed):
        return Rejected("extract", f"worker_{found.reason}", found.detail)
    # As a poll would keep it: without times that nobody believes.
    return found if isinstance(found, Rejected) else as_kept(found.article, datetime.now(UTC))


def _as_object(identity: Identity, found: Article | Rejected) -> dict[str, object]:
    """The documented line of output."""
    if isinstance(found, Rejected):
        rejected = {"stage": found.stage, "reason": found.reason, "detail": found.detail}
        return {"id": identity, "rejected": rejected}
    return {
        "id": identity,
        "title": found.title,
        "lead": found.lead,
        "text": found.text,
        "authors": found.authors,
        "agency": found.agency,
        "published_at": found.published_at,
        "updated_at": found.updated_at,
        "language": found.language,
        "image": found.image,
        "canonical_url": found.canonical_url,
        "paywalled": found.paywalled,
        "spared": found.spared,
        "removed": [
            {"text": block.text, "reason": block.reason, "position": block.position}
            for block in found.removed
        ],
    }
