"""The command that shows an article whole."""

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from aggregator.cli.options import (
    as_json,
    database_option,
    elsewhere,
    examples,
    program,
    reading,
)
from aggregator.cli.stories import show_article_row
from aggregator.cli.text import counted, line, local, paragraphs, say, say_json, screen_width
from aggregator.errors import NotFound
from aggregator.storage import readers
from aggregator.storage.versions import of_article, taken_back

if TYPE_CHECKING:
    from aggregator.model import Removed
    from aggregator.storage.readers import ArticleDetail

__all__ = ["article", "show_text"]


@click.command(epilog=examples("aggregator article 108", "aggregator article 108 --diff"))
@click.argument("article_id", metavar="ID", type=click.IntRange(1, 2**63 - 1))
@click.option("--versions", is_flag=True, help="List what it said before its outlet changed it.")
@click.option("--diff", is_flag=True, help="Show what each version changed, word by word.")
@database_option
@as_json
def article(*, article_id: int, versions: bool, diff: bool, db: Path, as_json: bool) -> None:
    """Show one article, and what was stripped from it and why.

    ID is a number from "aggregator story" or "aggregator search".
    """
    with reading(db) as database:
        found = readers.article(database, article_id)
        said, gone_at = of_article(database, article_id), taken_back(database, article_id)
    if found is None:
        message = f"there is no article {article_id} in {db}; '{program()} search' finds them"
        raise NotFound(message)
    if versions or diff:
        from aggregator.cli.versions import show_differences, show_versions

        (show_differences if diff else show_versions)(said, as_json=as_json)
    elif as_json:
        fields = asdict(found)
        say_json({**fields.pop("article"), **fields})
    else:
        _show_article(found)
        if gone_at is not None:
            say(f"Its outlet has taken the page back, as seen {local(gone_at)}.")
        if len(said) > 1:
            say(f"Its outlet changed it: {program()} article {article_id} --diff{elsewhere(db)}")
        if found.article.story_id is not None:
            say(f"\nIts story: {program()} story {found.article.story_id}{elsewhere(db)}")


def _show_article(found: "ArticleDetail") -> None:
    row = found.article
    say(click.style(line(row.title), bold=True))
    say(_credits(found))
    say(line(row.url))
    show_text(found.lead, found.text, found.removed, found.spared)
    say(f"\n{_origin(found)}")
    if found.copies:
        say("\nCopies of this text:")
    for copy in found.copies:
        show_article_row(copy)


def _origin(found: "ArticleDetail") -> str:
    """What the text was made from, and whether that is still there to extract it anew."""
    if found.text_from == "feed":
        return "Its text came with the feed; no page was fetched."
    if found.page_fetched_at is None:
        return "Its page is no longer kept."
    return f"Its page is kept, as fetched {local(found.page_fetched_at)}."


def show_text(lead: str, text: str, removed: Sequence["Removed"], spared: str | None) -> None:
    """What an article says, what was stripped from its page and why, and what might have been."""
    width = screen_width()
    if lead:
        say("\n" + paragraphs(lead, width))
    say("\n" + paragraphs(text, width))
    if spared:
        say(f"\nKept, since it is so much, though it looks like boilerplate: {line(spared)}")
    if removed:
        say(f"\nStripped ({counted(len(removed), 'block')}):")
    for block in removed:
        where = "lead" if block.position < 0 else f"block {block.position + 1}"
        shown = f"- {line(block.reason)} ({where}): {line(block.text)}"
        say(paragraphs(shown, width, indent="  "))


def _credits(found: "ArticleDetail") -> str:
    """Who wrote it where and when, as one line."""
    row = found.article
    authors = ", ".join(line(author) for author in found.authors)
    parts = [
        line(row.outlet),
        f"by {authors}" if authors else "",
        f"credits {line(row.agency)}" if row.agency else "",
        f"published {local(row.published_at)}",
        f"updated {local(found.updated_at)}" if found.updated_at else "",
        counted(row.word_count, "word"),
        "behind a paywall" if found.paywalled else "",
    ]
    return " | ".join(part for part in parts if part)
