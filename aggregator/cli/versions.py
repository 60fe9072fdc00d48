"""How the versions of an article are shown: as a list, or by the words that changed."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import click

from aggregator.cli.text import counted, line, local, paragraphs, say, say_json, screen_width, table
from aggregator.core.wordings import Piece, differences, words_changed
from aggregator.storage.versions import Version

__all__ = ["show_differences", "show_versions"]

_MARKS: Final = {"-": "[-{}-]", "+": "{{+{}+}}"}


@dataclass(frozen=True, slots=True)
class _Step:
    """What a version changed of the one before."""

    version: Version
    title: tuple[Piece, ...]
    lead: tuple[Piece, ...]
    text: tuple[Piece, ...]


def show_versions(versions: Sequence[Version], *, as_json: bool) -> None:
    """List the versions of an article, with how many words each changed."""
    counts = [(0, 0), *(_words(step) for step in _steps(versions))]
    if as_json:
        say_json([_fields(each) for each in versions])
        return
    rows = [
        (
            str(each.version),
            local(each.seen_at),
            local(each.updated_at),
            each.cause,
            f"-{gone} +{come}" if each.version > 1 else "",
            each.title,
        )
        for each, (gone, come) in zip(versions, counts, strict=True)
    ]
    headers = ("version", "seen", "updated", "cause", "words", "headline")
    say(table(headers, rows, screen_width(), right="version"))


def _fields(version: Version) -> dict[str, object]:
    return {
        "article_id": version.article_id,
        "version": version.version,
        "seen_at": version.seen_at,
        "updated_at": version.updated_at,
        "cause": version.cause,
        "title": version.title,
        "lead": version.lead,
        "text": version.text,
    }


def show_differences(versions: Sequence[Version], *, as_json: bool) -> None:
    """Show what each version changed of the one before, word by word."""
    steps = list(_steps(versions))
    if as_json:
        say_json([_told(step) for step in steps])
        return
    if not steps:
        say("Its outlet changed nothing so far.")
    for step in steps:
        _show(step)


def _steps(versions: Sequence[Version]) -> Iterator[_Step]:
    for old, new in pairwise(versions):
        yield _Step(
            new,
            differences(old.title, new.title),
            differences(old.lead, new.lead),
            differences(old.text, new.text),
        )


def _words(step: _Step) -> tuple[int, int]:
    return words_changed((*step.title, *step.lead, *step.text))


def _told(step: _Step) -> dict[str, object]:
    gone, come = _words(step)
    parts = {"title": step.title, "lead": step.lead, "text": step.text}
    pieces = {name: [[each.sign, each.text] for each in part] for name, part in parts.items()}
    return {**_fields(step.version), "words_gone": gone, "words_come": come, **pieces}


def _show(step: _Step) -> None:
    version, (gone, come) = step.version, _words(step)
    what = f"{counted(gone, 'word')} gone, {counted(come, 'word')} come"
    head = f"Version {version.version}, seen {local(version.seen_at)} ({version.cause}): {what}"
    say(click.style(line(head), bold=True))
    for part in (step.title, step.lead, step.text):
        for shown in _changed_lines(part):
            say(paragraphs(shown, screen_width(), indent="  "))
    say()


def _changed_lines(pieces: Sequence[Piece]) -> Iterator[str]:
    """The lines that changed, with what goes in [-...-] and what comes in {+...+}."""
    marked, changed = "", False
    for piece in pieces:
        for part in piece.text.splitlines(keepends=True):
            words = part.rstrip("\r\n")
            marked += _marked(piece.sign, words)
            changed |= piece.sign != "="
            if part != words:
                if changed:
                    yield marked
                marked, changed = "", False
    if changed:
        yield marked


def _marked(sign: str, words: str) -> str:
    if sign == "=" or not words.strip():
        return words
    space = words[: len(words) - len(words.lstrip())]
    return space + _MARKS[sign].format(words.strip())
