"""What a disk holds after a power cut, replayed from the system calls that a process made.

What was synced is there. Of what was written after that each piece may be there, be missing, or be
there in part, by sectors and in any order, as disks with a cache of their own leave it. The model
is that of https://www.sqlite.org/atomiccommit.html, chapter 2, without its kinder assumptions.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Final

__all__ = ["TRACED", "Call", "Disk", "calls", "strace"]

TRACED: Final = "pwrite64,write,fsync,fdatasync,ftruncate,unlink,unlinkat,rename"
_SECTOR: Final = 512
_LINE: Final = re.compile(
    r"^(?P<name>\w+)\((?:\d+<(?P<path>[^>]*)>|(?:AT_FDCWD<[^>]*>, )?\"(?P<named>[^\"]*)\")"
    r"(?:, \"(?P<data>(?:\\x[0-9a-f]{2})*)\"(?P<cut>\.\.\.)?)?(?P<numbers>[^)]*)"
    r"\) += (?P<result>-?\d+)"
)


@dataclass(frozen=True, slots=True)
class Call:
    """A call on a file: "write" (`data` at `offset`), "sync", "size" (to `offset`) or "remove"."""

    what: str
    path: str
    offset: int = 0
    data: bytes = b""


def strace(log: Path, files: Iterable[Path]) -> list[str]:
    """The beginning of a command line that notes the calls on `files` in `log`.PID, threads too.

    Their folders are to be among them: their being synced counts.
    """
    paths = [word for each in files for word in ("-P", str(each))]
    shown = ["-y", "-xx", "-s", "1000000", "-e", f"trace={TRACED}", "-e", "signal=none"]
    return ["strace", "-ff", "--seccomp-bpf", "-qq", "-o", str(log), *shown, *paths]


def calls(lines: Iterable[str]) -> Iterator[Call]:
    """Understand what strace noted; raises ValueError where a line has no meaning."""
    at: dict[str, int] = defaultdict(int)
    for line in lines:
        found = _LINE.match(line)
        if found is None or found["cut"]:
            message = f"not understood: {line[:200]}"
            raise ValueError(message)
        if int(found["result"]) >= 0:
            yield from _call(found, at)


def _call(found: re.Match[str], at: dict[str, int]) -> Iterator[Call]:
    name = found["name"]
    path = _plain(found["path"] if found["named"] is None else found["named"])
    numbers = [int(each) for each in re.findall(r"-?\d+", found["numbers"])]
    data = bytes.fromhex((found["data"] or "").replace("\\x", ""))[: int(found["result"])]
    if name == "pwrite64":
        yield Call("write", path, numbers[-1], data)
    elif name == "write":
        yield Call("write", path, at[path], data)
        at[path] += len(data)
    elif name in {"fsync", "fdatasync"}:
        yield Call("sync", path)
    elif name == "ftruncate":
        yield Call("size", path, numbers[-1])
    elif name in {"unlink", "unlinkat"}:
        yield Call("remove", path)


def _plain(path: str) -> str:
    """A path as strace writes it, in hexadecimal or not."""
    if path.startswith("\\x"):
        return bytes.fromhex(path.replace("\\x", "")).decode()
    return path


@dataclass(slots=True)
class Disk:
    """Files as they are on disk for sure, and what was done to them since they were synced."""

    durable: dict[str, bytes] = field(default_factory=dict)
    pending: dict[str, list[Call]] = field(default_factory=lambda: defaultdict(list))

    def take(self, call: Call) -> None:
        """Let a process make a call."""
        if call.what == "sync":
            self.durable = self._files({call.path: self.pending.pop(call.path, [])})
            self._sync_folder(call.path)
        else:
            self.pending[call.path].append(call)

    def _sync_folder(self, folder: str) -> None:
        """Let the removal of files in a folder that is synced be for good."""
        for path, made in list(self.pending.items()):
            removed = max((n for n, each in enumerate(made, 1) if each.what == "remove"), default=0)
            if str(Path(path).parent) == folder and removed:
                self.durable = self._files({path: made[:removed]})
                self.pending[path] = made[removed:]

    def whole(self) -> dict[str, bytes]:
        """The files as processes see them, had there been no power cut."""
        return self._files({path: list(made) for path, made in self.pending.items()})

    def cut(self, chance: Random) -> dict[str, bytes]:
        """The files after a power cut in this moment."""
        share = chance.choice((0.0, 0.1, 0.5, 0.9, 1.0))
        survived = {
            path: [part for call in made for part in _torn(call, chance, share)]
            for path, made in self.pending.items()
        }
        return self._files(survived)

    def _files(self, made: Mapping[str, Sequence[Call]]) -> dict[str, bytes]:
        found = dict(self.durable)
        for path, each in made.items():
            content = _applied(found.pop(path, None), each)
            if content is not None:
                found[path] = content
        return found


def _applied(before: bytes | None, made: Iterable[Call]) -> bytes | None:
    """What a file holds after some calls; None where it is not there."""
    content = None if before is None else bytearray(before)
    for call in made:
        if call.what == "remove":
            content = None
            continue
        content = bytearray() if content is None else content
        end = call.offset + len(call.data)
        content.extend(bytes(max(0, end - len(content))))
        if call.what == "size":
            del content[call.offset :]
        else:
            content[call.offset : end] = call.data
    return None if content is None else bytes(content)


def _torn(call: Call, chance: Random, share: float) -> Iterator[Call]:
    """What is left of a call, of which each piece is on disk with a probability of `share`."""
    if call.what != "write":
        if chance.random() < share:
            yield call
        return
    whole = chance.random()
    if whole < share * 0.8:
        yield call
    elif whole > 1 - (1 - share) * 0.8:
        return
    else:
        for start in range(0, len(call.data), _SECTOR):
            if chance.random() < share:
                yield Call("write", call.path, call.offset + start, call.data[start:][:_SECTOR])
