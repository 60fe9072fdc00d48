"""The figures within a page of documentation, between two markers that stay."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from aggregator.errors import UsageError
from aggregator.evaluation.tables import Table, markdown

__all__ = ["put"]

_BEGIN: Final = "<!-- {}: begin -->"
_END: Final = "<!-- {}: end -->"


def put(name: str, tables: Sequence[Table], path: Path) -> None:
    """Put the tables between the markers of this name; raises UsageError where they are not."""
    opening, closing = _BEGIN.format(name), _END.format(name)
    before, begin, rest = path.read_text("utf-8").partition(opening)
    _, end, after = rest.partition(closing)
    if not begin or not end:
        message = f"{path} has no lines {opening} and {closing}"
        raise UsageError(message)
    shown = "\n\n".join(f"**{table.title}**\n\n{markdown(table)}" for table in tables)
    path.write_text(f"{before}{begin}\n\n{shown}\n\n{end}{after}", "utf-8")
