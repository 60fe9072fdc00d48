"""How one feed is written in feeds.yaml, in characters: where to edit it and nothing else."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate
from typing import Final, Self, TypeGuard

import yaml

from aggregator.config.nodes import compose, flow, written_pair

__all__ = ["Edit", "Written"]

Edit = tuple[int, int, str]
"""From which character to which, and what is to stand there instead."""

_BLANK: Final = " \t\r\n"


@dataclass(frozen=True, slots=True)
class Written:
    """The item of one feed in `text`; `starts` are the characters at which lines begin.

    `flow` says that the list around it stands in brackets.
    """

    text: str
    node: yaml.MappingNode
    starts: tuple[int, ...]
    flow: bool

    @classmethod
    def of(cls, text: str, index: int) -> Self:
        """The feed at `index` in the list; raises LookupError where it has no text of its own."""
        items = _list(compose(text))
        node = items.value[index]
        if not _is_mapping(node):
            raise LookupError
        lines = (len(line) for line in text.splitlines(keepends=True))
        starts = tuple(accumulate(lines, initial=0))
        return cls(text, node, starts, bool(items.flow_style))

    def says(self, name: str) -> bool:
        """Whether it has a key of its own called `name`."""
        return any(key.value == name for key, _ in self.node.value)

    def said_anew(self, name: str, *, new: object) -> Edit:
        """Another value for the key `name`; raises LookupError where it has none of its own."""
        _, value = self._pair(name)
        in_block = written_pair(name, new).removeprefix(f"{name}: ")
        text = flow(new) if self.node.flow_style else in_block
        return (self._at(value.start_mark), self._at(value.end_mark), text)

    def one_more(self, behind: str, new: str) -> Edit:
        """One more pair behind that of the key `behind`."""
        key, value = self._pair(behind)
        end = self._at(value.end_mark)
        if self.node.flow_style:
            return (end, end, f", {new}")
        end = self._line_end(end)
        newline = "\r\n" if "\r\n" in self.text else "\n"
        return (end, end, f"{newline}{' ' * key.start_mark.column}{new}")

    def without(self, name: str) -> Edit:
        """No such pair: its line goes, or where it shares that, its value becomes false."""
        key, value = self._pair(name)
        start, end = self._at(key.start_mark), self._at(value.end_mark)
        line, behind = self.starts[key.start_mark.line], self._line_end(end)
        if self.text[line:start].strip() or self.text[end:behind].strip():
            return (self._at(value.start_mark), end, "false")
        return (line, self._next_line(behind), "")

    def taken_out(self) -> Edit:
        """All of it gone, with its dash, or with a comma beside it."""
        start, end = self._at(self.node.start_mark), max(self._ends(self.node))
        if self.flow:
            return self._without_comma(start, end)
        line = self.node.start_mark.line
        while "-" not in self.text[self.starts[line] : start]:
            line -= 1  # the dash may stand alone above its item
        begin = self.starts[line]
        behind = self._next_line(self._line_end(end))
        # Of the blank lines that parted it from its neighbours one is enough.
        above = self.starts[line - 1] if line else begin
        left_blank = not self.text[behind : self._line_end(behind)].strip()
        if line and left_blank and not self.text[above:begin].strip():
            begin = above
        return (begin, behind, "")

    def _without_comma(self, start: int, end: int) -> Edit:
        behind = self._skipped(end)
        if self.text[behind : behind + 1] == ",":
            return (start, self._skipped(behind + 1), "")
        before = len(self.text[:start].rstrip(_BLANK))
        return (before - 1 if self.text[before - 1] == "," else start, end, "")

    def _skipped(self, at: int) -> int:
        return len(self.text) - len(self.text[at:].lstrip(_BLANK))

    def _pair(self, name: str) -> tuple[yaml.Node, yaml.Node]:
        for key, value in self.node.value:
            if key.value == name:
                return key, value
        raise LookupError

    def _ends(self, node: yaml.Node) -> Iterator[int]:
        """Where its parts end; what holds them in a block ends only where the next one begins."""
        if not isinstance(node, yaml.CollectionNode) or node.flow_style:
            yield self._at(node.end_mark)
        elif isinstance(node, yaml.MappingNode):
            for key, value in node.value:
                yield from (*self._ends(key), *self._ends(value))
        else:
            for each in node.value:
                yield from self._ends(each)

    def _at(self, mark: yaml.Mark) -> int:
        return self.starts[mark.line] + mark.column

    def _line_end(self, at: int) -> int:
        """Before the break of the line on which something ends; a block text ends behind it."""
        if at in self.starts and at and self.text[at - 1] in "\r\n":
            at -= 1
        ends = (found for mark in "\r\n" if (found := self.text.find(mark, at)) >= 0)
        return min(ends, default=len(self.text))

    def _next_line(self, at: int) -> int:
        """The beginning of the line behind the break at `at`."""
        return next((start for start in self.starts if start > at), len(self.text))


def _is_mapping(node: yaml.Node) -> TypeGuard[yaml.MappingNode]:
    return isinstance(node, yaml.MappingNode)


def _list(root: yaml.Node | None) -> yaml.SequenceNode:
    if isinstance(root, yaml.MappingNode):
        for key, value in root.value:
            if key.value == "feeds" and isinstance(value, yaml.SequenceNode):
                return value
    raise LookupError
