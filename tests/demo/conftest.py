"""The newsroom that the tests of the demo look at."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from aggregator.demo.newsroom import Newsroom

NOW = datetime(2026, 3, 14, 9, 26, 53, tzinfo=UTC)


@pytest.fixture(scope="module")
def newsroom() -> Iterator[Newsroom]:
    """An open newsroom; a test that turns it to edition 2 turns it back."""
    with Newsroom(NOW, slow=0.3) as room:
        yield room
