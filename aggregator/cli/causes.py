"""What is wrong with feeds, said once for all that share a cause."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from aggregator.cli.text import counted, line, paragraphs, say, screen_width
from aggregator.core.urls import resolve, without_credentials

__all__ = ["Trouble", "show_troubles"]


@dataclass(frozen=True, slots=True)
class Trouble:
    """One feed's cause, what more there is to say of this feed, and what to do about it."""

    outlet: str
    url: str
    cause: str
    detail: str = ""
    action: str = ""


def show_troubles(troubles: Iterable[Trouble]) -> None:
    """A block for each cause: of one feed with its address, of several with their outlets."""
    blocks: dict[tuple[str, str], list[Trouble]] = {}
    for trouble in troubles:
        blocks.setdefault((trouble.cause, _general(trouble)), []).append(trouble)
    for (cause, action), block in blocks.items():
        if len(block) == 1:
            _show_one(block[0])
            continue
        say(f"  {counted(len(block), 'feed')}: {line(cause)}")
        _show_action(action)
        names = Counter(trouble.outlet for trouble in block)
        shown = (f"{line(name)} ({n})" if n > 1 else line(name) for name, n in names.items())
        say(paragraphs(", ".join(shown), screen_width(), "    "))


def _general(trouble: Trouble) -> str:
    """The action without what is this feed's own in it."""
    site = resolve(trouble.url, "/")
    return trouble.action.replace(site, "SITE") if site else trouble.action


def _show_one(trouble: Trouble) -> None:
    say(f"  {line(trouble.outlet)}  {line(without_credentials(trouble.url))}")
    detail = f" ({line(trouble.detail)})" if trouble.detail else ""
    say(f"    {line(trouble.cause)}{detail}")
    _show_action(trouble.action)


def _show_action(action: str) -> None:
    if action:
        say(f"    what to do: {line(action)}")
