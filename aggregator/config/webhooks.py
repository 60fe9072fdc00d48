"""The webhooks in feeds.yaml, and their secrets from the environment or from files."""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import yaml

from aggregator.config.nodes import Problems, described, line_of
from aggregator.config.reading import Reader, is_null
from aggregator.errors import ConfigError
from aggregator.model import Webhook

__all__ = ["read_webhooks", "secrets_of", "unsafe"]

_FILTERS: Final = frozenset({"language", "outlet", "tag"})
_MOST_BYTES: Final = 10_000


def read_webhooks(node: yaml.Node | None, problems: Problems) -> tuple[Webhook, ...]:
    """The webhooks under `webhooks:`, each with a name of its own."""
    if node is None or is_null(node):
        return ()
    if not isinstance(node, yaml.SequenceNode):
        problems.add(node, f"webhooks: a list is expected, not {described(node)}")
        return ()
    found: list[Webhook] = []
    lines: dict[str, int] = {}
    for item in node.value:
        if is_null(item):
            problems.add(item, "webhooks: an entry is empty")
            continue
        reader = Reader(problems)
        webhook = reader.fill(Webhook(name="", url=""), item, "webhooks.")
        found.append(webhook)
        _check(reader, item)
        if webhook.name and webhook.name in lines:
            first = lines[webhook.name]
            problems.add(item, f"the webhook '{webhook.name}' stands twice; first on line {first}")
        lines.setdefault(webhook.name, line_of(item))
    return tuple(found)


def _check(reader: Reader, node: yaml.Node) -> None:
    """Note what no single value shows."""
    labels = {label for label, value in reader.nodes.items() if not is_null(value)}
    given = {label.removeprefix("webhooks.") for label in labels}
    if ("outlets" in given) == ("search" in given):
        reader.problems.add(node, "a webhook needs one of 'outlets' and 'search'")
    if ("secret_env" in given) == ("secret_file" in given):
        reader.problems.add(node, "a webhook needs one of 'secret_env' and 'secret_file'")
    if "search" in given and given & _FILTERS:
        name = min(given & _FILTERS)
        reader.problems.add(node, f"'{name}' is no part of it: give the saved search the filter")


def unsafe(webhooks: Sequence[Webhook]) -> tuple[str, ...]:
    """A warning for each webhook outside of the house to which all is sent for anyone to read."""
    return tuple(
        f"the webhook '{each.name}' is not https: whoever is on the way reads what it is sent"
        for each in webhooks
        if urlsplit(each.url).scheme.lower() == "http" and not each.internal
    )


def secrets_of(
    webhook: Webhook, folder: Path, environ: Mapping[str, str] | None = None
) -> tuple[bytes, ...]:
    """The secrets by which a webhook is signed, looked up anew so that they may be changed.

    A relative file begins in `folder`, where feeds.yaml is; `environ` is the process's environment
    unless given. Raises ConfigError, which never quotes what it found.
    """
    from aggregator.core.webhooks import secrets_in

    try:
        return secrets_in(_written(webhook, folder, os.environ if environ is None else environ))
    except ValueError as error:
        message = f"the webhook '{webhook.name}' cannot be signed: {_place(webhook)}: {error}"
        raise ConfigError(message) from error


def _written(webhook: Webhook, folder: Path, environ: Mapping[str, str]) -> str:
    if webhook.secret_file is None:
        value = environ.get(webhook.secret_env or "")
        if value is None:
            message = "there is no such variable"
            raise ValueError(message)
        return value
    try:
        with (folder / Path(webhook.secret_file).expanduser()).open("rb") as file:
            return file.read(_MOST_BYTES).decode("ascii", "replace")
    except OSError as error:
        message = f"the file cannot be read: {error.strerror}"
        raise ValueError(message) from error


def _place(webhook: Webhook) -> str:
    if webhook.secret_file is None:
        return f"the variable {webhook.secret_env}"
    return str(webhook.secret_file)
