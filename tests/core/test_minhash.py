"""Fingerprints estimate likeness, stay the same for ever, and refuse strangers."""

import random
from dataclasses import replace
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.core.minhash import estimate, fingerprint
from aggregator.core.profile import BANDS, PERMUTATIONS, PROFILE, SHORT_WORDS
from aggregator.core.shingles import jaccard, shingles
from aggregator.errors import ProfileMismatch

GOLDEN_TITLE = "Verkehr: Bürgermeisterin eröffnet die neue Brücke"
GOLDEN_TEXT = " ".join(f"Das {n}. Wort steht an seinem Platz." for n in range(40))


def text(seed: int, words: int = 400) -> str:
    chance = random.Random(seed)
    return " ".join(f"wort{chance.randrange(10**5)}" for _ in range(words))


@pytest.mark.parametrize("kept", [0.0, 0.2, 0.5, 0.8, 0.95, 1.0])
def test_the_estimate_is_close_to_the_exact_likeness(kept: float) -> None:
    errors = []
    for seed in range(10):
        words = text(seed).split()
        border = int(kept * len(words))
        other = " ".join(words[:border] + text(seed + 1_000).split()[border:])
        exact = jaccard(shingles(" ".join(words)), shingles(other))
        made = estimate(fingerprint("", "", " ".join(words)), fingerprint("", "", other))
        errors.append(made - exact)
    # The standard error of one estimate is at most .5 / sqrt(48) = .072.
    assert max(map(abs, errors)) < 0.2
    assert abs(sum(errors) / len(errors)) < 0.06


def test_profiles_do_not_mix() -> None:
    made = fingerprint("", "", text(1))
    assert made.profile == PROFILE
    with pytest.raises(ProfileMismatch, match="older"):
        estimate(made, replace(made, profile="older"))


@given(st.text(), st.text(), st.text())
def test_keys_are_sorted_and_fit_the_database(title: str, lead: str, body: str) -> None:
    keys = fingerprint(title, lead, body).keys
    assert list(keys) == sorted(set(keys))
    assert all(0 <= key < 2**63 for key in keys)


def test_signatures_are_stable() -> None:
    """A change here needs a new version in the profile: what is kept would not fit any more."""
    made = fingerprint(GOLDEN_TITLE, "", GOLDEN_TEXT)
    keys = " ".join(map(str, made.keys))
    assert PROFILE.startswith("v2 ")
    assert sha256(made.signature).hexdigest()[:16] == "35469c6068155368"
    assert sha256(keys.encode()).hexdigest()[:16] == "0069d4db973afd55"


def test_a_text_without_words_has_neither_signature_nor_keys() -> None:
    made = fingerprint("", "", " ... ")
    assert (made.signature, made.keys) == (b"", ())
    assert estimate(made, made) == 0
    assert estimate(made, fingerprint("", "", text(1))) == 0


def test_a_long_body_is_sketched_without_its_title() -> None:
    one, other = (fingerprint(title, "", text(1)) for title in ("Ein Titel", "Der andere Titel"))
    assert one.signature == other.signature
    assert len(one.signature) == 4 * PERMUTATIONS


def test_a_short_body_is_sketched_with_its_title() -> None:
    short = " ".join(text(1).split()[: SHORT_WORDS - 1])
    assert fingerprint("Ein", "", short).signature != fingerprint("Zwei", "", short).signature


def test_copies_share_keys_and_strangers_none() -> None:
    whole = text(5, 600)
    part = " ".join(whole.split()[200:380])
    one, other, stranger = (set(fingerprint("", "", each).keys) for each in (whole, part, text(6)))
    assert len(one) >= BANDS
    assert one & other
    assert not one & stranger


def test_the_same_headline_at_another_outlet_is_a_key() -> None:
    title = "Bürgermeisterin eröffnet neue Brücke"
    one, other = fingerprint(title, "", text(1)), fingerprint(f"Ort: {title}", "", text(2))
    assert len(set(one.keys) & set(other.keys)) == 1
