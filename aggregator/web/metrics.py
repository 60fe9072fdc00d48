"""Figures for monitoring, as the command `metrics` writes them."""

from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final

from fastapi import APIRouter
from fastapi.responses import Response

from aggregator.core.vitals import Limits, judge
from aggregator.output.metrics import exposition
from aggregator.storage import runs
from aggregator.storage.log_readers import seen_at
from aggregator.storage.vitals import measure
from aggregator.web.asking import Answer, Asked

if TYPE_CHECKING:
    from aggregator.storage.database import Database

__all__ = ["router"]

router = APIRouter(tags=["monitoring"])

_SPAN: Final = timedelta(days=1)
_MEDIA_TYPE: Final = "text/plain; version=0.0.4; charset=utf-8"


@router.get("/metrics", response_class=Response)
async def metrics(ask: Asked) -> Response:
    """Give figures in the text format of Prometheus."""
    now = ask.desk.clock()

    def read(db: "Database") -> Answer:
        vitals = measure(db, now, span=_SPAN, readers=seen_at(Path(db.path)))
        text = exposition(vitals, judge(vitals, Limits()), runs.totals(db))
        return Answer(text.encode(), _MEDIA_TYPE)

    return await ask.answer(read, by_content=True)
