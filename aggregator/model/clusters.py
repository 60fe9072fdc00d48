"""Copies and stories as values: fingerprints, links and the documents of stories."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

__all__ = [
    "CopyLink",
    "Fingerprint",
    "StoryDocument",
    "StoryLink",
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


@dataclass(frozen=True, slots=True)
class StoryDocument:
    """What the story level looks at: one article's weighted terms and its time.

    `terms` maps a folded term to how often it counts (headline terms count more).
    """

    id: int
    language: str | None
    published_at: datetime
    terms: Mapping[str, float]
    title: str = ""
    outlet: str = ""


@dataclass(frozen=True, slots=True)
class StoryLink:
    """Evidence that a copy group belongs to a story: likeness from 0 to 1 and shared terms."""

    story_id: int
    likeness: float
    shared: tuple[str, ...]
