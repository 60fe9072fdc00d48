"""What flows: the frozen values that one stage hands to the next.

All times are aware datetimes in UTC. Text is clean Unicode (NFC, no NUL, no lone surrogate).
"""

from aggregator.model.articles import (
    Article,
    PhraseRule,
    Rejected,
    Removed,
    SiteRule,
)
from aggregator.model.clusters import (
    CopyLink,
    Fingerprint,
    StoryEvidence,
    StoryLink,
    StoryText,
    Told,
)
from aggregator.model.decisions import Constraints, Decision, Kind, Level
from aggregator.model.entries import (
    Change,
    Entry,
    EntryChange,
    ParsedFeed,
)
from aggregator.model.feeds import (
    Feed,
    FeedSource,
    FeedState,
    FeedStatus,
    Schedule,
    TextSource,
    Validators,
)
from aggregator.model.fetching import (
    Failed,
    Fetched,
    FetchResult,
    Hop,
    HostState,
    NotModified,
    Robots,
)
from aggregator.model.webhooks import Answer, HookEnding, HookEvent, Webhook

__all__ = [
    "Answer",
    "Article",
    "Change",
    "Constraints",
    "CopyLink",
    "Decision",
    "Entry",
    "EntryChange",
    "Failed",
    "Feed",
    "FeedSource",
    "FeedState",
    "FeedStatus",
    "FetchResult",
    "Fetched",
    "Fingerprint",
    "HookEnding",
    "HookEvent",
    "Hop",
    "HostState",
    "Kind",
    "Level",
    "NotModified",
    "ParsedFeed",
    "PhraseRule",
    "Rejected",
    "Removed",
    "Robots",
    "Schedule",
    "SiteRule",
    "StoryEvidence",
    "StoryLink",
    "StoryText",
    "TextSource",
    "Told",
    "Validators",
    "Webhook",
]
