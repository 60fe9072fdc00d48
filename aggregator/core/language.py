"""Which language a text is in: what the page says, checked against its most frequent words."""

import re
from collections import Counter
from collections.abc import Iterable
from types import MappingProxyType

__all__ = ["choose", "code", "guess", "tag"]

# The commonest words of each language that are short, unambiguous among these, and in all prose.
_WORDS = MappingProxyType(
    {
        name: frozenset(words.split())
        for name, words in (
            (
                "de",
                "der die und das ist nicht mit den von ein eine auf für dem sich des auch werden",
            ),
            ("en", "the of and to in is that for it was with as on be this are from have not by"),
            ("fr", "le la les des et est une dans du pour que qui sur pas au avec ce son par ont"),
            ("es", "el los las del que y una por con para su no se al lo más como fue pero este"),
            (
                "it",
                "il di che è della per non una sono dei nel con alla le gli anche dal più del si",
            ),
            (
                "nl",
                "de het een van en dat niet zijn op met voor te is die ook werd maar naar uit bij",
            ),
            ("pt", "o os que do da em para não uma com dos das no na por mais ao foi são como"),
            ("pl", "w i nie na się że z do to jest jak po co od za przez ale był tym dla"),
            ("sv", "och att det som en på är av för med till den inte har var ett om från men vid"),
            (
                "da",
                "og at det som en på er af for med til den ikke har efter blev sig mere også fra",
            ),
            (
                "nb",
                "og at det som en på er av for med til den ikke har etter ble seg mer også fra men",
            ),
            ("cs", "se v na že je s z do o k ale jsem by to si po jako které nebo byl"),
            ("tr", "ve bir bu da de için ile çok olarak daha olan sonra gibi ancak kadar en ne"),
            ("ro", "în și şi că este care pentru mai sunt fost să au prin după din pe lui cel va"),
            ("hu", "az és hogy nem is egy ez meg volt csak már még mint el vagy ha kell után"),
            ("fi", "ja on ei se että oli hän ovat mutta kun myös niin mukaan sen kuin tai ole"),
            ("hr", "je se na od koji kako što nije te kao će ili godine koje samo nakon"),
            ("sq", "të në dhe një për nga që është janë më kanë tij kjo duke ishte"),
            ("id", "yang dan di itu dengan untuk dari tidak ini dalam pada akan juga ke adalah"),
            ("tl", "ang ng sa na mga ay at niya siya kasi hindi lang daw pero naman dahil ni si"),
            ("la", "et in est non ut ad cum qui sed quod ex ac per quae esse sit enim quis sunt"),
        )
    }
)
# A language and at most four parts more. No tag in use is longer (RFC 5646, 4.4.1).
_TAG = re.compile(r"[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{1,8}){0,4}")
_LONGEST_TAG = 35
_SCRIPTS = (
    ("ja", re.compile("[\u3040-\u30ff]")),
    ("ko", re.compile("[\uac00-\ud7af]")),
    ("zh", re.compile("[\u4e00-\u9fff]")),
    ("el", re.compile("[\u0370-\u03ff]")),
    ("he", re.compile("[\u0590-\u05ff]")),
    ("ar", re.compile("[\u0600-\u06ff]")),
    ("hi", re.compile("[\u0900-\u097f]")),
    ("th", re.compile("[\u0e00-\u0e7f]")),
    ("bn", re.compile("[\u0980-\u09ff]")),
    ("ta", re.compile("[\u0b80-\u0bff]")),
    ("te", re.compile("[\u0c00-\u0c7f]")),
    ("hy", re.compile("[\u0530-\u058f]")),
    ("ka", re.compile("[\u10a0-\u10ff]")),
)
_CYRILLIC = re.compile("[\u0400-\u04ff]")
_UKRAINIAN = re.compile("[іїєґ]")
_SAMPLE = 5000
_SCRIPT_SHARE = 0.2
_MIN_WORDS = 20
# In prose a fifth and more of all words are among the twenty commonest; less tells nothing.
_MIN_SHARE = 0.08
_MARGIN = 1.3
# So much clearer must the words speak before they overrule what a page says of itself.
_OVERRULE = 2.0


def code(tag: str | None) -> str | None:
    """Return the two or three letters of a language tag ("de" of "de-DE"), else None."""
    match = re.match(r"\s*([A-Za-z]{2,3})(?:[-_]|\s*$)", tag or "")
    return match[1].lower() if match else None


def tag(said: str) -> str | None:
    """Return the language tag (RFC 5646) that `said` is, parted by hyphens; None where it is none.

    It is copied into every entry of a feed, so what is longer than any is none.
    """
    fits = len(said) <= _LONGEST_TAG and _TAG.fullmatch(said)
    return said.replace("_", "-") if fits else None


def guess(text: str, *, margin: float = _MARGIN) -> str | None:
    """Return the language of `text`, or None where it cannot be told.

    Counts the commonest words (Grefenstette 1995, "Comparing two language identification
    schemes"); the best must beat the next by `margin` times. Scripts tell by themselves.
    """
    sample = text[:_SAMPLE].lower()
    if script := _by_script(sample):
        return script
    words = re.findall(r"[^\W\d_]+", sample)
    if len(words) < _MIN_WORDS:
        return None
    counts = Counter(words)
    ranked = sorted(
        ((sum(counts[word] for word in common), name) for name, common in _WORDS.items()),
        reverse=True,
    )
    (most, best), (next_most, _) = ranked[:2]
    told = most >= len(words) * _MIN_SHARE and most >= next_most * margin
    return best if told else None


def _by_script(sample: str) -> str | None:
    letters = sum(map(str.isalpha, sample))
    enough = letters * _SCRIPT_SHARE
    if not letters:
        return None
    if len(_CYRILLIC.findall(sample)) > enough:
        return "uk" if _UKRAINIAN.search(sample) else "ru"
    return next((name for name, letter in _SCRIPTS if len(letter.findall(sample)) > enough), None)


def choose(declared: Iterable[str | None], text: str) -> str | None:
    """Return the first language in `declared`, unless `text` is plainly in another one."""
    said = next((known for tag in declared if (known := code(tag))), None)
    if said is None:
        return guess(text)
    heard = guess(text, margin=_OVERRULE)
    return heard if heard is not None and said in _WORDS and heard != said else said
