"""Tells a series from a story: forecasts, market reports and the like come back day by day.

Two pieces of one series have headlines that begin alike but for a date: "Börse am 21.11." and
"Börse am 22.11.". They report two events, however alike they are.
"""

from itertools import takewhile
from typing import Final

from aggregator.core.shingles import is_number, tokens

__all__ = ["is_date", "same_series"]

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
