"""The layers are executed, not only drawn: each contract is broken once by a seeded import."""

import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

from tests.support.runs import ROOT

CONTRACTS: list[dict[str, Any]] = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"][
    "importlinter"
]["contracts"]
# A module of each layer, from the top down, and for each one that it must not know.
UPWARD = [
    ("aggregator.demo.run", "aggregator.cli"),
    ("aggregator.daemon.run", "aggregator.demo"),
    ("aggregator.web.app", "aggregator.daemon"),
    ("aggregator.config.loading", "aggregator.daemon"),
    ("aggregator.pipeline.cycle", "aggregator.config"),
    ("aggregator.executors.protocol", "aggregator.pipeline"),
    ("aggregator.storage.times", "aggregator.executors"),
    ("aggregator.net.failures", "aggregator.storage"),
    ("aggregator.output.opml", "aggregator.storage"),
    ("aggregator.core.dates", "aggregator.output"),
    ("aggregator.model.feeds", "aggregator.core"),
    ("aggregator.settings", "aggregator.model"),
    ("aggregator.errors", "aggregator.settings"),
]
LINT = "import sys, importlinter.cli as cli; sys.exit(cli.lint_imports(no_cache=True))"
HOMES = [
    contract["forbidden_modules"][0]
    for contract in CONTRACTS
    if contract["name"].startswith("One home: ")
]


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the package to spoil."""
    root = tmp_path_factory.mktemp("layers")
    shutil.copy(ROOT / "pyproject.toml", root)
    skipped = shutil.ignore_patterns("__pycache__", "content")
    shutil.copytree(ROOT / "aggregator", root / "aggregator", ignore=skipped)
    return root


def broken(root: Path) -> str:
    """What import-linter says is broken in the package at `root`, "" if nothing is."""
    done = subprocess.run(
        [sys.executable, "-c", LINT], cwd=root, env={"PYTHONPATH": str(root)},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    return "" if done.returncode == 0 else done.stdout + done.stderr


def seed(root: Path, module: str, line: str) -> str:
    """What is broken once `line` stands in `module`, which is mended afterwards."""
    path = root.joinpath(*module.split(".")).with_suffix(".py")
    before = path.read_text()
    path.write_text(f"{before}\n{line}\n")
    try:
        return broken(root)
    finally:
        path.write_text(before)


def test_nothing_is_broken(copy: Path) -> None:
    assert broken(copy) == ""


@pytest.mark.parametrize(("lower", "upper"), UPWARD)
def test_an_import_upward_is_found(copy: Path, lower: str, upper: str) -> None:
    assert "Imports point down only BROKEN" in seed(copy, lower, f"import {upper}")


def test_a_new_layer_must_be_placed(copy: Path) -> None:
    stray = copy / "aggregator" / "stray.py"
    stray.write_text('"""A module that no layer names."""\n')
    try:
        assert "stray" in broken(copy)
    finally:
        stray.unlink()


@pytest.mark.parametrize("part", ["executors", "net", "pipeline"])
def test_a_web_that_knows_how_runs_work_is_found(copy: Path, part: str) -> None:
    assert "The web knows no pipeline" in seed(
        copy, "aggregator.web.desk", f"import aggregator.{part}"
    )


@pytest.mark.parametrize("library", HOMES)
def test_a_library_away_from_home_is_found(copy: Path, library: str) -> None:
    assert f"One home: {library} BROKEN" in seed(
        copy, "aggregator.model.feeds", f"import {library}"
    )
