"""The file that ships and the page on it say what the program does."""

from dataclasses import fields
from pathlib import Path

import pytest
import yaml

from aggregator.config import load
from aggregator.config.__main__ import renew
from aggregator.config.loading import parse
from aggregator.config.pages import renewed, settings_table, settings_yaml
from aggregator.config.reference import SETTINGS, each_setting
from aggregator.errors import ConfigError
from aggregator.settings import NetworkSettings, Settings

ROOT = Path(__file__).parent.parent.parent
FEEDS = ROOT / "feeds.yaml"
PAGE = ROOT / "docs" / "usage-feeds.md"
RENEW = "; renew it with: python -m aggregator.config"
LABELS = [f"{section}.{name}" for section, name, _ in each_setting(Settings())]


# --- the table of settings -------------------------------------------------------------------


def test_every_setting_is_described_and_nothing_else() -> None:
    missing = sorted(set(LABELS) - set(SETTINGS))
    gone = sorted(set(SETTINGS) - set(LABELS))
    assert not missing, f"describe in aggregator/config/reference.py: {missing}"
    assert not gone, f"no longer in aggregator/settings.py: {gone}"


def test_every_number_has_a_range_and_its_default_is_in_it() -> None:
    for section, name, value in each_setting(Settings()):
        setting = SETTINGS[f"{section}.{name}"]
        values = value if isinstance(value, tuple) else (value,)
        numbers = [
            each for each in values if isinstance(each, int | float) and not isinstance(each, bool)
        ]
        assert bool(setting.range) is bool(numbers), f"{section}.{name}"
        assert all(setting.allows(number) for number in numbers), f"{section}.{name}"


# --- feeds.yaml as it ships ------------------------------------------------------------------


def test_the_file_lists_every_setting_with_its_default() -> None:
    listed = yaml.safe_load(FEEDS.read_text(encoding="utf-8"))["settings"]
    for section, name, default in each_setting(Settings()):
        label = f"{section}.{name}"
        assert name in listed.get(section, {}), f"feeds.yaml does not list {label}{RENEW}"
        written = listed[section][name]
        wanted = list(default) if isinstance(default, tuple) else default
        assert written == wanted, f"{label} is {written} there, {wanted} in settings.py{RENEW}"
    assert load(FEEDS).settings == Settings()


def test_every_setting_has_a_line_above_it() -> None:
    lines = FEEDS.read_text(encoding="utf-8").splitlines()
    for section in fields(Settings):
        at = lines.index(f"  {section.name}:")
        for name in (item.name for item in fields(getattr(Settings(), section.name))):
            at = next(n for n in range(at, len(lines)) if lines[n].startswith(f"    {name}:"))
            assert lines[at - 1].startswith("    # "), f"{section.name}.{name}{RENEW}"


def test_the_feeds_are_many_and_of_many_languages() -> None:
    config = load(FEEDS)
    assert config.warnings == ()
    assert len(config.feeds) >= 60
    assert len({feed.outlet for feed in config.feeds if feed.language == "de"}) >= 25
    assert len({feed.language for feed in config.feeds}) >= 8
    assert all(feed.language and feed.tags for feed in config.feeds)


# --- the generated parts ---------------------------------------------------------------------


def test_the_generated_parts_are_current(tmp_path: Path) -> None:
    for path in (FEEDS, PAGE):
        copy = tmp_path / path.relative_to(ROOT)
        copy.parent.mkdir(exist_ok=True)
        copy.write_bytes(path.read_bytes())
    stale = [path.name for path in renew(tmp_path)]
    assert not stale, f"not current: {stale}{RENEW}"


def test_a_stale_part_is_written_anew(tmp_path: Path) -> None:
    (tmp_path / "docs").mkdir()
    page = PAGE.read_text(encoding="utf-8")
    (tmp_path / "docs" / "usage-feeds.md").write_text(page, encoding="utf-8")
    current = FEEDS.read_text(encoding="utf-8")
    stale = tmp_path / "feeds.yaml"
    stale.write_text(current.replace("    timeout: 20\n", "    timeout: 21\n"), encoding="utf-8")
    assert renew(tmp_path) == [stale]
    assert stale.read_text(encoding="utf-8") == current


def test_a_page_without_the_marks_is_refused() -> None:
    with pytest.raises(ConfigError, match="not both there"):
        renewed("part: begin\n", "part", "new\n")


def test_other_settings_than_the_defaults_are_written_so_that_they_can_be_read() -> None:
    settings = Settings(network=NetworkSettings(contact="no: #1", timeout=0.25))
    text = settings_yaml(settings) + "feeds: []\n"
    assert parse(text.encode("utf-8"), Path("x")).settings == settings


def test_the_table_has_a_row_for_each_setting() -> None:
    rows = [line for line in settings_table().splitlines() if line.startswith("| `")]
    assert len(rows) == len(LABELS)


def test_the_examples_on_the_page_are_valid() -> None:
    parts = PAGE.read_text(encoding="utf-8").split("```yaml\n")[1:]
    assert len(parts) >= 2
    for part in parts:
        text = part.split("```")[0]
        assert parse(text.encode("utf-8"), Path("example")).feeds
