"""What went wrong with a request, said so that the operator can act on it."""

import errno
import os
from collections.abc import Mapping
from datetime import UTC, datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Final

import httpx
import pycurl

from aggregator.core.polling import wishes
from aggregator.model import Failed

__all__ = ["NetworkError", "Reason", "from_curl", "from_exception", "from_status", "retry_after"]

_TRANSIENT_STATUS: Final = frozenset({401, 403, 408, 425, 429})
_SERVER_ERROR: Final = 500
_LATEST: Final = datetime(9999, 1, 1, tzinfo=UTC)  # leaves room for those who add to it
# Two of curl's codes that pycurl has no name for: the server said something that is no HTTP, and
# a value or data field grew too large.
_WEIRD: Final = 8
_TOO_LARGE: Final = 100
_BROKEN: Final = "the answer broke the protocol"
# How curl begins what it says of wrong chunks; its code for them says only that it was receiving.
_CHUNKS: Final = ("chunk ", "Illegal or missing hexadecimal")


class Reason(StrEnum):
    """Why a request came to nothing, where no status says it."""

    DNS = "dns"
    REFUSED = "refused"
    CONNECTION = "connection"
    TLS = "tls"
    TIMEOUT = "timeout"
    TOO_LARGE = "too_large"
    BAD_URL = "bad_url"
    PROTOCOL = "protocol"
    TRUNCATED = "truncated"
    FORBIDDEN_ADDRESS = "forbidden_address"


# Asking again will not help while the address, the size or our own rules are what they are.
_LASTING: Final = frozenset({Reason.BAD_URL, Reason.FORBIDDEN_ADDRESS, Reason.TOO_LARGE})


class NetworkError(httpx.TransportError):
    """A request that came to nothing: `reason` as in model.Failed, the text a sentence."""

    def __init__(self, reason: Reason, detail: str) -> None:
        """Keep both."""
        super().__init__(detail)
        self.reason = reason


_REASONS: Final = MappingProxyType(
    {
        pycurl.E_COULDNT_RESOLVE_HOST: (Reason.DNS, "the host name could not be resolved"),
        pycurl.E_COULDNT_CONNECT: (Reason.CONNECTION, "no connection"),
        pycurl.E_OPERATION_TIMEDOUT: (Reason.TIMEOUT, "no connection in time"),
        pycurl.E_PARTIAL_FILE: (Reason.TRUNCATED, "the answer ended before it was complete"),
        pycurl.E_GOT_NOTHING: (Reason.CONNECTION, "the host closed without an answer"),
        pycurl.E_URL_MALFORMAT: (Reason.BAD_URL, "no usable address"),
        _TOO_LARGE: (Reason.TOO_LARGE, "a header line is too long"),
    }
    | dict.fromkeys(
        (
            pycurl.E_UNSUPPORTED_PROTOCOL,
            _WEIRD,
            pycurl.E_BAD_CONTENT_ENCODING,
        ),
        (Reason.PROTOCOL, _BROKEN),
    )
    | dict.fromkeys(
        (
            pycurl.E_SSL_CONNECT_ERROR,
            pycurl.E_PEER_FAILED_VERIFICATION,
            pycurl.E_SSL_CIPHER,
            pycurl.E_SSL_CERTPROBLEM,
            pycurl.E_SSL_ISSUER_ERROR,
            pycurl.E_SSL_INVALIDCERTSTATUS,
            pycurl.E_SSL_CACERT_BADFILE,
            pycurl.E_SSL_ENGINE_INITFAILED,
        ),
        (Reason.TLS, "no secure connection"),
    )
)


def from_curl(code: int, text: str, os_error: int) -> NetworkError:
    """Name what curl reports: its code and text, and the system's error number or 0."""
    if code == pycurl.E_COULDNT_CONNECT and os_error == errno.ECONNREFUSED:
        return NetworkError(Reason.REFUSED, "the host refused the connection")
    reason, detail = _REASONS.get(code, (Reason.CONNECTION, f"the connection failed ({code})"))
    if code == pycurl.E_RECV_ERROR and text.startswith(_CHUNKS):
        reason, detail = Reason.PROTOCOL, _BROKEN
    why = text or (os.strerror(os_error) if os_error else "")
    return NetworkError(reason, f"{detail}: {why}" if why else detail)


def from_exception(url: str, error: Exception) -> Failed:
    """Name an exception that came of asking for `url`."""
    if isinstance(error, NetworkError):
        transient = error.reason not in _LASTING
        return Failed(url, error.reason.value, str(error), transient=transient)
    if isinstance(error, TimeoutError):
        return Failed(url, "timeout", "no complete answer in time")
    return Failed(url, "connection", f"the request failed: {type(error).__name__}: {error}")


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
        fresh_until=wishes.fresh_until(headers, now),
    )


def retry_after(headers: Mapping[str, str], now: datetime) -> datetime | None:
    """When the server wants to be asked again: seconds or an HTTP date; None if it is silent.

    Whatever it says is obeyed; what no calendar holds is a day of the last year.
    """
    said = wishes.retry_after(headers, now)
    return None if said is None else min(said, _LATEST)
