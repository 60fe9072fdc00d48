"""The parameters that several routes have: filters as the commands have them, pages, numbers."""

from datetime import UTC, datetime
from typing import Annotated, Final

from fastapi import Path
from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from aggregator.core.since import ago, moment
from aggregator.storage.readers import Filter

__all__ = ["LAST_NUMBER", "Filtering", "Nothing", "Number", "Paged"]

LAST_NUMBER: Final = 2**63 - 1
"""The largest number that SQLite gives a row."""

Number = Annotated[int, Path(ge=1, le=LAST_NUMBER, description="Its number.")]


def _since(text: str) -> str:
    try:
        if ago(text) is None:
            _in_utc(datetime.fromisoformat(text.strip()))
    except (ValueError, OverflowError) as error:
        message = f"{text!r} is neither a time (2026-03-01T12:00:00Z) nor an age (24h, 3d)"
        raise ValueError(message) from error
    return text


def _in_utc(time: datetime) -> datetime:
    return time.replace(tzinfo=time.tzinfo or UTC).astimezone(UTC)


class Nothing(BaseModel):
    """No parameter is known."""

    model_config = ConfigDict(extra="forbid")


class Paged(Nothing):
    """How much of a list, and from where."""

    limit: int = Field(20, ge=1, le=100, description="So many at most.")
    cursor: str | None = Field(
        None, max_length=1000, description="What the page before gave as `next`."
    )


class Filtering(Paged):
    """What to look for, as in the commands."""

    since: Annotated[str, AfterValidator(_since)] | None = Field(
        None,
        max_length=100,
        description="Only what is newer: a time in ISO 8601, in UTC where it has no offset, "
        "or an age (90m, 24h, 3d, 2w).",
        examples=["2026-03-01T12:00:00Z", "24h"],
    )
    outlet: str | None = Field(
        None, max_length=200, description="Only with a report by this outlet."
    )
    language: str | None = Field(
        None,
        pattern="^[A-Za-z0-9_-]{1,35}$",
        description="Only in this language or a variant of it (de: de-AT too).",
        examples=["de"],
    )
    tag: str | None = Field(None, max_length=200, description="Only from feeds with this tag.")

    def filter(self, now: datetime) -> Filter:
        """These as the readers take them, at `now`."""
        language = self.language and self.language.replace("_", "-")
        return Filter(self._begin(now), self.outlet, language, self.tag)

    def _begin(self, now: datetime) -> datetime | None:
        if self.since is None:
            return None
        try:
            begin = moment(self.since, now)
        except OverflowError:
            return None  # so long ago that everything is newer
        return _in_utc(begin)

    @property
    def moves(self) -> bool:
        """Whether what fits changes by itself: with time, or as feeds are listed."""
        return self.tag is not None or (self.since is not None and ago(self.since) is not None)
