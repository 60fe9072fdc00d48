"""Draws the desk's picture for the README and docs/desk.md: its board over the demo newsroom.

make picture
"""

import io
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Final

from PIL import Image

_ROOT: Final = Path(__file__).resolve().parent.parent
_SHOWN: Final = {"desk": ("/", "light"), "desk-dark": ("/", "dark"), "story": (None, "light")}
_SIZE: Final = {"width": 1280, "height": 860}

if TYPE_CHECKING:
    from playwright.sync_api import Browser


def main() -> int:
    """Write docs/images/desk*.webp; 1 where there is no browser to draw with."""
    sys.path.insert(0, str(_ROOT))
    from aggregator.demo.run import show
    from tests.support import browser
    from tests.support.desks import running

    executable = browser.installed()
    if executable is None:
        sys.stderr.write("no browser is set up: run make browser (or set AGGREGATOR_BROWSER)\n")
        return 1
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "demo.db"
        show(path, lambda _event: None)
        with (
            running(path, "--timezone", "Europe/Berlin") as desk,
            browser.opened(executable) as drawn,
        ):
            for name, (address, colours) in _SHOWN.items():
                _draw(drawn, desk.url + (address or _largest(path)), colours, name)
    return 0


def _largest(path: Path) -> str:
    """The story that has most to show."""
    from aggregator.storage.database import open_database

    sql = "SELECT id FROM story ORDER BY copy_group_count * article_count DESC, id LIMIT 1"
    with open_database(path, readonly=True) as db:
        return f"/stories/{db.value(sql)}"


def _draw(browser: "Browser", url: str, colours: str, name: str) -> None:
    page = browser.new_page(
        viewport=_SIZE,
        color_scheme=colours,
        locale="en-GB",
        device_scale_factor=1.5,  # type: ignore[arg-type]
    )
    page.goto(url)
    page.evaluate("document.fonts.ready")
    page.wait_for_load_state("networkidle")
    with Image.open(io.BytesIO(page.screenshot())) as drawn:
        drawn.convert("RGB").save(_ROOT / f"docs/images/{name}.webp", quality=75, method=6)
    page.close()


if __name__ == "__main__":
    sys.exit(main())
