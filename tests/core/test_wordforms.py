"""Stems of words, by however many threads at once."""

import sys
from concurrent.futures import ThreadPoolExecutor

from aggregator.core.wordforms import stem


def test_threads_stem_as_one_does() -> None:
    """A stemmer has the word in itself: shared by threads it gave stems of none, or failed."""
    found = ["universitaria", "naționalizarea", "frumusețe", "cetățenilor", "mergând", "izolați"]
    alone = [stem(word, "ro", noun=False) for word in found]
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        with ThreadPoolExecutor(8) as threads:
            asked = [threads.submit(stem, word, "ro", noun=False) for word in found * 300]
            assert [each.result() for each in asked] == alone * 300
    finally:
        sys.setswitchinterval(before)
