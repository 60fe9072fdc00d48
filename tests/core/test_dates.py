"""Dates are read as their writers meant them, and what is no date is None."""

from datetime import UTC, datetime, timedelta, timezone
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.core.dates import believable, feed_date, from_struct

NOW = datetime(2024, 5, 3, 12, 0, tzinfo=UTC)
moments = st.datetimes(
    datetime(1991, 1, 1), datetime(2090, 1, 1), timezones=st.builds(  # noqa: DTZ001 - hypothesis sets the zone
        timezone, st.integers(-12 * 60, 14 * 60).map(lambda minutes: timedelta(minutes=minutes))
    )
).map(lambda moment: moment.replace(microsecond=0))  # fmt: skip


def utc(*parts: int) -> datetime:
    year, month, day, hour, minute, second = (*parts, 0, 0, 0)[:6]
    return datetime(year, month, day, hour, minute, second, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("Fri, 03 May 2024 10:04:05 +0200", utc(2024, 5, 3, 8, 4, 5)),
        ("Fri, 03 May 2024 10:04:05 +0530", utc(2024, 5, 3, 4, 34, 5)),
        ("Fri, 03 May 2024 10:04 GMT", utc(2024, 5, 3, 10, 4)),
        ("Fri, 03 May 2024 10:04:05 CEST", utc(2024, 5, 3, 8, 4, 5)),
        ("Fri, 03 May 2024 10:04:05 +0200 (CEST)", utc(2024, 5, 3, 8, 4, 5)),
        ("3 May 24 10:04 EDT", utc(2024, 5, 3, 14, 4)),
        ("2024-05-03T10:04:05Z", utc(2024, 5, 3, 10, 4, 5)),
        ("2024-05-03T10:04:05.123456+02:00", utc(2024, 5, 3, 8, 4, 5)),
        ("2024-05-03T10:04:05-0330", utc(2024, 5, 3, 13, 34, 5)),
        ("2024-05-03 10:04", utc(2024, 5, 3, 10, 4)),
        ("2024-05-03 10:04:05 MESZ", utc(2024, 5, 3, 8, 4, 5)),
        ("2024-05-03", utc(2024, 5, 3)),
        ("20240503", utc(2024, 5, 3)),
        ("20240503T1004Z", utc(2024, 5, 3, 10, 4)),
        ("20240503T100405+0200", utc(2024, 5, 3, 8, 4, 5)),
        ("20240503100405", utc(2024, 5, 3, 10, 4, 5)),
        ("Fri May  3 10:04:05 2024", utc(2024, 5, 3, 10, 4, 5)),
        ("Fri May 3 10:04:05 CEST 2024", utc(2024, 5, 3, 8, 4, 5)),
        ("Fri, 03 May 2024 10:04:05 +0200 CEST", utc(2024, 5, 3, 8, 4, 5)),
        ("Fri, 03 May 2024 10:04:05 GMT+2", utc(2024, 5, 3, 8, 4, 5)),
        ("Freitag, den 3. Mai 2024, 10:04", utc(2024, 5, 3, 10, 4)),
        ("Fre, 03 Mai 2024 10:04:05 MEZ", utc(2024, 5, 3, 9, 4, 5)),
        ("11. Jänner 2025", utc(2025, 1, 11)),
        ("11 Sept. 2024", utc(2024, 9, 11)),
        ("Tue, 01 Jan 3024 00:00:00 GMT", utc(3024, 1, 1)),
        ("2024-05", utc(2024, 5, 1)),
        ("2024", utc(2024, 1, 1)),
        ("2024-05-03T10:04:5Z", utc(2024, 5, 3, 10, 4, 5)),
        ("Fr, 03 Mai 2024 10:04:05 +0200", utc(2024, 5, 3, 8, 4, 5)),
        ("Freitag, 3. Mai 2024, 10:04 Uhr", utc(2024, 5, 3, 10, 4)),
        ("Freitag, 3. Mai 2024 um 10.04 Uhr MESZ", utc(2024, 5, 3, 8, 4)),
        ("Di., 12. März 2024 10:04:05 MEZ", utc(2024, 3, 12, 9, 4, 5)),
        ("Mi, 01 Jän 2025 00:30:00 CET", utc(2024, 12, 31, 23, 30)),
        ("Do, 31 Dez 2020 23:59:59 +0100", utc(2020, 12, 31, 22, 59, 59)),
        ("Sonnabend, 5. Oktober 2024", utc(2024, 10, 5)),
        ("03.05.2024 10:04", utc(2024, 5, 3, 10, 4)),
        ("03.05.2024 - 10:04 Uhr", utc(2024, 5, 3, 10, 4)),
        ("May 3, 2024 3:04 pm", utc(2024, 5, 3, 15, 4)),
        ("May 3rd, 2024 at 12:04 a.m. EST", utc(2024, 5, 3, 5, 4)),
        ("1714730645", utc(2024, 5, 3, 10, 4, 5)),
        ("1714730645.5", utc(2024, 5, 3, 10, 4, 5)),
        ("1714730645123456", utc(2024, 5, 3, 10, 4, 5)),
        ("-62135596800", None),
        ("Sat, 30 Nov -0001 00:00:00 +0000", None),
        ("1714730645123", utc(2024, 5, 3, 10, 4, 5)),
        ("2016-12-31T23:59:60Z", utc(2016, 12, 31, 23, 59, 59)),
        ("2024-05-03T24:00:00Z", utc(2024, 5, 4)),
        ("2024-12-31 24:00", utc(2025, 1, 1)),
        ("Fri, 03 May 2024 24:00:00 +0200", utc(2024, 5, 3, 22)),
        ("2024-05-03T24:00:01Z", None),
        ("9999-12-31T24:00:00Z", None),
        ("Freitag, 3. Mai 2024 um 10 Uhr", utc(2024, 5, 3, 10)),
        ("3. Mai 2024, 10 Uhr MESZ", utc(2024, 5, 3, 8)),
        ("03.05.2024, 24 Uhr", utc(2024, 5, 4)),
        ("May 3, 2024 at 3 pm", utc(2024, 5, 3, 15)),
        ("3. Mai 2024 um 10", None),
        ("0000-00-00", None),
        ("0000-00-00 00:00:00", None),
        ("0001-01-01T00:00:00Z", None),
        ("Thu, 01 Jan 1970 00:00:00 GMT", None),
        ("2024-13-01", None),
        ("30. Februar 2024", None),
        ("Fri, 03 May 2024 10:04:05 XYZ", None),
        ("Fri, 03 Foo 2024 10:04:05 GMT", None),
        ("9999-12-31T23:59:59-23:59", None),
        ("05/03/2024", None),
        ("gestern", None),
        ("0", None),
        ("", None),
        ("1" * 5000, None),
    ],
)  # fmt: skip
def test_dates_of_feeds(value: str, expected: datetime | None) -> None:
    read = feed_date(value)
    assert (read.replace(microsecond=0) if read else None) == expected


@given(moments)
def test_what_standards_write_is_read(moment: datetime) -> None:
    assert feed_date(format_datetime(moment)) == moment
    assert feed_date(moment.isoformat()) == moment
    assert feed_date(str(int(moment.timestamp()))) in {moment, None}


@given(st.text())
def test_any_text_is_a_date_in_utc_or_none(value: str) -> None:
    read = feed_date(value)
    assert read is None or read.tzinfo is UTC


@given(st.lists(st.integers(), max_size=10))
def test_any_time_tuple_is_a_date_in_utc_or_none(parsed: list[int]) -> None:
    read = from_struct(parsed)
    assert read is None or read.tzinfo is UTC


def test_time_tuples_are_in_utc() -> None:
    assert from_struct(utc(2024, 5, 3, 10).utctimetuple()) == utc(2024, 5, 3, 10)


@pytest.mark.parametrize(
    ("value", "believed"),
    [
        (None, False),
        (NOW - timedelta(days=9000), True),
        (NOW + timedelta(hours=23), True),
        (NOW + timedelta(hours=25), False),
    ],
)
def test_the_future_is_not_believed(value: datetime | None, *, believed: bool) -> None:
    assert believable(value, NOW) == (value if believed else None)
