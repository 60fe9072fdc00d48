"""The usual ways to do it: MinHash with union-find for copies, TF-IDF in one pass for stories.

Each is swept over its thresholds, so that it can be given the best of them.
"""

import math
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

__all__ = ["MINHASH", "PEERS", "TFIDF", "Sweep", "minhash", "sweep", "tfidf"]

MINHASH: Final = "MinHash, union-find"
TFIDF: Final = "TF-IDF, single pass"
PEERS: Final = (MINHASH, TFIDF)

_WORD: Final = re.compile(r"\w+")
_PERMUTATIONS: Final = 128
_SHINGLE: Final = 3
_SIMILARITIES: Final = tuple(step / 20 for step in range(2, 19))
_COSINES: Final = (*(step / 40 for step in range(2, 18)), *(step / 20 for step in range(9, 20)))
_WINDOW, _DECAY = 72.0, 0.5

Partition = tuple[int, ...]
Matrix = np.ndarray[Any, np.dtype[Any]]


@dataclass(frozen=True, slots=True)
class Sweep:
    """Texts in the order of the stream, and when they came, in hours; for a worker."""

    peer: str
    texts: tuple[str, ...]
    hours: tuple[float, ...]


def sweep(job: Sweep) -> dict[float, Partition]:
    """For each threshold of a peer, which cluster each text is in; runs in a worker."""
    return minhash(job.texts) if job.peer == MINHASH else tfidf(job.texts, job.hours)


# --- MinHash ---------------------------------------------------------------------------------


def minhash(texts: Sequence[str]) -> dict[float, Partition]:
    """Signatures of word 3-shingles by datasketch; whatever seems as alike is united, all pairs."""
    alike = sorted(_alike(_signatures(texts)), reverse=True)
    parent = list(range(len(texts)))
    found = {}
    at = 0
    for threshold in sorted(_SIMILARITIES, reverse=True):
        while at < len(alike) and alike[at][0] >= threshold:
            _, a, b = alike[at]
            parent[_root(parent, b)] = _root(parent, a)
            at += 1
        found[threshold] = tuple(_root(parent, each) for each in range(len(texts)))
    return dict(sorted(found.items()))


def _signatures(texts: Sequence[str]) -> Matrix:
    from datasketch import MinHash

    empty = MinHash(num_perm=_PERMUTATIONS)
    made = []
    for text in texts:
        sketch = empty.copy()
        if shingles := list(_shingles(_WORD.findall(text.lower()))):
            sketch.update_batch(shingles)
        made.append(sketch.hashvalues)
    return np.array(made)


def _shingles(words: Sequence[str]) -> Iterator[bytes]:
    for at in range(max(1, len(words) - _SHINGLE + 1) if words else 0):
        yield " ".join(words[at : at + _SHINGLE]).encode()


def _alike(signatures: Matrix) -> Iterator[tuple[float, int, int]]:
    """The estimated Jaccard likeness of each pair, and its places, where it is worth a thought."""
    least = min(_SIMILARITIES) * _PERMUTATIONS
    for at in range(len(signatures) - 1):
        equal = np.count_nonzero(signatures[at + 1 :] == signatures[at], axis=1)
        for other in np.flatnonzero(equal >= least):
            yield float(equal[other]) / _PERMUTATIONS, at, at + 1 + int(other)


def _root(parent: list[int], each: int) -> int:
    while parent[each] != each:
        parent[each] = each = parent[parent[each]]
    return each


# --- TF-IDF ----------------------------------------------------------------------------------


def tfidf(texts: Sequence[str], hours: Sequence[float]) -> dict[float, Partition]:
    """Each text joins the cluster whose centroid is most like it, where it is like enough.

    Words in lower case, 1 + ln(count), document frequencies of the whole set known beforehand. A
    cluster's likeness falls to half until it is silent for three days, and then is none: without
    that it is worse.
    """
    vectors, width = _vectors(texts)
    return {each: _single_pass(vectors, hours, width, each) for each in _COSINES}


def _vectors(texts: Sequence[str]) -> tuple[list[tuple[Matrix, Matrix]], int]:
    """Each text as the numbers of its words and their weights, of length 1; how many words."""
    counted = [Counter(_WORD.findall(text.lower())) for text in texts]
    seen = Counter(word for counts in counted for word in counts)
    number = {word: at for at, word in enumerate(seen)}
    made = []
    for counts in counted:
        places = np.array([number[word] for word in counts], dtype=np.int64)
        weights = np.array(
            [
                (1 + math.log(count)) * math.log((1 + len(texts)) / (1 + seen[word]) + 1)
                for word, count in counts.items()
            ]
        )
        made.append((places, (weights / (np.linalg.norm(weights) or 1.0)).astype(np.float32)))
    return made, len(number)


def _single_pass(
    vectors: Sequence[tuple[Matrix, Matrix]], hours: Sequence[float], width: int, threshold: float
) -> Partition:
    sums = np.zeros((width, 64), dtype=np.float32)
    squares, last = np.zeros(len(vectors)), np.zeros(len(vectors))
    chosen, count = [], 0
    for (places, weights), hour in zip(vectors, hours, strict=True):
        dots = weights @ sums[places, :count]
        likeness = dots / np.sqrt(squares[:count]) * _faded(hour - last[:count])
        best = int(np.argmax(likeness)) if count else 0
        if not count or likeness[best] < threshold:
            best, count = count, count + 1
            if count > sums.shape[1]:
                sums = np.concatenate((sums, np.zeros_like(sums)), axis=1)
        squares[best] += 1 + (2 * dots[best] if best < len(dots) else 0)
        sums[places, best] += weights
        last[best] = hour
        chosen.append(best)
    return tuple(chosen)


def _faded(gaps: Matrix) -> Matrix:
    return np.where(gaps > _WINDOW, 0.0, 1 - _DECAY * gaps / _WINDOW)
