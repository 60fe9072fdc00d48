"""The desk's own files: what others made is what its lock names, and each file may be kept."""

import hashlib
import json
import re
from pathlib import Path
from typing import Any

import httpx

from aggregator.web.assets import assets
from aggregator.web.icons import ICONS
from tests.support.runs import ROOT

_STATIC = ROOT / "aggregator" / "web" / "static"
_VENDOR = _STATIC / "vendor"


def _read(name: str) -> Any:  # noqa: ANN401 - as the file has it
    found: Any = json.loads((_VENDOR / name).read_text())
    return found


def test_what_others_made_is_as_it_was_fetched() -> None:
    files = [path for path in _VENDOR.rglob("*") if path.is_file() and path.parent != _VENDOR]
    found = {str(p.relative_to(_VENDOR)): hashlib.sha256(p.read_bytes()).hexdigest() for p in files}
    assert found == _read("held.json")


def test_each_package_is_locked_and_comes_with_its_licence() -> None:
    wanted, locked = _read("package.json"), _read("package-lock.json")["packages"]
    for folder, (package, *files) in wanted["kept"].items():
        assert locked[f"node_modules/{package}"]["version"] == wanted["dependencies"][package]
        assert locked[f"node_modules/{package}"]["integrity"].startswith("sha512-")
        assert {path.name for path in (_VENDOR / folder).iterdir()} == {
            Path(file).name for file in files
        }
        assert "LICENSE" in files


def test_a_file_may_be_kept_for_ever_under_its_present_address(client: httpx.Client) -> None:
    url = assets().url("vendor/htmx/htmx.min.js")
    found = client.get(url)
    assert found.headers["Content-Type"] == "text/javascript; charset=utf-8"
    assert found.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert found.content == (_VENDOR / "htmx" / "htmx.min.js").read_bytes()
    former = client.get(re.sub(r"/static/\w+/", "/static/0123/", url))
    assert (former.content, former.headers["Cache-Control"]) == (found.content, "no-cache")


def test_nothing_but_these_files_is_served(client: httpx.Client) -> None:
    paths = "../app.py %2e%2e/app.py vendor/package.json vendor/../../app.py css /etc/passwd"
    found = [client.get(f"/static/x/{path}") for path in paths.split()]
    assert {each.status_code for each in found} == {404}


def test_no_style_or_script_leads_to_another_host() -> None:
    for path in [*_STATIC.glob("css/*.css"), *_STATIC.glob("js/*.js")]:
        foreign = re.findall(
            r"(?:https?:)?//[a-z0-9.-]+\.[a-z]{2,}", path.read_text(), re.IGNORECASE
        )
        assert foreign == [], path.name


def _written() -> str:
    """All that pages are made of but styles and the pictures beside words."""
    web = ROOT / "aggregator" / "web"
    kinds = ("*.html", "*.js", "*.py")
    made = [path for kind in kinds for path in web.rglob(kind) if path.name != "icons.py"]
    return "\n".join(path.read_text() for path in [*made, ROOT / "aggregator/output/charts.py"])


def test_no_style_is_for_what_no_page_has() -> None:
    written = _written() + (ROOT / "aggregator/output/day_charts.py").read_text()
    rules = "\n".join(path.read_text() for path in (_STATIC / "css").glob("*.css"))
    named = set(re.findall(r"\.([a-z][a-z-]*)", re.sub(r"\{[^{}]*\}|/\*.*?\*/", "{}", rules)))
    # A name's end may be what a value is: chip-{{ kind }}.
    begun = {each: each.rpartition("-")[0] + "-{{" for each in named if "-" in each}
    unused = {
        each
        for each in named
        if not re.search(rf"(?<![\w-]){each}(?![\w-])", written)
        and begun.get(each, "{{none") not in written
    }
    assert unused == set()


def test_no_picture_is_drawn_for_nothing() -> None:
    written = _written()
    assert {name for name in ICONS if not re.search(rf"[\"']{name}[\"']", written)} == set()
