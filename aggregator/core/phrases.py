"""Phrase rules as one thing: handed to another process, and looked up in, at little cost.

There are some thousands. With each page they would be packed, unpacked and compared anew, which
takes a fifth of the time of its extraction.
"""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import astuple
from functools import cached_property, lru_cache
from typing import overload

from aggregator.model import PhraseRule

__all__ = ["PhraseBook", "book", "compiled"]


class PhraseBook(Sequence[PhraseRule]):
    """A sequence of rules that is equal to itself alone, and the same once more in a worker."""

    def __init__(self, rules: Sequence[PhraseRule]) -> None:
        """Hold `rules`, which never change."""
        self._rules = tuple(rules)

    @overload
    def __getitem__(self, at: int) -> PhraseRule: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[PhraseRule]: ...
    def __getitem__(self, at: int | slice) -> PhraseRule | Sequence[PhraseRule]:
        """One rule, or some."""
        return self._rules[at]

    def __len__(self) -> int:
        """How many rules there are."""
        return len(self._rules)

    def __iter__(self) -> Iterator[PhraseRule]:
        """Go through them as fast as a tuple does."""
        return iter(self._rules)

    @cached_property
    def _packed(self) -> bytes:
        return json.dumps([astuple(rule) for rule in self._rules]).encode()

    def __reduce__(self) -> tuple[object, ...]:
        """Travel packed."""
        return _unpacked, (self._packed,)


@lru_cache(maxsize=4)
def _unpacked(packed: bytes) -> PhraseBook:
    """The same book for the same bytes, so that what was worked out of it is found again."""
    return PhraseBook([PhraseRule(*fields) for fields in json.loads(packed)])


def book(rules: Sequence[PhraseRule], more: tuple[PhraseRule, ...] = ()) -> PhraseBook:
    """The book that `rules` are or make; with `more` behind them another one."""
    first = rules if isinstance(rules, PhraseBook) else _of(tuple(rules))
    return _with(first, more) if more else first


@lru_cache(maxsize=16)
def _of(rules: tuple[PhraseRule, ...]) -> PhraseBook:
    return PhraseBook(rules)


@lru_cache(maxsize=256)
def _with(first: PhraseBook, more: tuple[PhraseRule, ...]) -> PhraseBook:
    return PhraseBook((*first, *more))


@lru_cache(maxsize=8192)
def compiled(pattern: str) -> re.Pattern[str]:
    """A rule's pattern, compiled by need and once."""
    return re.compile(pattern, re.IGNORECASE)
