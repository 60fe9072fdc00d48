"""Weighs the words of an article by how much they can say about the event it reports."""

import math
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Final

from aggregator.core import stopwords
from aggregator.core.shingles import body
from aggregator.model import StoryDocument

__all__ = ["document", "weigh"]

_BODY_WORDS: Final = 150
_HEADLINE, _LEAD_WORDS = 3.0, 40
_WORD: Final = re.compile(r"\w+(?:(?<=\d)[.,:]\d+)*")
