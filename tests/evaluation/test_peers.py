"""The usual ways to do it, on texts for which their outcome can be told beforehand."""

from random import Random

import pytest
from datasketch import MinHash

from aggregator.evaluation.clustering.peers import MINHASH, PEERS, Sweep, minhash, sweep, tfidf

WORDS = [f"wort{n}" for n in range(400)]
FERRY = "the ferry ran aground near the quay and forty people were brought ashore"
STRIKE = "drivers walked out over pay and night shifts on monday"


def text(seed: int, words: int = 200) -> list[str]:
    return Random(seed).choices(WORDS, k=words)


def test_minhash_unites_what_seems_alike_and_less_the_higher_its_threshold() -> None:
    original = text(1)
    texts = [" ".join(each) for each in (original, original[:150], original[150:], text(2))]
    found = minhash(texts)
    assert found[0.1] == (found[0.1][0],) * 3 + (found[0.1][3],), "two parts meet over the whole"
    assert found[0.1][3] != found[0.1][0]
    assert len(set(found[0.9])) == 4
    sizes = [len(set(labels)) for _, labels in sorted(found.items())]
    assert sizes == sorted(sizes)


def test_minhash_is_datasketch_as_it_is_used() -> None:
    words = text(3)
    texts = [" ".join(words), " ".join(words[:120])]
    sketches = []
    for each in texts:
        sketch = MinHash(num_perm=128)
        parts = each.split()
        for at in range(len(parts) - 2):
            sketch.update(" ".join(parts[at : at + 3]).encode())
        sketches.append(sketch)
    estimate = sketches[0].jaccard(sketches[1])
    for threshold, labels in minhash(texts).items():
        assert (len(set(labels)) == 1) is (estimate >= threshold)


def test_tf_idf_joins_what_shares_words() -> None:
    texts = [FERRY, STRIKE, f"forty people brought ashore: {FERRY}", f"{STRIKE} again"]
    found = tfidf(texts, (0.0,) * 4)
    assert found[0.3] == (0, 1, 0, 1)
    assert found[0.95] == (0, 1, 0, 2)


def test_tf_idf_forgets_a_cluster_after_three_days() -> None:
    found = tfidf([FERRY, STRIKE, FERRY, FERRY], (0.0, 0.0, 71.0, 72.0 + 72.0))
    assert found[0.45] == (0, 1, 0, 2)
    assert found[0.55] == (0, 1, 2, 3), "its likeness has fallen to half"


@pytest.mark.parametrize("peer", PEERS)
def test_texts_without_words_are_clusters_of_their_own_or_one(peer: str) -> None:
    for labels in sweep(Sweep(peer, ("", FERRY, "..."), (0.0, 0.0, 0.0))).values():
        assert labels[1] not in {labels[0], labels[2]}
    assert sweep(Sweep(MINHASH, (), ()))[0.5] == ()
