"""What tests of manners share."""

from pathlib import Path

import pytest

from tests.support.server import Server
from tests.support.turns import Reader


@pytest.fixture
def reader(server: Server, tmp_path: Path) -> Reader:
    """A reader of the server's feeds."""
    return Reader(server, tmp_path / "news.db")
