"""A tiny data set of our own: four invented pages, two in each half, two of them German."""

import zipfile
from pathlib import Path
from typing import Final

__all__ = ["DATA", "NAME", "PAGES", "tiny"]

NAME: Final = "tiny"
PAGES: Final = 4
DATA: Final = Path(__file__).parents[1] / "data" / "evaluation"


def tiny(corpora: Path, name: str = NAME) -> Path:
    """Make the zip in a folder laid out as that of the corpora."""
    path = corpora / "extraction" / f"{name}.zip"
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w") as made:
        for each in ("gt.jsonl", *sorted(f"html/{page.name}" for page in DATA.glob("html/*"))):
            # With the date of the file its digest would change from one machine to the next.
            made.writestr(zipfile.ZipInfo(each), (DATA / each).read_bytes())
    return path
