"""Names are resolved in threads of our own: the loop's pool is small, and its end is waited for."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import Final

__all__ = ["resolve_apart"]

_RESOLVERS: Final = 64


class _Resolvers(ThreadPoolExecutor):
    """Threads that nobody waits for: a resolver may take half a minute to say no."""

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:  # noqa: ARG002, FBT001, FBT002 - its signature
        """End without waiting."""
        super().shutdown(wait=False, cancel_futures=True)


def resolve_apart() -> None:
    """Have the running loop resolve names so; a thread is made when one is needed."""
    asyncio.get_running_loop().set_default_executor(_Resolvers(_RESOLVERS, "resolver"))
