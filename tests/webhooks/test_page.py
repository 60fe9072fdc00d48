"""What docs/webhooks.md shows to receivers does what it says."""

import base64
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from aggregator.core.webhooks import headers, secrets_in
from tests.support.runs import ROOT
from tests.webhooks.receiver import WRITTEN

OTHER = f"whsec_{base64.b64encode(b'another secret of many bytes, ok').decode()}"
Genuine = Callable[[dict[str, str], bytes, str], bool]


@pytest.fixture
def genuine() -> Genuine:
    page = (ROOT / "docs" / "webhooks.md").read_text(encoding="utf-8")
    (shown,) = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    names: dict[str, Genuine] = {}
    exec(shown, names)  # noqa: S102 - the program that the page shows
    return names["genuine"]


def test_the_check_that_is_shown_tells_ours_from_others(genuine: Genuine) -> None:
    now = datetime.now(UTC)
    sent = dict(headers("msg_1", b"{}", secrets_in(f"{OTHER} {WRITTEN}"), now))
    assert genuine(sent, b"{}", WRITTEN)
    assert genuine(sent, b"{}", OTHER)
    assert not genuine(sent, b"{ }", WRITTEN)
    assert not genuine({**sent, "webhook-id": "msg_2"}, b"{}", WRITTEN)
    late = headers("msg_1", b"{}", secrets_in(WRITTEN), now - timedelta(minutes=6))
    assert not genuine(dict(late), b"{}", WRITTEN)
