"""Write the generated parts anew: the settings in feeds.yaml and in docs/usage-feeds.md.

Run from the root of the repository: `python -m aggregator.config`.
"""

import sys
from pathlib import Path

from aggregator.config.pages import renewed, settings_table, settings_yaml


def renew(root: Path) -> list[Path]:
    """Bring both files under `root` up to date; the files that had to be changed."""
    generated = {"feeds.yaml": settings_yaml(), "docs/usage-feeds.md": f"\n{settings_table()}\n"}
    changed = []
    for name, part in generated.items():
        path = root / name
        text = path.read_text(encoding="utf-8")
        new = renewed(text, "generated settings", part)
        if new != text:
            path.write_text(new, encoding="utf-8")
            changed.append(path)
    return changed


if __name__ == "__main__":
    for path in renew(Path()):
        sys.stdout.write(f"renewed: {path}\n")
