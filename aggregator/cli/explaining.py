"""The command `why`: what brought an article where it is, or keeps two apart, in plain words."""

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from aggregator.cli.decisions import shown
from aggregator.cli.options import (
    as_json,
    database_option,
    elsewhere,
    examples,
    feeds_option,
    optional_settings,
    program,
    reading,
)
from aggregator.cli.text import counted, line, local, say, say_json, shortened
from aggregator.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from aggregator.core.copies import Check
    from aggregator.core.passages import Passage, SharedPassage
    from aggregator.pipeline.why import Match, Named, Pair, StoryWhy, Why
    from aggregator.storage.decisions import Listed

__all__ = ["why"]

_SHOWN: Final = 3
_QUOTED: Final = 160
_NUMBER: Final = click.IntRange(1, 2**63 - 1)


@click.command(epilog=examples("aggregator why 108", "aggregator why 108 121"))
@click.argument("article_id", metavar="ARTICLE", type=_NUMBER)
@click.argument("other_id", metavar="[OTHER]", type=_NUMBER, required=False)
@feeds_option
@database_option
@as_json
def why(*, article_id: int, other_id: int | None, feeds: Path, db: Path, as_json: bool) -> None:
    """Tell why an article is in its copy group and story.

    With OTHER, a second article, it tells why the two are together, or why not. ARTICLE and OTHER
    are numbers from "aggregator story" or "aggregator search". All scores are computed anew, by
    what decides them in a run, from the texts and settings of today.
    """
    from aggregator.pipeline import why as told

    if article_id == other_id:
        message = "name two articles to hear why they are together or apart"
        raise UsageError(message)
    settings = optional_settings(feeds).clustering
    with reading(db) as database:
        if other_id is None:
            found = told.article(database, article_id, settings)
            say_json(_why_object(found)) if as_json else _show_why(found, db)
        else:
            both = told.pair(database, article_id, other_id, settings)
            say_json(_pair_object(both)) if as_json else _show_pair(both)


# --- one article -----------------------------------------------------------------------------


def _show_why(found: "Why", db: Path) -> None:
    _show_named(found.article)
    _show_copies(found)
    _show_story(found.story)
    _show_decisions(found.decisions)
    if found.counterpart is not None:
        both = f"{found.article.id} {found.counterpart}"
        say(f"\nAll that was asked of two: {program()} why {both}{elsewhere(db)}")


def _show_named(article: "Named") -> None:
    say(click.style(line(article.title), bold=True))
    say(
        f"article {article.id}  {line(article.outlet)}, {local(article.published_at)}, "
        f"{counted(article.words, 'word')}"
    )


def _show_copies(found: "Why") -> None:
    from aggregator.core.reasons import figures, told

    copies, fact = found.copies, found.copies_fact
    said = "" if fact is None else told(fact)
    if copies.copy_group_id is None:
        say(f"\n{said}")
        return
    say(f"\nCopy group {copies.copy_group_id}: {counted(copies.article_count, 'article')}")
    if said:
        say(f"  {said}")
    if copies.match is not None:
        _show_match(copies.match)
    if copies.member is not None:
        say(f"  {figures(copies.member)}")
    _show_passages("It added", copies.added)
    _show_passages("It cut", copies.cut)


def _show_match(match: "Match") -> None:
    other = match.other
    say(f"  Its best match is article {other.id} ({line(other.outlet)}: {line(other.title)}):")
    say(f"  {_verdict(match)}")
    _show_shared(match.shared)


def _verdict(match: "Match", own: str = "it") -> str:
    from aggregator.core.reasons import verdict

    return verdict(match.comparison, match.kept_rule, *_called(match, own))


def _called(match: "Match", own: str) -> tuple[str, str]:
    """What the shorter and the longer of two articles are called."""
    other = f"article {match.other.id}"
    return (own, other) if match.is_shorter else (other, own)


def _show_shared(shared: "Iterable[SharedPassage]") -> None:
    from aggregator.core.reasons import shares

    for each in list(shared)[:_SHOWN]:
        say(f"    {shares(each.words, each.start, each.other_start)}:")
        say(f"      {_quoted(each.text)}")


def _show_passages(label: str, found: "Iterable[Passage]") -> None:
    from aggregator.core.reasons import quoted_from

    for each in list(found)[:_SHOWN]:
        say(f"    {label} {quoted_from(each.words, each.start)}:")
        say(f"      {_quoted(each.text)}")


