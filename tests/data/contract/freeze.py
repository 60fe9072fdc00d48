"""Adds what came to the contract with readers to the copy of it that is frozen for its version.

    python tests/data/contract/freeze.py

A view or column that is new is added; nothing that is frozen is ever changed by this.
"""

import json
from pathlib import Path
from typing import Any

from aggregator.model.contract import Column, View
from aggregator.storage import contract

__all__ = ["freeze", "frozen", "laid_down"]

Frozen = dict[str, dict[str, Any]]


def laid_down(views: tuple[View, ...]) -> Frozen:
    """What is promised of views: their keys, and of each column type, unit and nullability."""
    return {
        view.name: {
            "key": list(view.key),
            "columns": {column.name: _promise(column) for column in view.columns},
        }
        for view in views
    }


def _promise(column: Column) -> str:
    unit = f", {column.unit}" if column.unit else ""
    return f"{column.type}{unit}{', may be NULL' if column.nullable else ''}"


def frozen(version: int) -> Frozen:
    """The frozen copy of a version; empty where there is none yet."""
    path = _path(version)
    found: Frozen = json.loads(path.read_text("utf-8")) if path.exists() else {}
    return found


def freeze() -> None:
    """Add what is new to the copy of today's version."""
    kept = frozen(contract.version())
    for name, view in laid_down(contract.views()).items():
        old = kept.setdefault(name, {"key": view["key"], "columns": {}})
        old["columns"] = view["columns"] | old["columns"]
    path = _path(contract.version())
    path.write_text(json.dumps(kept, indent=2, ensure_ascii=False) + "\n", "utf-8")


def _path(version: int) -> Path:
    return Path(__file__).parent / f"v{version}.json"


if __name__ == "__main__":
    freeze()
