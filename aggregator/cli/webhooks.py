"""The command `webhooks`: what they wait for, how their receivers fare, and another try."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

import click

from aggregator.cli.options import (
    as_json,
    database_option,
    examples,
    feeds_option,
    limit_option,
    optional_config,
    present,
    program,
    reading,
)
from aggregator.cli.text import counted, line, local, say, say_json, screen_width, table
from aggregator.errors import NotFound

if TYPE_CHECKING:
    from aggregator.config import Config
    from aggregator.model import Answer, Webhook
    from aggregator.storage.database import Database
    from aggregator.storage.outbox import Delivery
    from aggregator.storage.webhooks import Standing

__all__ = ["webhooks"]

_HOOKS: Final = ("NAME", "STATE", "TOLD OF", "WAITING", "DEAD", "LAST SUCCESS", "RECEIVER")
_DELIVERIES: Final = ("NOTICED", "WEBHOOK", "TELLS OF", "STATE", "TRIES", "NEXT", "ANSWER")


@dataclass(frozen=True, slots=True)
class Looked:
    """A webhook as feeds.yaml has it and as it is kept; at least one of the two is there.

    `lacks` says what it cannot work without: the next event would note that only when it comes.
    """

    name: str
    source: "Webhook | None"
    kept: "Standing | None"
    lacks: str | None = None

    @property
    def state(self) -> str:
        """How it is, in a word."""
        if self.source is None:
            return "unlisted"
        if self.kept is None:
            return "new"
        if self.kept.state == "gone":
            return "gone"
        return "failing" if self.error else "ok"

    @property
    def error(self) -> str | None:
        """What is wrong with it, if anything."""
        return self.lacks or (self.kept.error if self.kept else None)

    @property
    def receiver(self) -> str | None:
        """The receiver's host: its address may be a secret."""
        return None if self.source is None else urlsplit(self.source.url).hostname


@click.command(
    epilog=examples(
        "aggregator webhooks",
        "aggregator webhooks --test newsroom",
        "aggregator webhooks --retry newsroom",
        "aggregator webhooks --new-secret",
    )
)
@click.option("--test", "tried", metavar="NAME", help="Send this webhook a message, and see.")
@click.option(
    "--retry",
    "again",
    metavar="NAME",
    help="Have all that waits for this webhook, or was given up, sent by the next run.",
)
@click.option("--new-secret", is_flag=True, help="Write a new secret, for a variable or a file.")
@limit_option(10)
@feeds_option
@database_option
@as_json
def webhooks(
    *,
    tried: str | None,
    again: str | None,
    new_secret: bool,
    limit: int,
    feeds: Path,
    db: Path,
    as_json: bool,
) -> None:
    """Show the webhooks, how their receivers fare, and what they were told last.

    STATE is "ok", "failing", "gone" (the receiver answered 410: nothing is sent there until you
    say --retry or name another address), "new" (no run has seen it), or "unlisted" (it was taken
    out of feeds.yaml; what waits for it waits). A delivery is "waiting", "delivered", or "dead":
    given up, but kept. What may stand under "webhooks:" in feeds.yaml is in docs/webhooks.md.
    """
    if new_secret:
        _make_secret()
    elif tried is not None:
        click.get_current_context().exit(_try(tried, feeds, as_json=as_json))
    elif again is not None:
        _retry(again, db)
    else:
        config = optional_config(feeds)
        _list(config, db, limit, as_json=as_json)


def _list(config: "Config | None", path: Path, limit: int, *, as_json: bool) -> None:
    from aggregator.storage import outbox
    from aggregator.storage import webhooks as stored

    with reading(path) as db:
        kept = {each.name: each for each in stored.standings(db)}
        deliveries = outbox.deliveries(db, limit=limit)
        sources = {each.name: each for each in (config.webhooks if config else ())}
        lacks = {name: _lacking(db, each) for name, each in sources.items()}
    names = dict.fromkeys([*sources, *kept])
    found = [Looked(name, sources.get(name), kept.get(name), lacks.get(name)) for name in names]
    if as_json:
        shown = [_as_object(each) for each in found]
        say_json({"webhooks": shown, "deliveries": deliveries})
    elif found:
        _show(found, deliveries)
    else:
        say("No webhooks: docs/webhooks.md says how to name some in feeds.yaml.")


def _lacking(db: "Database", hook: "Webhook") -> str | None:
    """What a webhook that tells of a saved search lacks, if that is not there."""
    from aggregator.storage import saved_searches

    if hook.search is None or saved_searches.find(db, hook.search) is not None:
        return None
    return f"there is no saved search '{hook.search}'"


