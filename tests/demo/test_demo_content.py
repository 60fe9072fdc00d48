"""Who extends the demo's content and makes a mistake is told which and where."""

import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from aggregator.demo import site
from aggregator.demo.content import CONTENT, load
from aggregator.errors import ConfigError

Edit = Callable[[str, str, str], Path]


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    """A copy of the content that a test may spoil."""
    return Path(shutil.copytree(CONTENT, tmp_path / "content"))


@pytest.fixture
def edit(copied: Path) -> Edit:
    """Replaces words in one file of the copy."""

    def replace(name: str, old: str, new: str) -> Path:
        path = copied / name
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new), encoding="utf-8")
        return copied

    return replace


def build(root: Path) -> site.Site:
    content = load(root)
    homes = {host: f"http://{number}.example/" for number, host in enumerate(site.hosts(content))}
    return site.build(content, homes, datetime(2026, 3, 14, tzinfo=UTC), 1.0)


@pytest.mark.parametrize(
    ("name", "old", "new", "said"),
    [
        ("stories/kaese.toml", "signoff =", "sign_off =", "unknown: sign_off"),
        ("stories/kaese.toml", "agency =", "# agency =", "missing: agency"),
        ("stories/kaese.toml", 'of = "dpa-kaese"', 'of = "dpa-wurst"', "no wire text 'dpa-wurst'"),
        ("stories/kaese.toml", 'outlet = "harzrand"', 'outlet = "harz"', "no outlet 'harz'"),
        ("stories/kaese.toml", "after = 1.6", "", "needs either after or ago"),
        ("stories/kaese.toml", "after = 1.6", "after = = 1", "Invalid value"),
        ("outlets/kurzum/outlet.toml", "section =", "sektion =", "unknown: sektion"),
        ("outlets/kurzum/outlet.toml", "byline =", "# byline =", "missing: byline"),
        ("troubles.toml", 'outlet = "elbmarsch"', 'outlet = "elbe"', "no outlet 'elbe'"),
    ],
)
def test_a_mistake_in_a_file_names_the_file(
    edit: Edit, name: str, old: str, new: str, said: str
) -> None:
    root = edit(name, old, new)
    with pytest.raises(ConfigError) as caught:
        load(root)
    assert said in str(caught.value)
    assert Path(name).name in str(caught.value)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("keep = [1, 2, 3, 6]", "keep = [1, 2, 3, 16]", "keeps block 16"),
        ('plant = ["3 link", "4 box"]', 'plant = ["3 link", "4 bax"]', "cannot plant '4 bax'"),
        ('plant = ["3 link", "4 box"]', 'plant = ["30 link"]', "cannot plant '30 link'"),
        ('begins = "-1 14:30"', 'begins = "gestern"', "begins must look like"),
        ("after = 1.6", 'after = 1.6\nedits = [["Quark", "Topfen"]]', "edits what is not there"),
    ],
)
def test_a_mistake_in_editing_names_the_story(edit: Edit, old: str, new: str, said: str) -> None:
    root = edit("stories/kaese.toml", old, new)
    with pytest.raises(ConfigError) as caught:
        build(root)
    assert said in str(caught.value)


def test_a_new_story_needs_one_file_only(copied: Path) -> None:
    (copied / "stories" / "neu.toml").write_text(
        'language = "de"\nbegins = "-1 12:00"\n[[report]]\noutlet = "kurzum"\nafter = 1\n'
        'title = "Neu"\nlead = "Ganz neu."\ntext = "Am {day} ist es neu.\\n\\nEins:\\n- zwei"\n',
        encoding="utf-8",
    )
    before = len(load(CONTENT).stories)
    built = build(copied)
    (article,) = (item for item in built.truth.articles if item.story == "neu")
    assert len(built.truth.stories(1)) >= before - 1
    assert article.paragraphs == ("Am Freitag ist es neu.",)
    assert article.kept == ("Eins:", "zwei")
