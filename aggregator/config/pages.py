"""The settings as text for people: the head of feeds.yaml and the table in the documentation."""

from collections.abc import Iterator
from itertools import groupby

from aggregator.config.nodes import flow
from aggregator.config.reference import SETTINGS, Setting, each_setting
from aggregator.errors import ConfigError
from aggregator.settings import Settings

__all__ = ["renewed", "settings_table", "settings_yaml"]


def settings_yaml(settings: Settings | None = None) -> str:
    """The `settings:` part of feeds.yaml, with a comment line on each setting."""
    lines = ["settings:"]
    for section, values in _sections(settings):
        lines.append(f"  {section}:")
        for name, value in values:
            about = _about(section, name)
            unit = f"{about.unit}: " if about.unit else ""
            lines.append(f"    # {unit}{about.meaning}")
            lines.append(f"    {name}: {_written(value)}")
    return "\n".join(lines) + "\n"


def settings_table(settings: Settings | None = None) -> str:
    """A Markdown table of the settings for each section: default, unit, range and meaning."""
    parts = []
    for section, values in _sections(settings):
        lines = [
            f"### {section}",
            "",
            "| setting | default | unit | range | meaning |",
            "| --- | --- | --- | --- | --- |",
        ]
        for name, value in values:
            about = _about(section, name)
            cells = (f"`{name}`", f"`{_written(value)}`", about.unit, about.range, about.meaning)
            lines.append("|" + "|".join(f" {cell} " if cell else " " for cell in cells) + "|")
        parts.append("\n".join(lines) + "\n")
    return "\n".join(parts)


def _sections(settings: Settings | None) -> Iterator[tuple[str, list[tuple[str, object]]]]:
    rows = each_setting(settings or Settings())
    for section, group in groupby(rows, key=lambda row: row[0]):
        yield section, [(name, value) for _, name, value in group]


def _about(section: str, name: str) -> Setting:
    return SETTINGS.get(f"{section}.{name}", Setting("(not described yet)"))


def _written(value: object) -> str:
    """`value` as it is written in YAML; whole numbers without a point."""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return flow(list(value) if isinstance(value, tuple) else value)


def renewed(text: str, part: str, generated: str) -> str:
    """`text` with `generated` between the lines that hold "part: begin" and "part: end".

    Raises ConfigError where these lines are not there.
    """
    begin, end = f"{part}: begin", f"{part}: end"
    lines = text.splitlines(keepends=True)
    first = [number for number, line in enumerate(lines) if begin in line]
    last = [number for number, line in enumerate(lines) if end in line]
    if len(first) != 1 or len(last) != 1:
        message = f"the lines '{begin}' and '{end}' are not both there, once each"
        raise ConfigError(message)
    return "".join([*lines[: first[0] + 1], generated, *lines[last[0] :]])
