"""The phrase rules in aggregator/rules/*.toml: what an editor can read and extend.

Each file is one language: `language = "de"` and a list of `[[rule]]` with `reason`, `takes`
("block", "list", "rest", "end" or "page"), `only` and `phrases`. A phrase is matched from the start
of a block, ignoring case. In it `*` stands for any words or none (where it touches a word, for any
letters), `#` for a number, `{a, b}` for one of several, `|` at the end for the end of the block (a
colon, dots or an arrow may stand before it). With `only = "lines"` a rule takes no sentences.
"""

import re
import tomllib
from collections.abc import Iterable, Iterator
from importlib import resources
from pathlib import Path
from typing import Any, Final, Literal, TypeAlias, get_args

from aggregator.errors import ConfigError
from aggregator.model import PhraseRule

__all__ = ["Only", "Takes", "load_rules", "made", "parse_rules", "phrase_pattern"]

Takes: TypeAlias = Literal["block", "list", "rest", "end", "page"]
Only: TypeAlias = Literal["blocks", "lines"]
_TAKES: Final = get_args(Takes)
_ONLY: Final = get_args(Only)
_END: Final = r"[\s:.…!?»›>→-]*+$"
_SIGNS: Final = re.compile(
    r"(?P<words>\s+\*\s+)|(?P<first>^\*\s+)|(?P<last>\s+\*$)|(?P<letters>\*)|(?P<space>\s+)"
    r"|(?P<number>#(?!\w))|\{(?P<several>[^{}]*)\}|(?P<apostrophe>['’])"
)
# What a phrase may go on with in the middle of a word is "*".
_WORD_ENDS: Final = r"(?!\w)"
_MEANINGS: Final = {
    "words": r"\s+(?:.*?\s+)?",
    "first": r"(?:.*?\s+)?",
    "last": rf"{_WORD_ENDS}.*?",
    "letters": ".*?",
    "space": r"\s+",
    "number": r"\d[\d.,]*+",
    "apostrophe": "['’]",
}
_SEVERAL_FIRST: Final = re.compile(r"\{([^{}]*)\}")


def load_rules() -> tuple[PhraseRule, ...]:
    """All rules that ship, by language. Raises ConfigError, naming the file, for a wrong one."""
    folder = resources.files("aggregator") / "rules"
    files = sorted((each for each in folder.iterdir() if each.name.endswith(".toml")), key=str)
    return tuple(
        rule for each in files for rule in parse_rules(each.read_text("utf-8"), Path(each.name))
    )


def parse_rules(text: str, path: Path) -> tuple[PhraseRule, ...]:
    """The rules in one file's text; `path` is only named in a ConfigError."""
    try:
        found = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        message = f"not sound TOML: {error}"
        raise ConfigError(message, path=path) from error
    language = found.get("language")
    if not isinstance(language, str):
        message = 'language = "..." is missing at the top'
        raise ConfigError(message, path=path)
    rules = found.get("rule", [])
    if not isinstance(rules, list) or set(found) - {"language", "rule"}:
        message = f"holds only language and [[rule]]s, not {', '.join(sorted(found))}"
        raise ConfigError(message, path=path)
    return tuple(_rules(language, rules, path))


def _rules(language: str, found: list[Any], path: Path) -> Iterator[PhraseRule]:
    for number, rule in enumerate(found, 1):
        wrong = _wrong(rule)
        if wrong:
            message = f"rule {number}: {wrong}"
            raise ConfigError(message, path=path)
        takes, only = rule.get("takes", "block"), rule.get("only", "blocks")
        yield from made(language, rule["reason"], takes, rule["phrases"], only)


def made(
    language: str, reason: str, takes: Takes, phrases: Iterable[str], only: Only = "blocks"
) -> tuple[PhraseRule, ...]:
    """A rule for each phrase; of those for pages one for all, since they are handed on with each.

    What a phrase on a page says is but its reason, and there are hundreds of them.
    """
    patterns = [phrase_pattern(each) for phrase in phrases for each in _beginnings(phrase)]
    if takes == "page" and patterns:
        patterns = [f"(?:{'|'.join(patterns)})"]
    return tuple(PhraseRule(language, reason, pattern, takes, only) for pattern in patterns)


def _beginnings(phrase: str) -> list[str]:
    """The phrase once for each of its first words: rules are looked up by these."""
    several = _SEVERAL_FIRST.match(phrase)
    if several is None:
        return [phrase]
    return [first.strip() + phrase[several.end() :] for first in several[1].split(",")]


def _wrong(rule: Any) -> str:  # noqa: ANN401 - whatever TOML holds
    """What is wrong with a rule, or "" if nothing is."""
    if not isinstance(rule, dict) or set(rule) - {"reason", "takes", "only", "phrases"}:
        return "takes only reason, takes, only and phrases"
    if rule.get("takes", "block") not in _TAKES:
        return f"takes is one of {', '.join(_TAKES)}"
    if rule.get("only", "blocks") not in _ONLY:
        return f"only is one of {', '.join(_ONLY)}"
    if not isinstance(rule.get("reason"), str) or not isinstance(rule.get("phrases"), list):
        return "reason is a text and phrases a list"
    odd = [each for each in rule["phrases"] if not isinstance(each, str) or not _says(each)]
    return f"{odd[0]!r} is no phrase" if odd else ""


def _says(phrase: str) -> bool:
    """Whether a phrase holds anything but signs, whichever of its first words is taken."""
    return all(each.strip(" *|{},") for each in _beginnings(phrase))


def phrase_pattern(phrase: str) -> str:
    """The regular expression that a phrase stands for."""
    said = phrase.removesuffix("|").strip()
    pattern = _literal(said)
    if phrase.endswith("|"):
        return pattern + _END
    return pattern + _WORD_ENDS if re.search(r"[\w#}]$", said) else pattern


def _literal(said: str) -> str:
    """`said` with its signs turned into what they mean."""
    parts: list[str] = []
    end = 0
    for sign in _SIGNS.finditer(said):
        parts.append(re.escape(said[end : sign.start()]))
        kind, end = sign.lastgroup or "", sign.end()
        several = "|".join(_literal(each.strip()) for each in (sign["several"] or "").split(","))
        parts.append(f"(?:{several})" if kind == "several" else _MEANINGS[kind])
    return "".join((*parts, re.escape(said[end:])))
