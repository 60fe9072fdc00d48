"""The phrase rules in aggregator/rules/*.toml: what an editor can read and extend.

Each file is one language: `language = "de"` and a list of `[[rule]]` with `reason`, `takes`
("block", "list", "rest", "end" or "page") and `phrases`. A phrase is matched from the start of a
block, ignoring case; `*` stands for any words, `|` at the end for the end of the block (a colon,
dots or an arrow may stand before it).
"""

import re
import tomllib
from collections.abc import Iterator, Sequence
from importlib import resources
from pathlib import Path
from typing import Any, Final, Literal, TypeAlias, get_args

from aggregator.errors import ConfigError
from aggregator.model import PhraseRule

__all__ = ["Takes", "load_rules", "made", "parse_rules", "phrase_pattern"]

Takes: TypeAlias = Literal["block", "list", "rest", "end", "page"]
_TAKES: Final = get_args(Takes)
_END: Final = r"[\s:.…!?»›>→-]*+$"


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
        yield from made(language, rule["reason"], rule.get("takes", "block"), rule["phrases"])


def made(
    language: str, reason: str, takes: Takes, phrases: Sequence[str]
) -> tuple[PhraseRule, ...]:
    """A rule for each phrase; of those for pages one for all, since they are handed on with each.

    What a phrase on a page says is but its reason, and there are hundreds of them.
    """
    patterns = [phrase_pattern(phrase) for phrase in phrases]
    if takes == "page" and patterns:
        patterns = [f"(?:{'|'.join(patterns)})"]
    return tuple(PhraseRule(language, reason, pattern, takes) for pattern in patterns)


def _wrong(rule: Any) -> str:  # noqa: ANN401 - whatever TOML holds
    """What is wrong with a rule, or "" if nothing is."""
    if not isinstance(rule, dict) or set(rule) - {"reason", "takes", "phrases"}:
        return "takes only reason, takes and phrases"
    if rule.get("takes", "block") not in _TAKES:
        return f"takes is one of {', '.join(_TAKES)}"
    if not isinstance(rule.get("reason"), str) or not isinstance(rule.get("phrases"), list):
        return "reason is a text and phrases a list"
    odd = [each for each in rule["phrases"] if not isinstance(each, str) or not each.strip(" *|")]
    return f"{odd[0]!r} is no phrase" if odd else ""


def phrase_pattern(phrase: str) -> str:
    """The regular expression that a phrase stands for."""
    ends = phrase.endswith("|")
    parts = (re.escape(" ".join(part.split())) for part in phrase.removesuffix("|").split("*"))
    pattern = r".*?".join(part.replace(r"\ ", r"\s+") for part in parts)
    # A phrase that goes on must end at the end of a word.
    tail = _END if ends else "" if phrase.endswith("*") else r"(?!\w)"
    return pattern + tail
