"""Weighs the terms of an article, so that reports on one event can be told by what they name."""

import re
from collections import defaultdict
from collections.abc import Iterator
from types import MappingProxyType
from typing import Final

from aggregator.core.shingles import tokens

__all__ = ["weigh"]

_TITLE, _LEAD, _BODY = 3.0, 1.5, 1.0
_NAME_BONUS: Final = 1.5
_BODY_WORDS: Final = 200
_SHORTEST: Final = 3
_MOST_COUNTED: Final = 4
_STEM: Final = 4
_NAME: Final = re.compile(r"(?<=[\w,;:] )[^\W\d_a-zß-öø-ÿ][\w-]+")
_SUFFIXES: Final = MappingProxyType(
    {
        "de": re.compile(r"(?:ern|em|en|er|es|e|s|n)$"),
        "en": re.compile(r"(?:'s|ings?|ed|es|s)$"),
    }
)
_STOPWORDS: Final = MappingProxyType(
    {
        "de": frozenset(
            "aber als alle allem allen aller alles also am an auch auf aus bei beim bereits bis "
            "bisher da dabei dadurch dafür damit dann das dass dazu dem den denn der deren des "
            "dessen deutlich die dies diese diesem diesen dieser dieses doch dort durch ein eine "
            "einem einen einer eines einige er erst erste ersten es etwa etwas für gab geben gegen "
            "gehen geht gibt habe haben hat hatte hatten heute hier hieß ihm ihn ihnen ihr ihre "
            "ihrem ihren ihrer im immer in ins ist ja jahr jahre jahren jede jedem jeden jeder "
            "jedoch jetzt kann kein keine keinen können könnte könnten laut machen macht mal man "
            "mehr mehrere mehreren mit muss müssen nach nachdem neue neuen nicht noch nun nur ob "
            "oder ohne sagt sagte sagten sei seien sein seine seinem seinen seiner seit sich sie "
            "sind so soll sollen sollte sollten sowie statt teilte mit uhr um und uns unter viele "
            "vom von vor war waren wegen weil weiter weitere weiteren wenn werde werden wer wie "
            "wieder will wir wird wo worden wurde wurden zu zuletzt zum zur zwei zwischen".split()
        ),
        "en": frozenset(
            "a about after again against all also an and any are as at be because been before "
            "being between both but by can could did do does down during each few for from further "
            "get had has have he her here him his how if in into is it its just like made make "
            "many may me more most much my new no not now of off on once one only or other our out "
            "over own said same say says she should since so some such than that the their them "
            "then there these they this those through to too two under until up very was we well "
            "were what when where which while who why will with would year years you your".split()
        ),
    }
)


def weigh(title: str, lead: str, text: str, language: str | None) -> dict[str, float]:
    """Map each folded term of an article to how much it counts.

    Headline terms count more than the lead's, those more than the body's first 200 words; names
    (capitalised within a sentence) and numbers count more than other words.
    """
    code = (language or "")[:2]
    names = {
        term for part in (lead, text) for found in _NAME.findall(part) for term in tokens(found)
    }
    counted: defaultdict[str, float] = defaultdict(float)
    opening = " ".join(text.split()[:_BODY_WORDS])
    for part, weight in ((title, _TITLE), (lead, _LEAD), (opening, _BODY)):
        for word in _telling(tokens(part), code):
            counted[_stem(word, code)] += weight * (_NAME_BONUS if _is_name(word, names) else 1.0)
    return dict(counted)


def _telling(words: list[str], code: str) -> Iterator[str]:
    stop = _STOPWORDS.get(code, frozenset())
    return (word for word in words if len(word) >= _SHORTEST and word not in stop)


def _is_name(word: str, names: set[str]) -> bool:
    return word in names or word[0].isdigit()


def _stem(word: str, code: str) -> str:
    """Strip the commonest endings, so that inflected forms fall together."""
    suffix = _SUFFIXES.get(code)
    stem = suffix.sub("", word) if suffix else word
    return stem if len(stem) >= _STEM else word
