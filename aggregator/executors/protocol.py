"""What every executor promises: run a pure function on one item, and survive whatever it does."""

from collections.abc import Callable
from dataclasses import dataclass
from types import TracebackType
from typing import Protocol, Self, TypeVar

__all__ = ["Executor", "WorkerFailed"]

Item = TypeVar("Item")
Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class WorkerFailed:
    """The function gave no result for this item.

    `reason` is timeout, crashed, memory or error; `detail` a sentence.
    """

    reason: str
    detail: str


class Executor(Protocol):
    """Runs pure, importable functions; an async context manager that ends its workers."""

    async def run(self, function: Callable[[Item], Result], item: Item) -> Result | WorkerFailed:
        """Run `function(item)`; what it raises, or what kills it, comes back as a value.

        Raises ExecutorError where no worker can be had at all: that is no fault of the item.
        """
        ...

    async def __aenter__(self) -> Self:
        """Make ready; starts nothing dear before the first item."""
        ...

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End all workers."""
        ...
