"""Site rules in the format of ftr-site-config: files named after the sites they are for."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Final, NamedTuple

from aggregator.core.siterules import broken, names
from aggregator.model import SiteRule

__all__ = ["SiteConfig", "Unused", "file_names", "parse"]

_DIRECTIVE: Final = re.compile(r"([A-Za-z_]+)\s*(?:\((.*?)\))?\s*:\s*(.*)")
# What is for other programs: how to fetch, what to test, what to do with pictures and breaks.
_FOR_OTHERS: Final = frozenset(
    "autodetect_next_page autodetect_on_failure convert_double_br_tags dissolve footnotes "
    "http_header if_page_contains insert_detected_image login_extra_fields login_password_field "
    "login_uri login_username_field move_into native_ad_clue next_page_link not_logged_in_xpath "
    "parser prune requires_login single_page_link single_page_link_in_feed skip_json_ld "
    "src_lazy_load_attr strip_attr strip_comments test test_contains test_url tidy "
    "wrap_in".split()
)
_WWW: Final = "www."
_LEAST_FOUND: Final = 3
_LONGEST: Final = 1000
_MOST_REPLACED: Final = 50


class Unused(NamedTuple):
    """A line, from 1, that is not made use of, and why."""

    line: int
    why: str


@dataclass(frozen=True, slots=True)
class SiteConfig:
    """One file as understood; `unused` is what of it nobody here or elsewhere knows."""

    rule: SiteRule
    unused: tuple[Unused, ...] = ()


class _Said(NamedTuple):
    line: int
    name: str
    value: str


def file_names(host: str) -> Iterator[str]:
    """Yield the names a file for `host` may have, the likeliest first.

    "example.org.txt" is for example.org and www.example.org, ".example.org.txt" for all other
    hosts in that domain.
    """
    known = list(names(host.removeprefix(_WWW)))
    yield f"{known[0]}.txt"
    for domain in known[1:]:
        yield f".{domain}.txt"


def parse(text: str) -> SiteConfig:
    """Understand a file; what does not help is left out, never an error."""
    unused: list[Unused] = []
    said = tuple(_directives(text, unused))
    rule = SiteRule(
        keep=_paths("body", said, unused),
        drop=(
            *_paths("strip", said, unused),
            *_containing("strip_id_or_class", ("class", "id"), "*", said, unused),
            *_containing("strip_image_src", ("src",), "img", said, unused),
        ),
        titles=_paths("title", said, unused, elements=False),
        authors=_paths("author", said, unused, elements=False),
        dates=_paths("date", said, unused, elements=False),
        replaced=_replaced(said, unused),
    )
    return SiteConfig(rule, tuple(sorted(unused)))


_USED: Final = frozenset(
    "body strip strip_id_or_class strip_image_src title author date find_string "
    "replace_string".split()
)


def _directives(text: str, unused: list[Unused]) -> Iterator[_Said]:
    """The lines that say something; of "replace_string(a): b" both halves."""
    for number, raw in enumerate(text.splitlines(), 1):
        line = raw.strip()
        if not line or line.startswith("#"):
            continue
        match = _DIRECTIVE.fullmatch(line)
        name = match[1].lower() if match else line.split(maxsplit=1)[0].lower()
        if match is None or name not in _USED:
            if name not in _FOR_OTHERS:
                unused.append(Unused(number, f"unknown directive '{name[:40]}'"))
            continue
        if match[2] is not None:
            yield _Said(number, "find_string", match[2])
        if match[3] or name == "replace_string":
            yield _Said(number, name, match[3])


def _paths(
    name: str, said: Iterable[_Said], unused: list[Unused], *, elements: bool = True
) -> tuple[str, ...]:
    wanted = [each for each in said if each.name == name]
    return _sound([(each, f"xpath:{each.value}") for each in wanted], unused, elements=elements)


def _containing(
    name: str,
    attributes: Sequence[str],
    tag: str,
    said: Iterable[_Said],
    unused: list[Unused],
) -> tuple[str, ...]:
    """Paths to elements one of whose attributes has the value somewhere in it."""
    found = []
    for each in said:
        if each.name != name:
            continue
        value = each.value.strip("\"'")
        quoted = f"'{value}'" if "'" not in value else f'"{value}"'
        tests = " or ".join(f"contains(@{attribute}, {quoted})" for attribute in attributes)
        found.append((each, f"xpath://{tag}[{tests}]"))
    return _sound(found, unused)


def _sound(
    found: Iterable[tuple[_Said, str]], unused: list[Unused], *, elements: bool = True
) -> tuple[str, ...]:
    """The selectors that can work; of the others it is noted why they cannot."""
    sound = []
    for said, selector in found:
        if why := broken(selector, elements=elements):
            unused.append(Unused(said.line, f"{said.name}: {why}"))
        else:
            sound.append(selector)
    return tuple(sound)


def _replaced(said: Sequence[_Said], unused: list[Unused]) -> tuple[tuple[str, str], ...]:
    """The pairs of texts to find and to put in their place, in order; only such as are simple."""
    finds = [each for each in said if each.name == "find_string"]
    puts = [each for each in said if each.name == "replace_string"]
    pairs: list[tuple[str, str]] = []
    for find, put in zip_longest(finds, puts):
        if find is None or put is None:
            lone = put if find is None else find
            unused.append(Unused(lone.line, f"{lone.name}: its other half is missing"))
        elif len(find.value) < _LEAST_FOUND or len(put.value) > _LONGEST:
            unused.append(Unused(find.line, "find_string: too short, or its replacement too long"))
        elif len(pairs) < _MOST_REPLACED:
            pairs.append((find.value, put.value))
        else:
            unused.append(Unused(find.line, f"find_string: more than {_MOST_REPLACED} of them"))
    return tuple(pairs)
