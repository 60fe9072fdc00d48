"""Finds the feeds of a site: asks its page, then what that names, then where feeds mostly stand."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from aggregator.core.discovery import Candidate, guesses
from aggregator.core.urls import canonicalise, host
from aggregator.executors.protocol import Executor, WorkerFailed
from aggregator.model import (
    Failed,
    Fetched,
    Hop,
    NotModified,
    ParsedFeed,
    Rejected,
    Validators,
)
from aggregator.net.client import Client
from aggregator.pipeline.work import ParseJob, feeds_named, parse_feed

__all__ = ["MOST_REQUESTS", "Findings", "Found", "LeftOut", "Search"]

MOST_REQUESTS: Final = 12
# A bare host is asked by https first; where that cannot be had, by http.
_NO_HTTPS: Final = frozenset({"refused", "tls", "connection", "timeout", "protocol"})
# After one of these a host is asked nothing more.
_ENOUGH: Final = frozenset(
    {"dns", "refused", "connection", "timeout", "tls", "forbidden_address", "backed_off"}
    | {"http_401", "http_403", "http_429", "http_503"}
)


@dataclass(frozen=True, slots=True)
class Found:
    """A feed that was read: `url` is what to list, `asked` where it was asked for.

    They differ where permanent redirects lead to its new address; `answer` came last, after all
    redirects. `comments` says that it carries readers' comments.
    """

    url: str
    asked: str
    answer: Fetched
    parsed: ParsedFeed
    comments: bool = False

    @property
    def answered(self) -> str:
        """Where it came from, after all redirects."""
        return self.answer.url


@dataclass(frozen=True, slots=True)
class LeftOut:
    """An address that is not offered, and why."""

    url: str
    why: str


@dataclass(frozen=True, slots=True)
class Findings:
    """What a search brought: feeds, the likeliest first.

    `unasked` were named by the page, but there were too many of them. `failure` is why there is
    nothing, else None. `direct` says that the address asked for is itself a feed's.
    """

    feeds: tuple[Found, ...] = ()
    left_out: tuple[LeftOut, ...] = ()
    unasked: tuple[Candidate, ...] = ()
    failure: Failed | Rejected | None = None
    direct: bool = False


@dataclass(slots=True)
class Search:
    """One search, bounded in its requests.

    `tell` hears of each address that is asked, `note` of the requests that each answer took.
    """

    client: Client
    executor: Executor
    note: Callable[[Sequence[Hop]], None]
    tell: Callable[[str], None] = lambda _url: None
    requests_left: int = MOST_REQUESTS
    _asked: set[str] = field(default_factory=set)
    _tired: set[str] = field(default_factory=set)
    _left_out: list[LeftOut] = field(default_factory=list)
    _pages: list[Fetched] = field(default_factory=list)

    async def at(self, urls: Sequence[str]) -> Findings:
        """Look at the first of `urls` that can be reached: a feed's address, or a site's."""
        answer: Fetched | Failed = Failed("", "bad_url", "no address was given", transient=False)
        for url in urls:
            answer = await self._ask(url)
            if not isinstance(answer, Failed) or answer.reason not in _NO_HTTPS:
                break
            # That there is no https there says nothing of http.
            self._tired.discard(host(url))
        if isinstance(answer, Failed):
            return Findings(failure=answer)
        parsed = await self._parsed(answer)
        if isinstance(parsed, ParsedFeed):
            return Findings((_found(url, answer, parsed),), direct=True)
        if not _may_name_feeds(parsed, answer):
            return Findings(failure=parsed)
        return await self._around(answer)

    async def _around(self, page: Fetched) -> Findings:
        """The feeds that a page names, directly or by an overview of them; else the usual places.

        Feeds of comments are asked only where there is nothing else.
        """
        named = await self._named_in(page)
        if isinstance(named, Rejected):
            return Findings(failure=named)
        wanted = [each for each in named if not each.comments]
        feeds = await self._feeds(each for each in wanted if each.origin != "overview")
        if not feeds:
            feeds = await self._in_overviews(each for each in wanted if each.origin == "overview")
        if not feeds:
            feeds = await self._guessed(page.url)
        comments = [each for each in named if each.comments]
        if feeds:
            self._left_out += [LeftOut(each.url, "readers' comments") for each in comments]
        else:
            feeds = await self._feeds(comments)
        return self._findings(page.url, feeds, wanted)

    def _findings(self, url: str, feeds: Sequence[Found], wanted: Iterable[Candidate]) -> Findings:
        unasked = [
            each
            for each in wanted
            if each.origin != "overview" and canonicalise(each.url) not in self._asked
        ]
        unique = self._without_doubles(feeds)
        failure = None
        if not unique:
            rest = "nor where feeds mostly stand"
            if host(url) in self._tired:
                rest = "and its host then turned us away"
            failure = Rejected("parse", "no_feed", f"no feed was found at {url}, {rest}")
        return Findings(unique, tuple(self._left_out), tuple(unasked), failure)

    # --- asking ------------------------------------------------------------------------------

    async def _feeds(self, named: Iterable[Candidate]) -> list[Found]:
        """Ask each for a feed; pages that come instead are kept for a look into them."""
        feeds = []
        for candidate in named:
            if not self._may_ask(candidate.url):
                continue
            answer = await self._ask(candidate.url)
            if isinstance(answer, Failed):
                why = f"{answer.reason}: {answer.detail}"
                self._left_out.append(LeftOut(candidate.url, why))
                continue
            parsed = await self._parsed(answer)
            if isinstance(parsed, ParsedFeed):
                found = _found(candidate.url, answer, parsed)
                feeds.append(replace(found, comments=candidate.comments))
            else:
                if candidate.origin == "link":
                    self._left_out.append(LeftOut(candidate.url, parsed.detail))
                if _may_name_feeds(parsed, answer):
                    self._pages.append(answer)
        return feeds

    async def _in_overviews(self, overviews: Iterable[Candidate]) -> list[Found]:
        """Feeds named by pages that list them, one step away from the first."""
        feeds = await self._feeds(overviews)
        pages, self._pages = self._pages, []
        for page in pages:
            named = await self._named_in(page)
            if not isinstance(named, Rejected):
                known = (each for each in named if each.origin != "overview" and not each.comments)
                feeds += await self._feeds(known)
        return feeds

    async def _guessed(self, url: str) -> list[Found]:
        """The first feed in the usual places; nothing more is asked of a host that has enough."""
        for guess in guesses(url):
            if not self._may_ask(guess):
                continue
            answer = await self._ask(guess)
            if isinstance(answer, Fetched):
                parsed = await self._parsed(answer)
                if isinstance(parsed, ParsedFeed):
                    return [_found(guess, answer, parsed)]
        return []

    def _may_ask(self, url: str) -> bool:
        new = canonicalise(url) not in self._asked
        return new and self.requests_left > 0 and host(url) not in self._tired

    async def _ask(self, url: str) -> Fetched | Failed:
        self.requests_left -= 1
        self._asked.add(canonicalise(url))
        self.tell(url)
        answer = await self.client.feed(url, Validators())
        self.note(answer.hops)
        if isinstance(answer, NotModified):
            return Failed(url, "not_modified", "304 to a request that set no condition")
        if isinstance(answer, Failed) and answer.reason in _ENOUGH:
            self._tired.add(host(answer.url))
        return answer

    # --- understanding -----------------------------------------------------------------------

    async def _parsed(self, answer: Fetched) -> ParsedFeed | Rejected:
        parsed = await self.executor.run(parse_feed, ParseJob(answer))
        return _rejected(parsed) if isinstance(parsed, WorkerFailed) else parsed

    async def _named_in(self, page: Fetched) -> tuple[Candidate, ...] | Rejected:
        named = await self.executor.run(feeds_named, page)
        return _rejected(named) if isinstance(named, WorkerFailed) else named

    def _without_doubles(self, feeds: Iterable[Found]) -> tuple[Found, ...]:
        """Each feed once, however many addresses or formats it comes in; the first named stays."""
        unique: list[Found] = []
        for feed in feeds:
            double = next((other for other in unique if _same(feed, other)), None)
            if double is None:
                unique.append(feed)
            else:
                self._left_out.append(LeftOut(feed.asked, f"the same feed as {double.url}"))
        return tuple(unique)


def _found(asked: str, answer: Fetched, parsed: ParsedFeed) -> Found:
    return Found(answer.moved_to or asked, asked, answer, parsed)


def _may_name_feeds(parsed: Rejected, answer: Fetched) -> bool:
    is_html = "html" in answer.headers.get("content-type", "").lower()
    return parsed.reason == "html" or (parsed.reason == "not_a_feed" and is_html)


def _rejected(failed: WorkerFailed) -> Rejected:
    return Rejected("parse", f"worker_{failed.reason}", failed.detail)


def _same(a: Found, b: Found) -> bool:
    """Whether two answers are one feed: one address, or the same articles under one name."""
    if _addresses(a) & _addresses(b):
        return True
    ours, theirs = _articles(a.parsed), _articles(b.parsed)
    if not ours or not theirs:
        return False
    own_name = a.parsed.topic is not None and a.parsed.topic == b.parsed.topic
    if own_name or a.parsed.title == b.parsed.title:
        return ours <= theirs or theirs <= ours
    return ours == theirs


def _addresses(feed: Found) -> set[str]:
    return {canonicalise(url).rstrip("/") for url in (feed.url, feed.asked, feed.answered)}


def _articles(parsed: ParsedFeed) -> set[str]:
    return {canonicalise(entry.link) if entry.link else entry.key for entry in parsed.entries}
