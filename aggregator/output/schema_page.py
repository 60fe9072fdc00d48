"""The contract with readers as a page: every view, column and query, in Markdown."""

from collections.abc import Iterable, Sequence
from typing import Final

from aggregator.model.contract import Column, Query, View, literal

__all__ = ["page"]

_LINE_END: Final = "⏎"


def page(text: str, version: int, views: Sequence[View], queries: Sequence[Query]) -> str:
    """The whole page: `text` with {version}, {views} and {queries} filled in."""
    listed = [f"- [`{view.name}`](#{view.name}): {view.meaning}\n" for view in views]
    filled = {
        "{version}": str(version),
        "{views}": "\n".join(["".join(listed), *map(_view, views)]),
        "{queries}": "\n".join(map(_query, queries)),
    }
    for field, value in filled.items():
        text = text.replace(field, value)
    return text


def _view(view: View) -> str:
    head = ("column", "type", "NULL", "unit", "example", "meaning")
    key = ", ".join(f"`{name}`" for name in view.key)
    told = f"{view.meaning} No two rows have the same {key}." if key else view.meaning
    return f"### {view.name}\n\n{told}\n\n{_table(head, map(_column, view.columns))}"


def _column(column: Column) -> tuple[str, ...]:
    null = "yes" if column.nullable else ""
    return (
        f"`{column.name}`", column.type, null, column.unit, _code(column.example), column.meaning,
    )  # fmt: skip


def _query(query: Query) -> str:
    about = f"{query.about}\n\n" if query.about else ""
    rows = [
        (f"`:{each.name}`", f"`{literal(each.default)}`", each.meaning) for each in query.parameters
    ]
    table = _table(("parameter", "unless given", "meaning"), rows) + "\n" if rows else ""
    return f"### {query.name}\n\n**{query.title}.** {about}{table}```sql\n{query.sql};\n```\n"


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "".join(f"| {' | '.join(_cell(cell) for cell in line)} |\n" for line in lines)


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def _code(example: str | float) -> str:
    text = str(example).replace("\n", _LINE_END)
    return f"`{text}`" if text else "(empty)"
