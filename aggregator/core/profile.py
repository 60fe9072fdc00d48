"""Names what makes a fingerprint, and refuses to compare fingerprints of two makes.

It stands apart from core.minhash so that a process that only reads and verifies need not import
datasketch.
"""

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
    "check",
    "key_kind",
]

SHINGLE_SIZE = 3
"""Words in a shingle."""

SHORT_WORDS = 40
"""A body of fewer words is short: it is fingerprinted together with its headline."""

BANDS, ROWS = 16, 4
PERMUTATIONS = BANDS * ROWS
SEED = 1
SCHEME = "affine32"

PASSAGE_SIZE = 4
"""Words in a passage shingle."""

PASSAGE_MODULUS = 8
"""One passage shingle in so many becomes a key."""

PROFILE = (
    f"v1 words:{SHINGLE_SIZE} short:{SHORT_WORDS} xxh64 {SCHEME} "
    f"permutations:{PERMUTATIONS} seed:{SEED} bands:{BANDS}x{ROWS} "
    f"passages:{PASSAGE_SIZE}%{PASSAGE_MODULUS} headlines"
)
"""Stored beside every fingerprint; the leading version grows when the same words hash anew."""


KEY_BITS = 61
"""Bits of a key below those that say what kind of evidence it stands for."""

_KEY_KINDS = ("bands", "passages", "headlines", "texts")


def key_kind(key: int) -> str:
    """What a key is evidence of: "bands", "passages", "headlines" or "texts" (the same words)."""
    return _KEY_KINDS[key >> KEY_BITS]


def check(*fingerprints: Fingerprint) -> None:
    """Raise ProfileMismatch unless all fingerprints were made by one profile."""
    profiles = sorted({each.profile for each in fingerprints})
    if len(profiles) > 1:
        message = "fingerprints of different profiles: " + "; ".join(profiles)
        raise ProfileMismatch(message)
