"""In which language something is said: whoever makes sentences is handed one.

Messages are English and stand in the code. `_` is how a table of them is read, whose lines are
translated where they are said: `from aggregator.core.speech import later as _`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

__all__ = ["ENGLISH", "Speech", "later"]


@dataclass(frozen=True, slots=True)
class Speech:
    """A language: `gettext` translates a message, `ngettext` the one of two that fits a number.

    `number` writes a number with so many digits behind the point, `percent` a part of one so.
    """

    gettext: Callable[[str], str]
    ngettext: Callable[[str, str, int], str]
    number: Callable[[float, int], str]
    percent: Callable[[float, int], str]

    def say(self, message: str, **values: object) -> str:
        """A message of a table, translated, with its values."""
        return self.gettext(message).format(**values)

    def words(self, count: int) -> str:
        """So many words."""
        message = self.ngettext("{count} word", "{count} words", count)
        return message.format(count=self.number(count, 0))


def later(message: str) -> str:
    """Mark a message as one to be translated."""
    return message


def _one_of(one: str, many: str, count: int) -> str:
    return one if count == 1 else many


def _number(value: float, digits: int) -> str:
    return f"{value:,.{digits}f}"


def _percent(part: float, digits: int) -> str:
    return f"{_number(100 * part, digits)} %"


ENGLISH: Final = Speech(later, _one_of, _number, _percent)
"""The messages as they are."""
