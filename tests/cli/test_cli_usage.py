"""The manual against the program: every command and option, and the keys of the JSON."""

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import click
import pytest
from click.testing import Result

from aggregator.cli import main

MANUAL = (Path(__file__).parents[2] / "docs" / "usage.md").read_text(encoding="utf-8")


def commands(group: click.Group, above: str = "") -> Iterator[tuple[str, click.Command]]:
    """Every command with its full name, those within a group too."""
    for name, command in group.commands.items():
        yield f"{above}{name}", command
        if isinstance(command, click.Group):
            yield from commands(command, f"{above}{name} ")


COMMANDS = dict(commands(main))


def section(command: str) -> str:
    pattern = rf"^## aggregator {command}\n(.*?)(?=^## |\Z)"
    found = re.search(pattern, MANUAL, re.MULTILINE | re.DOTALL)
    assert found is not None, f"docs/usage.md has no section on {command}"
    return found[1]


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_every_command_is_in_the_manual_with_an_example_and_its_options(name: str) -> None:
    text = section(name)
    assert f"$ aggregator {name}" in text
    for parameter in COMMANDS[name].params:
        if isinstance(parameter, click.Option):
            for option in parameter.opts:
                assert f"`{option}" in text, f"{name} {option}"


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_every_command_helps_with_an_example(name: str) -> None:
    command = COMMANDS[name]
    assert command.help
    assert command.epilog is not None
    assert f"  aggregator {name}" in command.epilog
    for parameter in command.params:
        if isinstance(parameter, click.Option):
            assert parameter.help, f"{name} {parameter.opts}"


def test_the_manual_begins_with_all_commands() -> None:
    overview = MANUAL.partition("## What all commands")[0]
    assert {name.partition(" ")[0] for name in COMMANDS} == set(
        re.findall(r"\[`([^`]+)`", overview)
    )


def test_the_manual_invents_no_option() -> None:
    known = {
        option
        for command in (main, *COMMANDS.values())
        for parameter in command.get_params(click.Context(command))
        for option in parameter.opts
    }
    assert set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", MANUAL)) - {"--once"} <= known


def test_every_link_in_the_manual_leads_somewhere() -> None:
    headings = {
        re.sub(r"[^a-z0-9 -]", "", each.lower()).replace(" ", "-")
        for each in re.findall(r"^#+ (.*)$", MANUAL, re.MULTILINE)
    }
    assert set(re.findall(r"\(#([^)]+)\)", MANUAL)) <= headings
    files = set(re.findall(r"\(([^)#]+\.md)\)", MANUAL))
    assert all((Path(__file__).parents[2] / "docs" / each).exists() for each in files)


def keys_in(value: object) -> Iterator[str]:
    """Every key of every object within a JSON value."""
    if isinstance(value, dict):
        yield from value
        value = list(value.values())
    for inner in value if isinstance(value, list) else ():
        yield from keys_in(inner)


@pytest.mark.usefixtures("news")
@pytest.mark.parametrize(
    "words",
    [
        *("stories", "story 1", "article 1", "search bridge", "why 1", "why 1 2"),
        *(
            "feeds",
            "check",
            "poll",
            "together 1 4",
            "split 1 3",
            "rename 1 New",
            "evaluate decisions",
            "query",
            "schema stories",
        ),
    ],
)
def test_every_key_of_the_json_is_in_the_manual(call: Callable[..., Result], words: str) -> None:
    Path("feeds.yaml").write_text("feeds: [{url: 'http://127.0.0.1:9/', outlet: Nowhere}]\n")
    found = set(keys_in(json.loads(call(*words.split(), "--json").stdout)))
    assert found
    assert {key for key in found if f"`{key}`" not in MANUAL} == set()
