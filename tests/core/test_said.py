"""Sentences keep what they were made of, and are plain texts all the same."""

import copy
import json
import pickle
from datetime import timedelta

from aggregator.core.said import Said


def test_a_sentence_is_its_english_text_and_knows_its_parts() -> None:
    span = timedelta(hours=30)
    said = Said.of("{who}: {times} times in {span}", who="{x}", times=1200, span=span)
    assert said == "{x}: 1,200 times in 30 hours"
    assert said.template == "{who}: {times} times in {span}"
    assert said.values == {"who": "{x}", "times": 1200, "span": span}
    assert json.dumps(said) == '"{x}: 1,200 times in 30 hours"'
    assert (Said("as it is").template, dict(Said("as it is").values)) == ("", {})


def test_copies_know_them_too() -> None:
    said = Said.of("{times} times", times=3)
    for made in (copy.deepcopy(said), pickle.loads(pickle.dumps(said))):  # noqa: S301 - our own
        assert (made, made.template, made.values) == (said, said.template, said.values)
