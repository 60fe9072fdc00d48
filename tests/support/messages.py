"""Which messages the desk's templates and code say, and how they are said in other languages."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from babel.messages.catalog import Message
from babel.messages.extract import extract
from babel.messages.pofile import read_po

from aggregator.core import health
from aggregator.web.problems import KINDS
from tests.support.runs import ROOT

__all__ = ["catalogued", "said"]

_WEB: Final = ROOT / "aggregator" / "web"
_DESK: Final = ROOT / "aggregator" / "daemon" / "desk"
_KEYWORDS: Final = {
    "_": None,
    "gettext": None,
    "marked": None,
    "ngettext": (1, 2),
    # Its kind comes first, then what is wrong in words, where they stand as they are.
    "Problem": (2,),
}
# What makes whole sentences for the desk and the command line alike.
_SPEECH: Final = [ROOT / "aggregator" / "core" / f"{name}.py" for name in ("reasons", "speech")]
_OPTIONS: Final = {"trimmed": "true", "silent": "false", "newstyle_gettext": "true"}

Said = str | tuple[str, ...]


def said() -> dict[Said, str]:
    """Every message, and a file that says it."""
    # Each kind of problem is a page, and the title of others.
    found: dict[Said, str] = {
        text: "problems.py" for kind in KINDS for text in (kind.title, kind.meaning)
    }
    found |= dict.fromkeys(health.SENTENCES, "health.py")
    code = [*_WEB.rglob("*.py"), *_DESK.rglob("*.py"), *_SPEECH]
    for path in code:
        found |= dict.fromkeys(_messages("python", path), path.name)
    for path in (_WEB / "templates").rglob("*.html"):
        found |= dict.fromkeys(_messages("jinja2.ext:babel_extract", path), path.name)
    return found


def _messages(method: str, path: Path) -> Iterator[Said]:
    with path.open("rb") as opened:
        for _, message, _, _ in extract(method, opened, _KEYWORDS, options=_OPTIONS):
            yield message


def catalogued(language: str) -> Iterator[tuple[str, Message]]:
    """Each message of each catalogue of a language, with the catalogue's name."""
    for path in sorted((_WEB / "locale" / language).glob("*.po")):
        with path.open("rb") as opened:
            for message in read_po(opened, language):
                if message.id:
                    yield path.name, message
