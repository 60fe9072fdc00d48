"""Makes MinHash fingerprints with datasketch, and the keys under which candidates are found.

This is the one home of datasketch (and with it of numpy and scipy), whose import is dear: only
workers that make fingerprints import it. Bands follow Leskovec, Rajaraman, Ullman, "Mining of
Massive Datasets", chapter 3.
"""

from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from typing import Any, Final, Protocol, cast

import numpy as np
from datasketch import MinHash
from xxhash import xxh64_intdigest

from aggregator.core import profile
from aggregator.core.profile import KEY_BITS, PROFILE
from aggregator.core.shingles import body, headlines, passages, runs, tokens
from aggregator.model import Fingerprint

__all__ = ["PROFILE", "estimate", "fingerprint"]

_BAND, _PASSAGE, _HEADLINE, _WORDS = range(4)
_TELLING_RUNS: Final = 8
_LOW_32: Final = 0xFFFFFFFF
_PROFILE_SEED: Final = xxh64_intdigest(PROFILE.encode())


class _Sketch(Protocol):
    """The part of datasketch.MinHash used here; datasketch ships no types."""

    hashvalues: "np.ndarray[Any, np.dtype[np.uint32]]"

    def copy(self) -> "_Sketch": ...
    def update_batch(self, b: Iterator[int]) -> None: ...


def fingerprint(title: str, lead: str, text: str) -> Fingerprint:
    """Sketch an article: signature over its body, keys for its bands, passages and headline.

    A body shorter than profile.SHORT_WORDS is sketched together with its title. An article
    without any word has an empty signature and no keys.
    """
    words = tokens(body(lead, text))
    shingled = runs(words)
    sampled = passages(words, shingled)
    known = headlines(title)
    whole = _words_keys(words, shingled, known)
    if len(words) < profile.SHORT_WORDS:
        shingled = runs(tokens(title) + words)
    signature = _signature(frozenset(shingled))
    keys = {*_band_keys(signature), *_passage_keys(sampled), *_headline_keys(known), *whole}
    return Fingerprint(PROFILE, signature, tuple(sorted(keys)))


def estimate(a: Fingerprint, b: Fingerprint) -> float:
    """Estimate the Jaccard likeness of two articles from their signatures, 0 to 1.

    Raises errors.ProfileMismatch where the fingerprints were made by different profiles.
    """
    profile.check(a, b)
    if not a.signature or not b.signature:
        return 0.0
    left, right = (np.frombuffer(each.signature, dtype="<u4") for each in (a, b))
    return float(np.count_nonzero(left == right)) / profile.PERMUTATIONS


@cache
def _prototype() -> _Sketch:
    """An empty sketch to copy, since drawing the permutations costs as much as using them."""
    made = MinHash(
        num_perm=profile.PERMUTATIONS, seed=profile.SEED, scheme=profile.SCHEME, hashfunc=int
    )
    return cast("_Sketch", made)


def _signature(members: frozenset[int]) -> bytes:
    if not members:
        return b""
    sketch = _prototype().copy()
    sketch.update_batch(member & _LOW_32 for member in members)
    return sketch.hashvalues.astype("<u4").tobytes()


def _band_keys(signature: bytes) -> Iterator[int]:
    width = 4 * profile.ROWS
    for band, start in enumerate(range(0, len(signature), width)):
        yield _key(_BAND, xxh64_intdigest(signature[start : start + width], seed=band))


def _passage_keys(sampled: frozenset[int]) -> Iterator[int]:
    return (_key(_PASSAGE, passage) for passage in sampled)


def _headline_keys(known: Iterable[tuple[str, ...]]) -> Iterator[int]:
    return (_key(_HEADLINE, xxh64_intdigest(" ".join(words).encode())) for words in known)


def _words_keys(
    words: Sequence[str], shingled: Sequence[int], known: Sequence[tuple[str, ...]]
) -> Iterator[int]:
    """The key of the whole text, where another with the same words is sure to be a copy of it.

    Of a short text the headline must be the same too, and there must be one that tells.
    """
    if len(words) >= profile.SHORT_WORDS:
        yield _key(_WORDS, xxh64_intdigest(" ".join(words).encode(), seed=_PROFILE_SEED))
    elif known and len(set(shingled)) >= _TELLING_RUNS:
        every = "\n".join(" ".join(each) for each in (words, *known))
        yield _key(_WORDS, xxh64_intdigest(every.encode(), seed=_PROFILE_SEED))


def _key(kind: int, digest: int) -> int:
    """A key below 2**63 whose two top bits say what kind of evidence it stands for."""
    return kind << KEY_BITS | digest & ((1 << KEY_BITS) - 1)
