"""The built package holds all that a run needs."""

import subprocess
import sys
import zipfile
from pathlib import Path

from tests.support.runs import ROOT


def test_the_wheel_holds_rules_contract_and_demo(tmp_path: Path) -> None:
    build = [sys.executable, "-m", "pip", "wheel", "--no-deps", "--no-build-isolation", "--quiet"]
    subprocess.run(
        [*build, "--wheel-dir", str(tmp_path), str(ROOT)], check=True, capture_output=True
    )
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as opened:
        held = set(opened.namelist())
    wanted = [
        *(ROOT / "aggregator" / "rules").glob("*.toml"),
        *(path for path in (ROOT / "aggregator").rglob("*.py")),
        *(path for path in (ROOT / "aggregator" / "contract").rglob("*.*")),
        *(path for path in (ROOT / "aggregator" / "web").rglob("*.*")),
        *(path for path in (ROOT / "aggregator" / "demo" / "content").rglob("*") if path.is_file()),
    ]
    shipped = (path for path in wanted if path.suffix != ".pyc")
    missing = [str(p.relative_to(ROOT)) for p in shipped if str(p.relative_to(ROOT)) not in held]
    assert missing == []
