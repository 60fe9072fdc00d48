"""Brings what the desk serves of others' (htmx, two fonts) from the package registry, anew.

make assets: as the lock says; it also writes what each file's digest is, which a test compares.
"""

import hashlib
import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final

_VENDOR: Final = Path(__file__).resolve().parent.parent / "aggregator/web/static/vendor"


def main() -> None:
    """Copy the files that package.json names, each package into a folder of its own."""
    named = json.loads((_VENDOR / "package.json").read_text(encoding="utf-8"))["kept"]
    held = {}
    with tempfile.TemporaryDirectory() as folder:
        installed = _install(Path(folder))
        for name, (package, *files) in named.items():
            (_VENDOR / name).mkdir(exist_ok=True)
            for file in files:
                target = _VENDOR / name / Path(file).name
                shutil.copyfile(installed / package / file, target)
                digest = hashlib.sha256(target.read_bytes()).hexdigest()
                held[str(target.relative_to(_VENDOR))] = digest
    written = json.dumps(held, indent=2, sort_keys=True)
    (_VENDOR / "held.json").write_text(written + "\n", encoding="utf-8")


def _install(folder: Path) -> Path:
    for name in ("package.json", "package-lock.json"):
        shutil.copy(_VENDOR / name, folder)
    npm = Path(sys.executable).with_name("npm")
    # npm is a Python script that starts node: both are found beside this interpreter.
    subprocess.run([npm, "ci", "--silent", "--ignore-scripts"], cwd=folder, check=True)  # noqa: S603 - named
    return folder / "node_modules"


if __name__ == "__main__":
    main()
