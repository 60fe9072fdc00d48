"""Copies and stories as values: fingerprints, links and what stories are formed of."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

__all__ = [
    "CopyLink",
    "Fingerprint",
    "StoryEvidence",
    "StoryLink",
    "StoryText",
    "Told",
]


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """A text's MinHash signature with the keys under which candidates are looked up.

    `profile` names what made it (shingles, permutations, seed, scheme); `signature` is the
    packed hash values, little-endian; `keys` are band and passage keys, below 2**63.
    """

    profile: str
    signature: bytes
    keys: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class CopyLink:
    """Verified evidence that two articles (smaller id first) carry one text.

    `jaccard` and `containment` (of the shorter in the longer) are exact shares of word shingles.
    """

    a: int
    b: int
    jaccard: float
    containment: float
    rule: str

    def between(self, a: int, b: int) -> "CopyLink":
        """The same evidence between two others."""
        return replace(self, a=min(a, b), b=max(a, b))


@dataclass(frozen=True, slots=True)
class StoryText:
    """What the story level sees of a copy group, as if it were one text.

    `vector` maps each telling term to its weight, of length 1; `first_at` and `last_at` are when
    its articles were published; `title` and `outlet` are of the first one.
    """

    id: int
    language: str | None
    first_at: datetime
    last_at: datetime
    vector: Mapping[str, float]
    title: str = ""
    outlet: str = ""


@dataclass(frozen=True, slots=True)
class Told:
    """What an article says, as it is kept."""

    title: str
    lead: str
    text: str


@dataclass(frozen=True, slots=True)
class StoryLink:
    """How alike two copy groups (smaller id first) are as reports on one event, 0 to 1."""

    a: int
    b: int
    likeness: float


@dataclass(frozen=True, slots=True)
class StoryEvidence:
    """Why a copy group is in its story: the group of the story that it is most like, and by what.

    `rule` is "terms", or "decision" where it is like none of the others and only what an editor
    decided holds it there: then there is no `partner` and no likeness.
    """

    rule: str
    partner: int | None = None
    likeness: float | None = None
    shared: tuple[str, ...] = ()
