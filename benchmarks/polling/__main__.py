"""Compares what polling costs: this program, reader, and bare httpx and feedparser, in one run.

    python -m benchmarks.polling --reader PYTHON [--sizes 200x200,1000x100] [--rounds 1]

PYTHON is the interpreter of an environment that holds reader. Each polls the same feeds of 20
entries from loopback hosts, over plain HTTP and TLS, three times: all new, all unchanged (304),
all changed. Whole processes are measured, with all that they start.
"""

import argparse
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import trustme

from benchmarks.polling.contestants import Bare, Contestant, Ours, Reader
from benchmarks.polling.measure import Cost, adopt_orphans, run
from benchmarks.polling.server import address

_PHASES: Final = ("all new", "all 304", "all changed")


class _Publishers:
    """The server's process, with its addresses and the certificate to trust."""

    def __init__(self, process: "subprocess.Popen[str]", addresses: Sequence[str],
                 authority: str) -> None:  # fmt: skip
        self.process, self.addresses, self.authority = process, addresses, authority

    def turn(self, generation: int) -> None:
        """Bring all feeds into a generation."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(f"{generation}\n")
        self.process.stdin.flush()
        self.process.stdout.readline()


@contextmanager
def _publishers(feeds: int, hosts: int, folder: Path, *, secure: bool) -> Iterator[_Publishers]:
    command = [sys.executable, "-m", "benchmarks.polling.server",
               "--feeds", str(feeds), "--hosts", str(hosts)]  # fmt: skip
    authority = "-"
    if secure:
        authority = str(folder / "authority.pem")
        certificate, key = str(folder / "host.pem"), str(folder / "host.key")
        issuer = trustme.CA()
        issuer.cert_pem.write_to_path(authority)
        issued = issuer.issue_cert(*(address(host) for host in range(hosts)))
        issued.private_key_pem.write_to_path(key)
        for number, blob in enumerate(issued.cert_chain_pems):
            blob.write_to_path(certificate, append=number > 0)
        command += ["--certificate", certificate, "--key", key]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        port = int(process.stdout.readline())
        scheme = "https" if secure else "http"
        addresses = [
            f"{scheme}://{address(number % hosts)}:{port}/{number}" for number in range(feeds)
        ]
        try:
            yield _Publishers(process, addresses, authority)
        finally:
            process.communicate(timeout=30)


def _race(
    contestants: Sequence[Contestant], publishers: _Publishers
) -> dict[tuple[str, str], Cost]:
    """Let each poll three times; all are in one phase before the next begins."""
    for each in contestants:
        each.make_ready()
    costs: dict[tuple[str, str], Cost] = {}
    for step, phase in enumerate(_PHASES):
        publishers.turn(2 if phase == "all changed" else 1)
        for each in contestants:
            costs[each.name, phase] = run(each.update(step), publishers.process)
    return costs


def _contestants(folder: Path, publishers: _Publishers, python: str) -> list[Contestant]:
    folders = [folder / name for name in ("ours", "polite", "bare", "reader")]
    for each in folders:
        each.mkdir()
    addresses, authority = publishers.addresses, publishers.authority
    found: list[Contestant] = [
        Ours(folders[0], addresses, authority),
        Ours(folders[1], addresses, authority, polite=True),
        Bare(folders[2], addresses, authority),
    ]
    return [*found, Reader(folders[3], addresses, authority, python)] if python else found


def _compare(feeds: int, hosts: int, options: argparse.Namespace, *, secure: bool) -> None:
    costs: dict[tuple[str, str], list[Cost]] = {}
    for _ in range(options.rounds):
        with tempfile.TemporaryDirectory() as made:
            folder = Path(made)
            with _publishers(feeds, hosts, folder, secure=secure) as publishers:
                found = _race(_contestants(folder, publishers, options.reader), publishers)
        for key, cost in found.items():
            costs.setdefault(key, []).append(cost)
    over = "TLS" if secure else "plain HTTP"
    print(f"\n{feeds} feeds on {hosts} hosts over {over} (medians of {options.rounds})\n")
    print("| | | CPU s | wall s | CPU, reader = 1 | entries |")
    print("| --- | --- | ---: | ---: | ---: | ---: |")
    for phase in _PHASES:
        peer = costs.get(("reader", phase))
        for (name, of), taken in costs.items():
            if of != phase:
                continue
            cpu = statistics.median(cost.cpu for cost in taken)
            wall = statistics.median(cost.wall for cost in taken)
            ratio = f"{cpu / statistics.median(c.cpu for c in peer):.2f}" if peer else "-"
            print(f"| {phase} | {name} | {cpu:.2f} | {wall:.2f} | {ratio} | {taken[0].said} |",
                  flush=True)  # fmt: skip


def main() -> None:
    """Run all sizes, plain and secure."""
    parser = argparse.ArgumentParser(description="Compare what polling costs.")
    parser.add_argument("--reader", default="", help="interpreter of an environment with reader")
    parser.add_argument("--sizes", default="200x200,1000x100", help="FEEDSxHOSTS, ...")
    parser.add_argument("--rounds", type=int, default=1)
    options = parser.parse_args()
    adopt_orphans()
    for size in options.sizes.split(","):
        feeds, hosts = map(int, size.split("x"))
        for secure in (False, True):
            _compare(feeds, hosts, options, secure=secure)


if __name__ == "__main__":
    main()
