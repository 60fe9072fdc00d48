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
from aggregator.cli.stories import provenance
from aggregator.cli.text import counted, line, local, say, say_json, shortened
from aggregator.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from aggregator.core.copies import Check
    from aggregator.core.passages import Passage, SharedPassage
    from aggregator.pipeline.why import Candidates, CopiesWhy, Match, Named, Pair, StoryWhy, Why
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
    _show_copies(found.copies, found.decisions)
    _show_story(found.story)
    _show_decisions(found.decisions)
    other = found.copies.match.other.id if found.copies.match else _decided_on(found)
    if other is not None:
        both = f"{found.article.id} {other}"
        say(f"\nAll that was asked of two: {program()} why {both}{elsewhere(db)}")


def _show_named(article: "Named") -> None:
    say(click.style(line(article.title), bold=True))
    say(
        f"article {article.id}  {line(article.outlet)}, {local(article.published_at)}, "
        f"{counted(article.words, 'word')}"
    )


def _decided_on(found: "Why") -> int | None:
    """An article that a decision holds this one together with, or apart from, if any."""
    own = found.article.id
    for each in found.decisions:
        across = each.others if each.others and own in each.articles else each.articles
        others = [other for other in across if other != own]
        if others:
            return others[0]
    return None


def _show_copies(found: "CopiesWhy", decided: "Sequence[Listed]") -> None:
    if found.copy_group_id is None:
        say("\nIt waits to be clustered by the next run.")
        return
    say(f"\nCopy group {found.copy_group_id}: {counted(found.article_count, 'article')}")
    if found.article_count == 1:
        parted = any(each.kind == "apart" for each in decided)
        but = "But for those that editors hold it apart from, no" if parted else "No"
        say(f"  {but} other article was found to carry its text.")
    elif found.match is None and any(_joins_copies(each) for each in decided):
        say("  No rule links it to another: only what editors decided holds it there.")
    if found.match is not None:
        _show_match(found.match)
    if found.member is not None:
        say(f"  {provenance(found.member)}")
    _show_passages("It added", found.added)
    _show_passages("It cut", found.cut)


def _joins_copies(decision: "Listed") -> bool:
    return decision.kind == "together" and decision.level == "copies"


def _show_match(match: "Match") -> None:
    other = match.other
    say(f"  Its best match is article {other.id} ({line(other.outlet)}: {line(other.title)}):")
    say(f"  {_verdict(match)}")
    _show_shared(match.shared)


def _verdict(match: "Match", own: str = "it") -> str:
    """By which rule two articles are linked, and where what is kept differs from today's rules."""
    rule, kept = match.comparison.rule, match.kept_rule
    said = "no rule links them" if rule is None else _because(match, rule, own)
    if rule == kept:
        return said
    was = "they were not linked" if kept is None else f'they were linked by the rule "{kept}"'
    return f"{said} (when they were clustered, {was})"


def _because(match: "Match", rule: str, own: str) -> str:
    from aggregator.core.reasons import because

    other = f"article {match.other.id}"
    shorter, longer = (own, other) if match.is_shorter else (other, own)
    return because(rule, match.comparison, shorter, longer)


def _show_shared(shared: "Iterable[SharedPassage]") -> None:
    for each in list(shared)[:_SHOWN]:
        places = f"from word {each.start + 1} here, {each.other_start + 1} there"
        say(f"    both have {counted(each.words, 'word')}, {places}:")
        say(f"      {_quoted(each.text)}")


def _show_passages(label: str, found: "Iterable[Passage]") -> None:
    for each in list(found)[:_SHOWN]:
        say(f"    {label} {counted(each.words, 'word')}, from word {each.start + 1}:")
        say(f"      {_quoted(each.text)}")


def _quoted(text: str) -> str:
    return f'"{shortened(line(text), _QUOTED)}"'


def _show_story(found: "StoryWhy | None") -> None:
    if found is None:
        return
    row = found.story
    say(
        f"\nStory {row.id}: {line(row.title)} ({counted(row.article_count, 'article')}, "
        f"{counted(row.copy_group_count, 'independent text')})"
    )
    if found.rule == "decision":
        say("  Only what editors decided holds it there.")
    elif row.copy_group_count == 1:
        say("  There is no other text in it.")
    elif found.partner is None:
        say("  An older program put it there, and kept no more of why.")
    else:
        other, terms = found.partner, ", ".join(map(line, found.shared_terms))
        say(f"  Of its texts article {other.id} ({line(other.outlet)}: {line(other.title)})")
        say(f"  is most like it, {found.likeness:.2f}: {terms}")


def _show_decisions(found: "Iterable[Listed]") -> None:
    for each in found:
        say(f"\nDecision {each.id} by {line(each.author)}, {local(each.at)}: {shown(each)}.")


# --- two articles ----------------------------------------------------------------------------


def _show_pair(found: "Pair") -> None:
    _show_named(found.article)
    _show_named(found.other)
    groups = (found.article.copy_group_id, found.other.copy_group_id)
    say(f"\nAs copies: {_together(groups, 'copy group')}.")
    say(f"  {_compared(found.candidates)}")
    _show_checks(found.match)
    _show_shared(found.match.shared)
    for own, instead in zip((found.article, found.other), found.instead, strict=True):
        if instead is not None:
            say(f"  Article {own.id} is with article {instead.other.id}:")
            say(f"    {_verdict(instead, f'article {own.id}')}")
    say(f"\nAs one event: {_together((found.article.story_id, found.other.story_id), 'story')}.")
    _show_stories(found)
    _show_decisions(found.decisions)


def _show_stories(found: "Pair") -> None:
    from aggregator.core.reasons import asked

    if found.stories is None:
        return
    for check in found.stories.checks:
        say(f"  - {asked(check)}")
    if found.stories.was_missed:
        say("  It was not found when they were placed: each text is linked to its likest only.")
    if found.stories.shared_terms:
        say(f"  Both have: {', '.join(map(line, found.stories.shared_terms))}")


def _together(ids: tuple[int | None, int | None], what: str) -> str:
    left, right = ids
    if left is None or right is None:
        return "not decided yet, since one of them waits to be clustered"
    many = "stories" if what == "story" else f"{what}s"
    return (
        f"together, in {what} {left}" if left == right else f"apart, in {many} {left} and {right}"
    )


def _compared(found: "Candidates") -> str:
    """Whether two articles are compared at all, and by what they are found."""
    if not found.one_profile:
        return "They are not compared: their fingerprints were made by different programs."
    keys = ", ".join(f"{count} of {kind}" for kind, count in found.shared_keys.items())
    near = f"{found.hours_apart:.1f} hours apart (at most {found.window_hours:g} wanted)"
    shared = f"they share keys ({keys})" if keys else "they share no key"
    verdict = "They are compared" if found.found else "They are not compared"
    return f"{verdict}: {shared}, and they are {near}."


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


def _match_object(match: "Match") -> dict[str, object]:
    comparison = match.comparison
    return {
        "other": match.other,
        "kept_rule": match.kept_rule,
        "rule": comparison.rule,
        "why": None if comparison.rule is None else _because(match, comparison.rule, "it"),
        "jaccard": comparison.jaccard,
        "containment": comparison.containment,
        "checks": _check_objects(comparison.checks),
        "shared": match.shared,
    }
