"""Names what makes a fingerprint, and refuses to compare fingerprints of two makes.

It stands apart from core.minhash so that a process that only reads and verifies need not import
datasketch.
"""

from collections.abc import Sequence

from aggregator.errors import ProfileMismatch
from aggregator.model import Fingerprint

__all__ = [
    "BANDS",
    "PASSAGE_MODULUS",
    "PASSAGE_SIZE",
    "PERMUTATIONS",
    "PROFILE",
    "ROWS",
    "SCHEME",
    "SEED",
    "SHINGLE_SIZE",
    "SHORT_WORDS",
    "WORDS_KEY",
    "check",
    "key_kind",
    "require_one",
    "words_key",
]

SHINGLE_SIZE = 3
"""Words in a shingle."""

SHORT_WORDS = 40
"""A body of fewer words is short: it is fingerprinted together with its headline."""

BANDS, ROWS = 16, 3
PERMUTATIONS = BANDS * ROWS
SEED = 1
SCHEME = "affine32"

PASSAGE_SIZE = 4
"""Words in a passage shingle."""

PASSAGE_MODULUS = 8
"""One passage shingle in so many becomes a key."""

KEY_BITS = 61
"""Bits of a key below those that say what kind of evidence it stands for."""

WORDS_KEY = 3 << KEY_BITS
"""Keys from here on are those of all words of a text: who shares one has the very same text."""

PROFILE = (
    f"v2 words:{SHINGLE_SIZE} short:{SHORT_WORDS} xxh64 {SCHEME} "
    f"permutations:{PERMUTATIONS} seed:{SEED} bands:{BANDS}x{ROWS} "
    f"passages:{PASSAGE_SIZE}%{PASSAGE_MODULUS} headlines whole"
)
"""Stored beside every fingerprint; the leading version grows when the same words hash anew."""


_KEY_KINDS = ("bands", "passages", "headlines", "texts")


def key_kind(key: int) -> str:
    """What a key is evidence of: "bands", "passages", "headlines" or "texts" (the same words)."""
    return _KEY_KINDS[key >> KEY_BITS]


def check(*fingerprints: Fingerprint) -> None:
    """Raise ProfileMismatch unless all fingerprints were made by one profile."""
    require_one(*(each.profile for each in fingerprints))


def require_one(*profiles: str) -> None:
    """Raise ProfileMismatch unless all profiles are the same."""
    if len(set(profiles)) > 1:
        message = "fingerprints of different profiles: " + "; ".join(sorted(set(profiles)))
        raise ProfileMismatch(message)


def words_key(keys: Sequence[int]) -> int | None:
    """The one of a fingerprint's keys, which ascend, that stands for all its words, if one does."""
    return keys[-1] if keys and keys[-1] >= WORDS_KEY else None
