"""Logs: one line per feed and article outcome, as text for people or JSON for programs."""

import json
import logging
import re
import sys
import time
from dataclasses import asdict
from typing import Final, Literal

from aggregator.pipeline.events import (
    BatchDone,
    Event,
    FeedDelivered,
    FeedPolled,
    HookDone,
    SiteStudied,
    StepBegun,
)

__all__ = ["LogFormat", "log_event", "set_up"]

LogFormat = Literal["text", "json"]

_CONTROLS: Final = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e]")


def set_up(log_format: LogFormat) -> None:
    """Send our log to standard error; libraries are heard from warnings up."""
    handler = logging.StreamHandler(sys.stderr)
    kind = _Json if log_format == "json" else _Text
    formatter = kind("%(asctime)s %(levelname)s %(message)s", "%Y-%m-%dT%H:%M:%SZ")
    formatter.converter = time.gmtime
    handler.setFormatter(formatter)
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)
    logging.getLogger("aggregator").setLevel(logging.INFO)
    # trafilatura reports each page it finds no text in; we store that as the page's rejection.
    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)


class _Text(logging.Formatter):
    """Lines for people: what a server said cannot move their cursor or colour their screen."""

    def format(self, record: logging.LogRecord) -> str:
        """Write `record` with control characters shown as what they are."""
        return _CONTROLS.sub(lambda found: repr(found[0])[1:-1], super().format(record))


class _Json(logging.Formatter):
    """One JSON object a line: at, level, message, and the event's own fields."""

    def format(self, record: logging.LogRecord) -> str:
        """Write `record`; an event's fields come from its `event` attribute."""
        fields = {
            "at": self.formatTime(record, self.datefmt),
            "level": record.levelname.lower(),
            "message": record.getMessage(),
            **getattr(record, "event", {}),
        }
        if record.exc_info:
            fields["trace"] = self.formatException(record.exc_info)
        line = json.dumps(fields, ensure_ascii=False)
        return _CONTROLS.sub(lambda found: f"\\u{ord(found[0]):04x}", line)


def log_event(event: Event) -> None:
    """Write one event of a run to the log."""
    level = logging.WARNING if _is_failure(event) else logging.INFO
    fields = {"event": type(event).__name__, **asdict(event)}
    logging.getLogger("aggregator.run").log(level, "%s", _words(event), extra={"event": fields})


def _is_failure(event: Event) -> bool:
    if isinstance(event, StepBegun | BatchDone):
        return False
    return event.outcome in {"failed", "rejected", "retry", "dead"}


def _words(event: Event) -> str:
    if isinstance(event, StepBegun):
        return f"step {event.step}: {event.total} to do"
    if isinstance(event, BatchDone):
        return f"clustered {event.articles} articles"
    if isinstance(event, HookDone):
        what = f"{event.message_id} {event.detail}".strip()
        return f"webhook {event.outcome}: {event.webhook} {what}"
    if isinstance(event, SiteStudied):
        what = f"{event.mended} mended, {event.backed_off} kept as they are"
        what = event.detail or f"{event.articles} articles, {event.known} lines recur, {what}"
        return f"site {event.outcome}: {event.site} {what}"
    if isinstance(event, FeedPolled | FeedDelivered):
        fresh = f"{event.fresh_entries} fresh entries" if event.outcome == "changed" else ""
        what = "; ".join(filter(None, (fresh, event.detail)))
        kind = "delivery" if isinstance(event, FeedDelivered) else "feed"
        return f"{kind} {event.outcome}: {event.outlet} {event.url} {what}".rstrip()
    return f"article {event.outcome}: {event.outlet} {event.url} {event.detail}".rstrip()
