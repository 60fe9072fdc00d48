"""Sentences that remember what was filled into them, so that they can be said in other languages.

To everybody else they are plain texts, in English.
"""

from collections.abc import Mapping
from datetime import timedelta
from types import MappingProxyType
from typing import Final, Self

from aggregator.core.spans import in_words

__all__ = ["Said", "Value"]

Value = str | int | timedelta
"""What can be filled in: a text, a number, or a span of time, which is rounded and put in words."""

_NOTHING: Final[Mapping[str, Value]] = MappingProxyType({})


class Said(str):
    """A text made of `template`, in the manner of str.format, by filling in `values` by name."""

    __slots__ = ("template", "values")

    template: str
    values: Mapping[str, Value]

    def __new__(cls, text: str, template: str = "", values: Mapping[str, Value] = _NOTHING) -> Self:
        """Take `text` as it is, made of `template`; "" where it was made of none."""
        made = super().__new__(cls, text)
        made.template, made.values = template, values
        return made

    @classmethod
    def of(cls, template: str, **values: Value) -> Self:
        """Fill `values` into `template`."""
        text = template.format(**{name: _english(value) for name, value in values.items()})
        return cls(text, template, values)

    def __reduce__(self) -> tuple[type["Said"], tuple[str, str, Mapping[str, Value]]]:
        """What a copy is made of."""
        return (Said, (str(self), self.template, dict(self.values)))


def _english(value: Value) -> str:
    if isinstance(value, timedelta):
        return in_words(value)
    return f"{value:,}" if isinstance(value, int) else value
