"""The units and the container file: that they are sound, and name what there is."""

import configparser
import re
import shlex
import shutil
import subprocess
from dataclasses import fields
from pathlib import Path

import click
import pytest

from aggregator.cli import main
from aggregator.daemon.main import main as scheduler
from aggregator.errors import UsageError
from aggregator.web.entry import Wanted, entry
from tests.support.runs import ROOT

UNITS = sorted(Path(ROOT, "packaging", "systemd").iterdir())
CONTAINER = Path(ROOT, "packaging", "Containerfile").read_text(encoding="utf-8")
OPERATIONS = Path(ROOT, "docs", "operations.md").read_text(encoding="utf-8")
PROGRAM = "/opt/aggregator/.venv/bin/aggregator"
PYTHON = "/opt/aggregator/.venv/bin/python"


def values(unit: Path, section: str, name: str) -> list[str]:
    parser = configparser.RawConfigParser(strict=False, delimiters=("=",), dict_type=dict)
    parser.optionxform = str  # type: ignore[assignment, method-assign] # names keep their case
    parser.read_string(unit.read_text(encoding="utf-8"))
    return [parser.get(section, name)] if parser.has_option(section, name) else []


def options(command: click.Command) -> set[str]:
    return {option for parameter in command.params for option in parameter.opts}


ANALYZE = shutil.which("systemd-analyze")


@pytest.mark.skipif(ANALYZE is None, reason="systemd is not here")
def test_systemd_finds_nothing_wrong(tmp_path: Path) -> None:
    for unit in UNITS:
        text = unit.read_text(encoding="utf-8")
        text = re.sub(r"^Exec\w+=.*$", lambda found: _placed(found[0]), text, flags=re.MULTILINE)
        (tmp_path / unit.name).write_text(text, encoding="utf-8")
    names = [str(tmp_path / unit.name) for unit in UNITS]
    asked = [str(ANALYZE), "verify", *names]
    done = subprocess.run(asked, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def _placed(line: str) -> str:
    """A command that is there on every machine, since ours need not be installed on this one."""
    return line.replace(PYTHON, "/bin/sh").replace(PROGRAM, "/bin/true")


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_units_start_what_there_is(unit: Path) -> None:
    for line in values(unit, "Service", "ExecStart"):
        words = shlex.split(line.replace("exec ", ""))
        words = shlex.split(words[2]) if words[0] == "/bin/sh" else words
        if words[0] == PYTHON:
            assert Path(ROOT, words[1].removeprefix("/opt/aggregator/")).exists()
            asked = options(scheduler)
        else:
            assert words[0] == PROGRAM
            asked = options(main.commands[words[1]])
        assert {word for word in words if word.startswith("--")} <= asked


def test_each_timer_has_its_service_and_all_are_explained() -> None:
    names = {unit.name for unit in UNITS}
    assert {name.replace(".timer", ".service") for name in names if name.endswith("timer")} <= names
    assert {name for name in names if name not in OPERATIONS} == set()


def test_services_are_hardened_alike() -> None:
    hardened = {
        unit.read_text().partition("NoNewPrivileges")[2].partition("\n[Install]")[0].strip()
        for unit in UNITS
        if unit.suffix == ".service"
    }
    assert len(hardened) == 1
    assert "ProtectSystem=strict" in hardened.pop()


DOCS = {page.name: page.read_text(encoding="utf-8") for page in Path(ROOT, "docs").glob("*.md")}
STARTS = [
    (name, found[1])
    for name, text in DOCS.items()
    for found in re.finditer(r"aggregator (desk --[^\n`]*)", text)
]
WAYS = re.findall(r"^\|[^|]*\| .*?`(--[^`]*)`.*\|$", DOCS["security.md"], re.MULTILINE)


@pytest.mark.parametrize(("page", "line"), STARTS)
def test_a_desk_is_started_as_it_is_told(page: str, line: str) -> None:
    assert accepted(shlex.split(line)[1:]), page


def test_each_way_in_is_one_and_what_is_left_out_is_needed() -> None:
    front, own, named, login = (shlex.split(way) for way in WAYS)
    for way in (front, own, [*front, *named], login):
        assert accepted(way)
    with pytest.raises(UsageError, match="needs --proxy"):
        accepted(named)
    with pytest.raises(UsageError, match="by plain http"):
        accepted(front[:2])


def accepted(words: list[str]) -> bool:
    """Whether these options of the desk let it start, with accounts, and only with them."""
    said = {}
    wanted = {option: each for each in main.commands["desk"].params for option in each.opts}
    rest = iter(words)
    for word in rest:
        option = wanted[word]
        value = True if getattr(option, "is_flag", False) else next(rest)
        said[str(option.name)] = (value,) if getattr(option, "multiple", False) else value
    known = {each.name: said[each.name] for each in fields(Wanted) if each.name in said}
    known = {"host": "127.0.0.1"} | known
    return bool(known.keys() == {"host"} or not entry(Wanted(**known)).alone)  # type: ignore[arg-type]


def test_the_desk_writes_where_its_data_is_and_nowhere_else() -> None:
    (unit,) = (unit for unit in UNITS if unit.name == "aggregator-desk.service")
    assert values(unit, "Service", "ProtectSystem") == ["strict"]
    assert values(unit, "Service", "StateDirectory") == ["aggregator"]
    assert values(unit, "Service", "ReadWritePaths") == []
    assert values(unit, "Service", "ExecStart") == [f"{PROGRAM} desk --port 8000 --log-format json"]


def test_the_container_copies_what_there_is() -> None:
    copied = re.findall(r"^COPY (?!--from)(.*) \S+$", CONTAINER, re.MULTILINE)
    assert copied
    for names in copied:
        assert all(Path(ROOT, name).exists() for name in names.split())


def test_the_container_starts_and_asks_what_there_is() -> None:
    commands = re.findall(r'CMD \["(.*)"\]', CONTAINER)
    health, start = (command.split('", "') for command in commands)
    assert health == ["aggregator", "health"]
    assert start[:2] == ["python", "/opt/aggregator/scheduler.py"]
    assert set(start[2:]) & options(scheduler) == {"--log-format"}
