"""When a feed is asked at another address, and when it is asked at its own again."""

from dataclasses import replace
from typing import Final

from aggregator.model import Failed, FeedState, Validators
from aggregator.settings import PollSettings

__all__ = ["fallen_back", "followed", "is_gone"]

_NOT_FOUND: Final = 404
_GONE: Final = 410
_PERMANENT: Final = frozenset({301, 308})
_PATIENCE: Final = 3


def followed(state: FeedState, target: str | None, settings: PollSettings) -> FeedState:
    """Count an answer that permanent redirects led to `target` (None: none did), and move at last.

    Any site can be redirected by mistake for a while; a publisher who means it keeps at it.
    """
    if target is None:
        return replace(state, moved_to=None, moved_times=0)
    times = state.moved_times + 1 if target == state.moved_to else 1
    if times < settings.moves_after:
        return replace(state, moved_to=target, moved_times=times)
    return replace(state, moved_to=None, moved_times=0, address=target)


def fallen_back(state: FeedState, failed: Failed | None) -> FeedState:
    """Leave the address that a feed moved to once it fails for good, or several times in a row.

    What was received there is no condition to ask the operator's own address with.
    """
    lost = failed is not None and failed.status in {_NOT_FOUND, _GONE}
    if state.address is None or not (lost or state.failures >= _PATIENCE):
        return state
    return replace(
        state, address=None, moved_to=None, moved_times=0, validators=Validators(), lifetime=None
    )


def is_gone(state: FeedState, failed: Failed) -> bool:
    """Whether the feed's own address says 410, itself or through permanent redirects."""
    led = {hop.status for hop in failed.hops[:-1] if hop.location}
    return failed.status == _GONE and state.address is None and led <= _PERMANENT
