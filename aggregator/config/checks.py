"""What a single value must look like: addresses, language codes, names, numbers in their range."""

import ipaddress
import re
from collections.abc import Callable, Mapping
from types import MappingProxyType
from urllib.parse import urlsplit

from aggregator.config.reference import SETTINGS
from aggregator.core.urls import without_credentials

__all__ = ["Check", "check_for", "feed_key", "shown"]

# A check gives the reason why a value will not do, or None.
Check = Callable[[object], str | None]

LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")  # the shape of a BCP 47 tag
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_NOT_SHOWN = "(it is not shown here)"
_PORTS = 65_536
_SHOWN = 100  # characters of a wrong value in a message
DEFAULT_PORTS = MappingProxyType({"http": 80, "https": 443})


def check_for(label: str) -> Check:
    """The check for the value called `label`, e.g. "url" of a feed or "network.timeout"."""
    if label in TEXT_CHECKS:
        return TEXT_CHECKS[label]
    return lambda value: _range(label, value)


def feed_key(url: str) -> str:
    """The same text for addresses that name the same feed.

    Scheme and host without regard to case, no default port, no fragment, no slash at the end.
    """
    parts = urlsplit(url)
    scheme, host = parts.scheme.lower(), (parts.hostname or "").rstrip(".")
    port = f":{parts.port}" if parts.port not in {None, DEFAULT_PORTS.get(scheme)} else ""
    user = parts.netloc.rpartition("@")[0]
    path = parts.path.rstrip("/")
    query = f"?{parts.query}" if parts.query else ""
    return f"{scheme}://{user}{'@' if user else ''}{host}{port}{path}{query}"


def shown(url: str) -> str:
    """The address without its login, wherever that ends in one that is no sound address."""
    return without_credentials(url, broken=_url(url) is not None)


def _range(label: str, value: object) -> str | None:
    setting = SETTINGS.get(label)
    if setting is None or not isinstance(value, int | float) or setting.allows(value):
        return None
    return f"{value:.10g} is out of range: {setting.range} {setting.unit}".rstrip()


def _url(value: object) -> str | None:
    text, fit = str(value), without_credentials(str(value), broken=True)
    if not text:
        return "it must not be empty"
    if not text.isprintable() or " " in text:
        return f"{fit!r} contains a space or an invisible character"
    try:
        parts = urlsplit(text)
        host, _ = parts.hostname, parts.port
    except ValueError as error:
        why = "" if "@" in text else f": {error}"
        return f"'{fit}' is not an address{why}"
    if parts.scheme.lower() not in DEFAULT_PORTS:
        return f"'{fit}' does not begin with http:// or https://"
    return None if host else f"'{fit}' names no host"


def _secret_url(value: object) -> str | None:
    """The address of a webhook may be a secret as a whole: it is not quoted."""
    why = f"it is not a whole address that begins with http:// or https:// {_NOT_SHOWN}"
    return None if _url(value) is None else why


def _contact(value: object) -> str | None:
    """It is sent in a comment of the User-Agent header, which cannot hold everything."""
    text = str(value)
    if text.isascii() and text.isprintable() and not set(text) & set("()\\"):
        return None
    return f"{text!r} has characters that cannot be sent: only ASCII, and no brackets"


def _language(value: object) -> str | None:
    if LANGUAGE.fullmatch(str(value)):
        return None
    return f"'{value}' is not a language code such as de, en or pt-BR"


def _network(value: object) -> str | None:
    """A network in CIDR, or one address."""
    try:
        ipaddress.ip_network(str(value))
    except ValueError as error:
        return f"'{value}' is not a network such as 10.1.0.0/16: {error}"
    return None


def _callback(value: object) -> str | None:
    return _url(value) if value else None


def _listen(value: object) -> str | None:
    host, _, port = str(value).rpartition(":")
    if host and port.isascii() and port.isdigit() and 0 < int(port) < _PORTS:
        return None
    return f"'{value}' is not an address and port such as 127.0.0.1:8710"


def _name(value: object) -> str | None:
    text = str(value)
    if not text.strip():
        return "it must not be empty"
    if text != text.strip() or not text.isprintable():
        return f"{text!r} has spaces around it or an invisible character in it"
    return None


def _variable(value: object) -> str | None:
    """Whoever writes the secret itself here must not find it quoted in messages and the log."""
    text = str(value)
    if _is_secret(text):
        return f"it is to be the name of a variable, and not the secret itself {_NOT_SHOWN}"
    if _VARIABLE.fullmatch(text):
        return None
    return f"it is no name of a variable, of letters, digits and _ {_NOT_SHOWN}"


def _secret_path(value: object) -> str | None:
    text = str(value)
    # A path may look like base64 too, but one with a slash is a path.
    if _is_secret(text) and (text.endswith("=") or "/" not in text):
        return f"it is to be the path of a file, and not the secret itself {_NOT_SHOWN}"
    return _name(value)


def _is_secret(text: str) -> bool:
    from aggregator.core.webhooks import secrets_in

    try:
        return bool(secrets_in(text))
    except ValueError:
        return text.strip().startswith("whsec_")


def _outlets(value: object) -> str | None:
    return None if isinstance(value, int) and value > 0 else f"{value} is no number of outlets"


def _selector(value: object) -> str | None:
    from aggregator.core.siterules import broken

    why = broken(str(value))
    return None if why is None else f"{str(value)[:_SHOWN]!r} is no CSS or XPath: {why}"


def _phrase(value: object) -> str | None:
    return None if str(value).strip(" *|") else f"{str(value)!r} is no phrase"


TEXT_CHECKS: Mapping[str, Check] = MappingProxyType(
    {
        "url": _url,
        "outlet": _name,
        "language": _language,
        "tags": _name,
        "network.allow_addresses": _network,
        "network.contact": _contact,
        "extraction.languages": _language,
        "rules.language": _language,
        "rules.phrases": _phrase,
        "rules.reason": _name,
        "sites.drop": _selector,
        "sites.keep": _selector,
        "sites.phrases": _phrase,
        "webhooks.formerly": _name,
        "webhooks.language": _language,
        "webhooks.name": _name,
        "webhooks.outlet": _name,
        "webhooks.outlets": _outlets,
        "webhooks.search": _name,
        "webhooks.secret_env": _variable,
        "webhooks.secret_file": _secret_path,
        "webhooks.tag": _name,
        "webhooks.url": _secret_url,
        "websub.callback": _callback,
        "websub.listen": _listen,
    }
)
