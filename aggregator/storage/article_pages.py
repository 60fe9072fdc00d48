"""One article as an editor looks at it: in its lines, with what was taken out and what is decided.

All is read of one article and its site by their indexes, and of everything so much as one page
can show.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from aggregator.core.forms import Form, Kin, form, likeness
from aggregator.core.furniture import LEARNT
from aggregator.core.mending import Mended, whole
from aggregator.model import Removed
from aggregator.storage import copies, furniture, readers, versions
from aggregator.storage.copies import CopyMember
from aggregator.storage.database import Database
from aggregator.storage.furniture import Listed
from aggregator.storage.readers import ArticleDetail, StoryRow
from aggregator.storage.versions import Version

__all__ = ["ArticlePage", "article_page"]

_MOST_VERSIONS: Final = 20


@dataclass(frozen=True, slots=True)
class ArticlePage:
    """One article with all that its page shows.

    `lines` are those of lead and text, with the reason "", and those that were taken out with why,
    in their order on the page. `known` is what is learnt of a line of them, or decided, by its
    place in `lines`. `versions` are the newest, in order; there are as many as the last one's
    number says. `member` has the figures of a copy.
    """

    detail: ArticleDetail
    site: str
    lines: tuple[Removed, ...]
    known: Mapping[int, Listed]
    gone_at: datetime | None
    versions: tuple[Version, ...]
    member: CopyMember | None
    story: StoryRow | None


def article_page(db: Database, article_id: int) -> ArticlePage | None:
    """One article as its page shows it; None where there is none of that number."""
    detail = readers.article(db, article_id)
    if detail is None:
        return None
    site, places = db.rows("SELECT site, places FROM article WHERE id = ?", (article_id,))[0]
    state = Mended(detail.lead, detail.text, tuple(json.loads(places)), detail.removed)
    lines = whole(state)
    story_id = detail.article.story_id
    return ArticlePage(
        detail=detail,
        site=site,
        lines=lines,
        known=_known(db, site, lines),
        gone_at=versions.taken_back(db, article_id),
        versions=tuple(versions.of_article(db, article_id, newest=_MOST_VERSIONS)),
        member=copies.member(db, article_id),
        story=None if story_id is None else readers.story_row(db, story_id),
    )


def _known(db: Database, site: str, lines: Sequence[Removed]) -> dict[int, Listed]:
    """What is known of the lines: of those that were learnt anything, of others what is decided."""
    forms = {at: form(line.text) for at, line in enumerate(lines)}
    learnt = {forms[at] for at, line in enumerate(lines) if line.reason == LEARNT}
    near = _Nearest(furniture.concerning(db, site, learnt))
    found = {
        at: near.of(words, decided=lines[at].reason != LEARNT)
        for at, words in forms.items()
        if words and lines[at].reason in {"", LEARNT}
    }
    return {at: each for at, each in found.items() if each is not None}


class _Nearest:
    """Finds what is known of a line: of forms that are near the nearest, of two the decided one."""

    def __init__(self, known: Sequence[tuple[Form, Listed]]) -> None:
        self._known = dict(known)
        self._decided = Kin(form for form, each in known if each.state != "learnt")
        self._all = Kin(self._known)

    def of(self, wanted: Form, *, decided: bool) -> Listed | None:
        kin = (self._decided if decided else self._all).of(wanted)
        best = max(kin, key=lambda each: self._rank(wanted, each), default=None)
        return None if best is None else self._known[best]

    def _rank(self, wanted: Form, near: Form) -> tuple[bool, float, bool]:
        state = self._known[near].state
        return state != "learnt", likeness(wanted, near), state == "rejected"