def _as_object(each: Looked) -> dict[str, object]:
    kept = {} if each.kept is None else {**asdict(each.kept), "error": each.error}
    told_of = _told_of(each)
    return {**kept, "name": each.name, "state": each.state, "told_of": told_of,
            "receiver": each.receiver}  # fmt: skip


def _show(found: Sequence[Looked], deliveries: Sequence["Delivery"]) -> None:
    rows = [
        (
            each.name,
            each.state,
            _told_of(each),
            str(each.kept.waiting if each.kept else 0),
            str(each.kept.dead if each.kept else 0),
            local(each.kept.last_success_at if each.kept else None),
            each.receiver or "-",
        )
        for each in found
    ]
    say(table(_HOOKS, rows, screen_width(), right="WAITING DEAD"))
    _show_troubles(found)
    if deliveries:
        say("\nThe newest deliveries:")
        told = [_row(each) for each in deliveries]
        say(table(_DELIVERIES, told, screen_width(), right="TRIES"))


def _show_troubles(found: Sequence[Looked]) -> None:
    ill = [each for each in found if each.error]
    if ill:
        say(f"\nNot well ({counted(len(ill), 'webhook')}):")
    for each in ill:
        since = each.kept.failing_since if each.kept else None
        say(f"  {line(each.name)}: {line(each.error)}")
        if each.lacks:
            say(f"    what to do: {program()} search WORDS --save NAME")
        if each.kept is not None and since is not None:
            times = counted(each.kept.failures, "failure")
            again = f"tried again {local(each.kept.paused_until)}"
            say(f"    {times} in a row since {local(since)}; {again}")
        if each.state == "gone":
            say("    what to do: name its new address in feeds.yaml, or say --retry")


def _told_of(each: Looked) -> str:
    """What it waits for, in words."""
    said = each.kept.condition if each.source is None and each.kept is not None else {}
    if each.source is not None:
        names = ("outlets", "search", "language", "outlet", "tag")
        said = {name: getattr(each.source, name) for name in names}
    what = f"stories with {said.get('outlets')} outlets"
    if said.get("search") is not None:
        what = f"articles found by '{said['search']}'"
    rest = (f"{name} {said[name]}" for name in ("language", "outlet", "tag") if said.get(name))
    return ", ".join((what, *rest))


def _row(each: "Delivery") -> tuple[str, ...]:
    number = each.story_id if each.kind == "story" else each.article_id
    return (
        local(each.created_at),
        each.webhook,
        f"{each.kind} {number}",
        each.state,
        str(each.attempts),
        local(each.next_try_at),
        each.error or str(each.status or "-"),
    )


# --- what it does ------------------------------------------------------------------------------


def _make_secret() -> None:
    import base64
    import secrets

    say(f"whsec_{base64.b64encode(secrets.token_bytes(32)).decode()}")


def _retry(name: str, path: Path) -> None:
    from aggregator.cli.asking import logbook
    from aggregator.storage import webhooks as stored

    lost = "Nothing was changed."
    with logbook(path, doing="retrying a webhook", make=False, lost=lost) as db:
        count = stored.resume(db, name, present())
    say(f"{counted(count, 'message')} for {line(name)} will be sent by the next run.")


def _try(name: str, feeds: Path, *, as_json: bool) -> int:
    """Send a message that tells of nothing; 1 where it does not arrive."""
    import asyncio

    config = optional_config(feeds)
    hook = next((h for h in (config.webhooks if config else ()) if h.name == name), None)
    if config is None or hook is None:
        message = f"there is no webhook '{name}' in {feeds}"
        raise NotFound(message)
    answer = asyncio.run(_tried(config, hook))
    fine = answer.status is not None and 200 <= answer.status < 300  # noqa: PLR2004 - success in HTTP
    if as_json:
        say_json(
            {"webhook": name, "arrived": fine, "status": answer.status, "detail": answer.detail}
        )
    else:
        say(f"{line(name)}: {line(answer.detail or answer.reason)}")
    return 0 if fine else 1


async def _tried(config: "Config", hook: "Webhook") -> "Answer":
    from aggregator.config.webhooks import secrets_of
    from aggregator.net.webhooks import Sender
    from aggregator.output.notices import trial_body
    from aggregator.pipeline.webhooks import trial

    secrets, settings = secrets_of(hook, config.path.parent), config.settings
    timeout = settings.webhooks.timeout
    async with Sender(settings.network, timeout, present, internal=hook.internal) as sender:
        now = present()
        return await trial(sender, hook, secrets, trial_body(hook.name, now), now)
