"""What Datasette is to know of a database, as its metadata: the views described, the rest denied.

Only what readers may rely on is shown, and no SQL is taken but the documented queries: tables hold
secrets, and may change. Databases are opened by file name, so the metadata is of one name.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Final

from aggregator.model.contract import Parameter, Query, View

__all__ = ["metadata"]

Json = dict[str, object]
# By which index a view is searched, and which of its columns that counts by.
_SEARCHED: Final = {"articles": {"fts_table": "article_fts", "fts_pk": "id"}}
_NEWEST: Final = {
    "articles": "ordered_at",
    "changes": "seq",
    "decisions": "at",
    "rejected": "at",
    "requests": "at",
    "stories": "last_published_at",
}


def metadata(
    database: str, views: Iterable[View], queries: Iterable[Query], names: Iterable[str]
) -> Json:
    """Datasette's metadata for the database that is called so, with tables and views `names`."""
    shown = {each.name: _view(each) for each in views}
    denied: Mapping[str, Json] = {
        name: {"allow": False, "hidden": True} for name in names if name not in shown
    }
    about: Json = {
        "description": "News: stories, the copies and articles they are made of, and what became "
        "of them. Every view and column is documented.",
        "allow_sql": False,
        "tables": {**shown, **denied},
        "queries": {each.name: _query(each) for each in queries},
    }
    return {"title": "aggregator", "databases": {database: about}}


def _view(view: View) -> Json:
    columns = {each.name: each.meaning for each in view.columns}
    found: Json = {"description": view.meaning, "columns": columns}
    if view.name in _NEWEST:
        found["sort_desc"] = _NEWEST[view.name]
    return {**found, **_SEARCHED.get(view.name, {})}


def _query(query: Query) -> Json:
    defaults = "; ".join(
        f"{each.name}: {each.meaning or 'see the query'}"
        + ("" if each.default is None else f" (left empty: {each.default})")
        for each in query.parameters
    )
    return {
        "title": query.title,
        "description": ". ".join(each for each in (query.about.rstrip("."), defaults) if each),
        "params": [each.name for each in query.parameters],
        "sql": _with_defaults(query),
    }


def _with_defaults(query: Query) -> str:
    """The SQL of a query where what is left empty in a form has its default.

    Forms give text, which SQLite would compare with numbers as text.
    """
    known = {each.name: _value(each) for each in query.parameters}
    if not known:
        return query.sql
    return re.sub(rf":({'|'.join(known)})\b", lambda found: known[found[1]], query.sql)


def _value(each: Parameter) -> str:
    given = f"nullif(:{each.name}, '')"
    if each.default is None:
        return given
    if isinstance(each.default, str):
        default = each.default.replace("'", "''")
        return f"coalesce({given}, '{default}')"
    kind = "INTEGER" if isinstance(each.default, int) else "REAL"
    return f"CAST(coalesce({given}, {each.default}) AS {kind})"
