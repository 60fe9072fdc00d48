"""Which keys find copies: shingles, permutations, bands and passages, measured on planted copies.

On the half of the sets that is developed on. A copy counts as found where it shares a key with the
article that it was made from; what else shares one is compared in vain.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from random import Random
from typing import Any, Final

import numpy as np
from datasketch import MinHash
from xxhash import xxh64_intdigest

from aggregator.config import default_paths
from aggregator.core.shingles import headlines, passages, runs, tokens
from aggregator.evaluation.clustering import furnishing, planting, sets
from aggregator.evaluation.clustering.planting import Planted
from aggregator.evaluation.corpora import Half

__all__ = ["compare"]

_LOW_32: Final = 0xFFFFFFFF
_SHARES: Final = (10, 20, 30, 50, 100)
_SHORT_WORDS, _SHORT_REPLACED = 40, 0.15


@dataclass(frozen=True, slots=True)
class _Variant:
    """Bands of rows, over shingles of so many words, and passages of so many words, sampled."""

    bands: int = 16
    rows: int = 3
    shingle: int = 3
    passage: int = 4
    modulus: int = 8

    @property
    def name(self) -> str:
        bands = f"{self.bands}x{self.rows} over {self.shingle}-word shingles" if self.bands else ""
        sampled = f"{self.passage}-word passages % {self.modulus}" if self.modulus else ""
        return " + ".join(filter(None, (bands, sampled)))

    def keys(self, words: Sequence[str]) -> set[object]:
        """All keys of a text."""
        found: set[object] = set()
        if self.modulus:
            found |= passages(words, runs(words), self.passage, self.modulus)
        if self.bands:
            values = _sketch(runs(words, self.shingle), self.bands * self.rows)
            edges = range(0, len(values) + 1, self.rows)
            found |= {(a, xxh64_intdigest(values[a:b].tobytes())) for a, b in pairwise(edges)}
        return found


_VARIANTS: Final = (
    _Variant(16, 3),
    _Variant(16, 4),
    _Variant(8, 4),
    _Variant(16, 3, shingle=2),
    _Variant(16, 3, shingle=4),
    _Variant(16, 3, passage=3),
    _Variant(16, 3, passage=5),
    _Variant(16, 3, modulus=4),
    _Variant(16, 3, modulus=12),
    _Variant(16, 3, modulus=16),
    _Variant(0),
    _Variant(16, 3, modulus=0),
    _Variant(16, 4, modulus=0),
    _Variant(32, 4, modulus=0),
)


def _sketch(shingled: Sequence[int], permutations: int) -> "np.ndarray[Any, np.dtype[Any]]":
    made = MinHash(num_perm=permutations, seed=1, scheme="affine32", hashfunc=int)
    made.update_batch({each & _LOW_32 for each in shingled})
    return np.asarray(made.hashvalues)


def compare() -> None:
    """Print one line of a table for each variant; the first is the one in use."""
    folder = default_paths().corpora / "clustering"
    outlets = furnishing.outlets(folder.parent / "extraction", "de")
    articles = sets.documents(sets.find(folder, "gnad10k-test"))
    every = planting.plant(articles, outlets, every=4, seed=1)
    planted = [each for each in every if each.document.half is Half.DEVELOPED]
    texts = [tokens(each.document.text) for each in planted]
    shares = " | ".join(f"{share}% kept" for share in _SHARES)
    print(f"| keys | keys an article | in vain | {shares} | 40 words, 15% replaced |")
    print("| --- |" + " ---: |" * (len(_SHARES) + 3))
    for variant in _VARIANTS:
        print(_line(variant, planted, texts), flush=True)


def _line(variant: _Variant, planted: Sequence[Planted], texts: Sequence[list[str]]) -> str:
    titled = (headlines(each.document.title) for each in planted)
    keys = [variant.keys(text) | set(title) for text, title in zip(texts, titled, strict=True)]
    having = defaultdict[object, list[int]](list)
    for at, found in enumerate(keys):
        for key in found:
            having[key].append(at)
    near = [
        {other for key in found for other in having[key]} - {at} for at, found in enumerate(keys)
    ]
    label = [each.document.label for each in planted]
    vain = sum(label[a] != label[b] for a, others in enumerate(near) for b in others)
    origin = {label[at]: at for at, each in enumerate(planted) if each.kept is None}
    hits = {
        share: [origin[label[at]] in near[at] for at, e in enumerate(planted) if e.kept == share]
        for share in _SHARES
    }
    recalls = " | ".join(f"{100 * sum(each) / len(each):.1f}" for each in hits.values())
    size, lost = sum(map(len, keys)) / len(keys), vain / len(keys)
    return (
        f"| {variant.name} | {size:.0f} | {lost:.1f} | {recalls} | {_short(variant, texts):.1f} |"
    )


def _short(variant: _Variant, texts: Sequence[list[str]]) -> float:
    """How many of 100 notes of 40 words are found by one in which words were replaced."""
    chance = Random(1)  # noqa: S311 - it is to be the same again
    found = []
    for text in texts:
        if len(text) >= _SHORT_WORDS:
            note = text[:_SHORT_WORDS]
            other = [
                chance.choice(text) if chance.random() < _SHORT_REPLACED else word for word in note
            ]
            found.append(bool(variant.keys(note) & variant.keys(other)))
    return 100 * sum(found) / len(found)
