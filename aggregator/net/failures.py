"""What went wrong with a request, said so that the operator can act on it."""

import socket
import ssl
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

import httpx

from aggregator.model import Failed

__all__ = ["from_exception", "from_status", "retry_after"]

_TRANSIENT_STATUS = frozenset({401, 403, 408, 425, 429})
_SERVER_ERROR = 500
_LONGEST = timedelta(days=31)
_MOST_DIGITS = 9


def from_exception(url: str, error: Exception) -> Failed:
    """Name the cause of an exception that httpx raised for `url`."""
    causes = list(_causes(error))
    text = str(error) or type(error).__name__
    for kind, reason, detail in _CAUSES:
        found = next((cause for cause in causes if isinstance(cause, kind)), None)
        if found is not None:
            return Failed(url, reason, detail.format(error=found, text=text))
    return Failed(url, "connection", f"the connection failed: {text}")


_CAUSES: tuple[tuple[type[BaseException] | tuple[type[BaseException], ...], str, str], ...] = (
    (socket.gaierror, "dns", "the host name could not be resolved ({error.strerror})"),
    (ssl.SSLError, "tls", "no secure connection: {error}"),
    (ConnectionRefusedError, "refused", "the host refused the connection"),
    ((TimeoutError, httpx.TimeoutException), "timeout", "no complete answer in time"),
    ((httpx.InvalidURL, httpx.UnsupportedProtocol), "bad_url", "not a usable address: {text}"),
    (httpx.DecodingError, "protocol", "the answer could not be unpacked: {text}"),
    (httpx.RemoteProtocolError, "protocol", "the answer broke the protocol: {text}"),
)


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    """The exception and what led to it, each once."""
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        if isinstance(error, BaseExceptionGroup):
            for inner in error.exceptions:
                yield from _causes(inner)
        error = error.__cause__ or error.__context__


def from_status(url: str, status: int, headers: Mapping[str, str], now: datetime) -> Failed:
    """Name a status that is not success; 4xx other than a few mean that asking again is useless."""
    transient = status >= _SERVER_ERROR or status in _TRANSIENT_STATUS
    return Failed(
        url,
        f"http_{status}",
        f"the server answered {status} {httpx.codes.get_reason_phrase(status)}".strip(),
        status=status,
        retry_after=retry_after(headers, now),
        transient=transient,
    )


def retry_after(headers: Mapping[str, str], now: datetime) -> datetime | None:
    """When the server wants to be asked again: seconds or an HTTP date; None if it is silent.

    At most a month from now: a slip of the pen must not silence a feed for years.
    """
    value = headers.get("retry-after", "").strip()
    if value.isascii() and value.isdigit():
        seconds = int(value) if len(value) <= _MOST_DIGITS else 10**_MOST_DIGITS
        return now + min(timedelta(seconds=seconds), _LONGEST)
    try:
        moment = parsedate_to_datetime(value)
        moment = moment.replace(tzinfo=moment.tzinfo or UTC).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return min(moment, now + _LONGEST)
