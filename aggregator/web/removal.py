"""Why lines were taken out of an article, in the words of an editor."""

from collections.abc import Callable
from types import MappingProxyType
from typing import Final

from aggregator.web.marking import marked as _

__all__ = ["why_removed"]

_REASONS: Final = MappingProxyType(
    {
        "about the author": _("about the author"),
        "above the headline": _("above the headline"),
        "advertisement": _("advertisement"),
        "affiliate note": _("affiliate note"),
        "agency note": _("agency note"),
        "agency sign-off": _("agency sign-off"),
        "appeal for support": _("appeal for support"),
        "audio or reading aid": _("audio or reading aid"),
        "author note": _("author note"),
        "behind the sign-off": _("behind the sign-off"),
        "bot challenge": _("bot challenge"),
        "broadcast note": _("broadcast note"),
        "byline": _("byline"),
        "caption or credit": _("caption or credit"),
        "consent wall": _("consent wall"),
        "date line": _("date line"),
        "dateline": _("dateline"),
        "embed or consent placeholder": _("embed or consent placeholder"),
        "error page": _("error page"),
        "feedback prompt": _("feedback prompt"),
        "headline": _("headline"),
        "heads nothing": _("heads nothing"),
        "left out by trafilatura": _("left out by trafilatura"),
        "legal page": _("legal page"),
        "live blog furniture": _("live blog furniture"),
        "login wall": _("login wall"),
        "name below a quotation": _("name below a quotation"),
        "newsletter or app prompt": _("newsletter or app prompt"),
        "origin note": _("origin note"),
        "outside the article": _("outside the article"),
        "paywall": _("paywall"),
        "paywall or subscription prompt": _("paywall or subscription prompt"),
        "picture caption": _("picture caption"),
        "picture credit": _("picture credit"),
        "recurs on the site": _("recurs on the site"),
        "reference in brackets": _("reference in brackets"),
        "repeated": _("repeated"),
        "rights notice": _("rights notice"),
        "search results": _("search results"),
        "site rule": _("site rule"),
        "social line": _("social line"),
        "source line": _("source line"),
        "standards prompt": _("standards prompt"),
        "support prompt": _("support prompt"),
        "table of contents": _("table of contents"),
        "teaser": _("teaser"),
        "teaser link": _("teaser link"),
        "teaser list": _("teaser list"),
        "timestamp line": _("timestamp line"),
    }
)
_NAMED: Final = "named "


def why_removed(reason: str, translate: Callable[[str], str]) -> str:
    """A reason for which a line was taken out, translated; one of the operator's own as it is."""
    if reason in _REASONS:
        return translate(_REASONS[reason])
    if reason.startswith(_NAMED):
        return translate(_("in a box named “{name}”")).format(name=reason.removeprefix(_NAMED))
    return reason
