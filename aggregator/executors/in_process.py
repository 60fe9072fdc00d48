"""The plainest executor: here, now, in this process; for tests and small input."""

from collections.abc import Callable
from types import TracebackType
from typing import Self, TypeVar

from aggregator.executors.protocol import WorkerFailed

__all__ = ["InProcess"]

Item = TypeVar("Item")
Result = TypeVar("Result")


class InProcess:
    """Runs each item at once; cannot be killed, so only for input that is trusted."""

    async def run(self, function: Callable[[Item], Result], item: Item) -> Result | WorkerFailed:
        """Run `function(item)`; an exception comes back as a value."""
        try:
            return function(item)
        except Exception as error:  # noqa: BLE001 - that is this class's promise
            return WorkerFailed("error", f"{type(error).__name__}: {error}")

    async def __aenter__(self) -> Self:
        """Nothing to make ready."""
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Nothing to end."""