def _quoted(text: str) -> str:
    return f'"{shortened(line(text), _QUOTED)}"'


def _show_story(found: "StoryWhy | None") -> None:
    from aggregator.core.reasons import told

    if found is None:
        return
    row = found.story
    say(
        f"\nStory {row.id}: {line(row.title)} ({counted(row.article_count, 'article')}, "
        f"{counted(row.copy_group_count, 'independent text')})"
    )
    if found.fact is not None:
        say(f"  {told(found.fact)}")
    elif found.partner is not None:
        other, terms = found.partner, ", ".join(map(line, found.shared_terms))
        say(f"  Of its texts article {other.id} ({line(other.outlet)}: {line(other.title)})")
        say(f"  is most like it, {found.likeness:.2f}: {terms}")


def _show_decisions(found: "Iterable[Listed]") -> None:
    for each in found:
        say(f"\nDecision {each.id} by {line(each.author)}, {local(each.at)}: {shown(each)}.")


# --- two articles ----------------------------------------------------------------------------


def _show_pair(found: "Pair") -> None:
    from aggregator.core.reasons import compared, together

    _show_named(found.article)
    _show_named(found.other)
    groups = (found.article.copy_group_id, found.other.copy_group_id)
    say(f"\nAs copies: {together(groups, 'copy group')}.")
    say(f"  {compared(found.candidates)}")
    _show_checks(found.match)
    _show_shared(found.match.shared)
    for own, instead in zip((found.article, found.other), found.instead, strict=True):
        if instead is not None:
            say(f"  Article {own.id} is with article {instead.other.id}:")
            say(f"    {_verdict(instead, f'article {own.id}')}")
    say(f"\nAs one event: {together((found.article.story_id, found.other.story_id), 'story')}.")
    _show_stories(found)
    _show_decisions(found.decisions)


def _show_stories(found: "Pair") -> None:
    from aggregator.core.reasons import asked, told

    if found.stories is None:
        return
    for check in found.stories.checks:
        say(f"  - {asked(check)}")
    if found.stories.was_missed:
        say(f"  {told('missed')}")
    if found.stories.shared_terms:
        say(f"  Both have: {', '.join(map(line, found.stories.shared_terms))}")


def _show_checks(match: "Match") -> None:
    from aggregator.core.reasons import asked

    for check in match.comparison.checks:
        say(f"  - {asked(check)}")
    say(f"  {_verdict(match, 'the first').capitalize()}.")


# --- as JSON ---------------------------------------------------------------------------------


def _why_object(found: "Why") -> dict[str, object]:
    """The documented keys."""
    copies = found.copies
    fields = {name: getattr(copies, name) for name in ("member", "added", "cut")}
    return {
        "article": found.article,
        "copies": {
            "copy_group_id": copies.copy_group_id,
            "article_count": copies.article_count,
            "match": copies.match and _match_object(copies.match),
            **fields,
        },
        "story": found.story,
        "decisions": found.decisions,
    }


def _pair_object(found: "Pair") -> dict[str, object]:
    return {
        "article": found.article,
        "other": found.other,
        "copies": {
            "together": found.are_copies,
            "candidates": found.candidates,
            "match": _match_object(found.match),
            "instead": [each and _match_object(each) for each in found.instead],
        },
        "story": {"together": found.are_one_story, **_story_object(found)},
        "decisions": found.decisions,
    }


def _story_object(found: "Pair") -> dict[str, object]:
    if found.stories is None:
        return {"checks": [], "shared_terms": [], "kept_likeness": None}
    return {
        "checks": _check_objects(found.stories.checks),
        "shared_terms": found.stories.shared_terms,
        "kept_likeness": found.stories.kept_likeness,
    }


def _check_objects(checks: "Iterable[Check]") -> list[dict[str, object]]:
    return [{**asdict(each), "holds": each.holds} for each in checks]


def _because(match: "Match") -> str | None:
    from aggregator.core.reasons import because

    rule = match.comparison.rule
    return None if rule is None else because(rule, match.comparison, *_called(match, "it"))


def _match_object(match: "Match") -> dict[str, object]:
    comparison = match.comparison
    return {
        "other": match.other,
        "kept_rule": match.kept_rule,
        "rule": comparison.rule,
        "why": _because(match),
        "jaccard": comparison.jaccard,
        "containment": comparison.containment,
        "checks": _check_objects(comparison.checks),
        "shared": match.shared,
    }
