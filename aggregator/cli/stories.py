"""The commands that show stories: stories, story."""

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from aggregator.cli.decisions import shown
from aggregator.cli.options import (
    as_json,
    database_option,
    elsewhere,
    examples,
    filter_options,
    limit_option,
    present,
    program,
    reading,
)
from aggregator.cli.text import (
    counted,
    line,
    local,
    say,
    say_json,
    screen_width,
    table,
)
from aggregator.errors import NotFound
from aggregator.storage import readers
from aggregator.storage.readers import Filter

if TYPE_CHECKING:
    from aggregator.storage.readers import ArticleRow, CopyGroupDetail, StoryDetail, StoryRow

__all__ = ["show_article_row", "stories", "story", "story_table"]


@click.command(
    epilog=examples(
        "aggregator stories --since 24h",
        "aggregator stories --language de --tag politics --limit 50",
        "aggregator stories --outlet Tagesschau --json",
    )
)
@filter_options
@click.option("--hidden", is_flag=True, help="Those that an editor hid, too.")
@limit_option(20)
@database_option
@as_json
def stories(
    *,
    chosen: Filter,
    hidden: bool,
    limit: int,
    db: Path,
    as_json: bool,
) -> None:
    """List stories, the newest and biggest first.

    A story counts by how many outlets report it, and that halves every 12 hours after its newest
    article: one with 8 outlets and 12 hours old stands beside one with 4 outlets from now.
    TEXTS is the number of independent texts: 9 articles with 1 text are one agency's report,
    printed nine times. Stories that an editor pinned come before all others.
    """
    with reading(db) as database:
        found = readers.stories(database, chosen, limit=limit, now=present(), hidden=hidden)
        others = found or readers.stories(database, Filter(), limit=1, now=present(), hidden=True)
    if as_json:
        say_json(found)
    elif found:
        say(story_table(found))
        say(f"\nMore on one: {program()} story {found[0].id}{elsewhere(db)}")
    elif not others:
        say(f"No stories yet. How the feeds are: {program()} feeds{elsewhere(db)}")
    else:
        say("No stories. Try a longer --since, or fewer conditions.")


def story_table(found: Sequence["StoryRow"]) -> str:
    """Stories as lines."""
    rows = [
        (
            str(each.id),
            local(each.last_published_at),
            str(each.outlet_count),
            str(each.article_count),
            str(each.copy_group_count),
            f"{_marks(each)}{each.title}",
        )
        for each in found
    ]
    headers = ("ID", "NEWEST", "OUTLETS", "ARTICLES", "TEXTS", "TITLE")
    return table(headers, rows, screen_width(), right="ID OUTLETS ARTICLES TEXTS")


def _marks(story: "StoryRow") -> str:
    """What an editor made of a story, before its title."""
    marks = ("pinned", story.pinned), ("hidden", story.hidden)
    return "".join(f"[{name}] " for name, holds in marks if holds)


@click.command(epilog=examples("aggregator story 42"))
@click.argument("story_id", metavar="ID", type=click.IntRange(1, 2**63 - 1))
@database_option
@as_json
def story(*, story_id: int, db: Path, as_json: bool) -> None:
    """Show one story: its articles by copy group.

    Each with time and link, and what it took over from the copies before it, added and cut. A copy
    group holds the articles that carry one text. ID is a number from "aggregator stories"; the
    number of a story that was merged into another still leads there.
    """
    with reading(db) as database:
        found = readers.story(database, story_id)
    if found is None:
        message = f"there is no story {story_id} in {db}; '{program()} stories' lists them"
        raise NotFound(message)
    if as_json:
        say_json(
            {
                **asdict(found.story),
                "copy_groups": found.copy_groups,
                "decisions": found.decisions,
            }
        )
    else:
        _show_story(found, story_id)
        for first in [each.id for group in found.copy_groups for each in group.articles][:1]:
            say(f"\nThe text of one: {program()} article {first}{elsewhere(db)}")


def _show_story(found: "StoryDetail", asked: int) -> None:
    row = found.story
    say(click.style(f"{_marks(row)}{line(row.title)}", bold=True))
    if row.title != row.computed_title:
        say(f"(computed title: {line(row.computed_title)})")
    if row.id != asked:
        say(f"(story {asked} was merged into story {row.id})")
    say(
        f"story {row.id}: {counted(row.article_count, 'article')},"
        f" {counted(row.outlet_count, 'outlet')},"
        f" {counted(row.copy_group_count, 'independent text')};"
        f" {local(row.first_published_at)} to {local(row.last_published_at)}"
    )
    for group in found.copy_groups:
        _show_group(group)
    if found.decisions:
        say("\nDecided:")
    for each in found.decisions:
        say(f"  decision {each.id}, {line(each.author)} {local(each.at)}: {shown(each)}")


def _show_group(group: "CopyGroupDetail") -> None:
    from aggregator.core.reasons import figures

    by = f", credits {line(group.agency)}" if group.agency else ""
    say(f"\nCopy group {group.id}: {counted(group.article_count, 'article')}{by}")
    if group.likeness is not None:
        terms = ", ".join(line(term) for term in group.shared_terms)
        say(f"  in this story for likeness {group.likeness:.2f}{': ' if terms else ''}{terms}")
    members = {each.article_id: each for each in group.members}
    for each in group.articles:
        show_article_row(each)
        if each.id in members:
            say(f"    {figures(members[each.id])}")


def show_article_row(row: "ArticleRow") -> None:
    """Two lines on one article."""
    say(f"  {local(row.published_at or row.fetched_at)}  {line(row.outlet)}: {line(row.title)}")
    say(f"    article {row.id}  {line(row.url)}")
