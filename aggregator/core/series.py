"""Tells a series from a story: forecasts, market reports and the like come back day by day.

Two pieces of one series have headlines that begin alike but for a date: "Börse am 21.11." and
"Börse am 22.11.", or texts that fill one form with other numbers. They report two events, however
alike they are.
"""

import re
from collections.abc import Sequence
from itertools import takewhile
from typing import Final

from aggregator.core.alignment import align
from aggregator.core.shingles import body, is_number, tokens
from aggregator.model import Told

__all__ = ["fill_one_form", "is_date", "same_series"]

_DAYS: Final = frozenset(
    "montag dienstag mittwoch donnerstag freitag samstag sonnabend sonntag monday tuesday "
    "wednesday thursday friday saturday sunday lundi mardi mercredi jeudi vendredi samedi dimanche "
    "lunes martes miércoles jueves viernes sábado domingo lunedì martedì mercoledì giovedì venerdì "
    "sabato domenica maandag dinsdag woensdag donderdag vrijdag zaterdag zondag "
    "poniedziałek wtorek środa czwartek piątek sobota niedziela".split()
)
_MONTHS: Final = frozenset(
    "januar jänner februar märz april mai juni juli august september oktober november dezember "
    "january february march may june july october december janvier février mars avril juin juillet "
    "août septembre octobre novembre décembre enero febrero marzo abril mayo junio julio agosto "
    "septiembre octubre noviembre diciembre gennaio febbraio aprile maggio giugno luglio settembre "
    "ottobre dicembre januari februari maart mei augustus oktober stycznia lutego marca kwietnia "
    "maja czerwca lipca sierpnia września października listopada grudnia janeiro fevereiro março "
    "maio junho julho setembro outubro novembro dezembro".split()
)
_LEAST_ALIKE: Final = 2
_DAY_AND_MONTH: Final = re.compile(r"\d{1,2}\.\d{1,2}(?:\.\d+)?")
_OPENING_WORDS: Final = 150
"""As many as a story's terms are taken from: where these are as they were, so is the answer."""
_FORM: Final = 0.6
_FORM_NUMBERS: Final = 3


def same_series(a: str, b: str) -> bool:
    """Whether two headlines begin with the same words and then differ in a date or number."""
    pairs = list(zip(tokens(a), tokens(b), strict=False))
    alike = list(takewhile(lambda pair: pair[0] == pair[1], pairs))
    if len(alike) < _LEAST_ALIKE or len(alike) == len(pairs):
        return False
    left, right = pairs[len(alike)]
    return is_date(left) and is_date(right)


def is_date(token: str) -> bool:
    """Whether a token from `shingles.tokens` is a number, or names a day of the week or a month."""
    return is_number(token) or token in _DAYS or token in _MONTHS


def fill_one_form(a: Told, b: Told) -> bool:
    """Whether two articles fill one form, as a draw, a market report or a forecast does every day.

    Most words of the shorter opening stand in the other's in the same places, and of the numbers
    there at least three differ, and more than are equal: where a toll rises, what surrounds it is
    told in other words, or is the same. Of headlines alone all words are equal but for the date.
    """
    short, long = sorted(map(_opening, (a, b)), key=lambda each: (len(each), each))
    if not long:
        return _differ_by_date(tokens(a.title), tokens(b.title))
    found = align(short, long)
    changed = max(_FORM_NUMBERS, found.kept_numbers + 1)
    return found.share >= _FORM and found.changed_numbers >= changed


def _opening(told: Told) -> list[str]:
    return tokens(" ".join(body(told.lead, told.text).split()[:_OPENING_WORDS]))


def _differ_by_date(a: Sequence[str], b: Sequence[str]) -> bool:
    """Whether two headlines name days, each another, and have all other words in common.

    A number is that of a day only beside a month: in "12 dead" and "15 dead" it is none.
    """
    if len(a) != len(b):
        return False
    differing = [place for place, pair in enumerate(zip(a, b, strict=True)) if len(set(pair)) > 1]
    alike = len(a) - len(differing) >= _LEAST_ALIKE
    return alike and bool(differing) and all(_is_day(a, n) and _is_day(b, n) for n in differing)


def _is_day(words: Sequence[str], place: int) -> bool:
    word = words[place]
    beside = {*words[max(0, place - 1) : place], *words[place + 1 : place + 2]}
    if is_number(word):
        return not beside.isdisjoint(_MONTHS) or _DAY_AND_MONTH.fullmatch(word) is not None
    return word in _DAYS or word in _MONTHS
