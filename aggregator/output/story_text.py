"""What a story says as an item of a feed: each text once, with the outlets that carry it."""

import html
from collections.abc import Iterator

from aggregator.output.syndication import Report, StoryItem, Text, printable, web_address

__all__ = ["as_html", "as_plain", "figures"]


def as_html(item: StoryItem) -> str:
    """The story as HTML; all that came from outside is escaped, and links lead to the web only."""
    return "\n".join([f"<p>{figures(item)}</p>", *_blocks(item)])


def as_plain(item: StoryItem) -> str:
    """The same as plain text, a line for each thing and an empty one between texts."""
    return "\n\n".join([figures(item), *("\n".join(_lines(text)) for text in item.texts)])


def figures(item: StoryItem) -> str:
    """How many report it, in words: "3 outlets, 5 articles, 2 independent texts"."""
    return ", ".join(
        (
            _counted(item.outlet_count, "outlet"),
            _counted(item.article_count, "article"),
            _counted(item.text_count, "independent text"),
        )
    )


def _counted(number: int, what: str) -> str:
    return f"{number} {what if number == 1 else what + 's'}"


def _blocks(item: StoryItem) -> Iterator[str]:
    for text in item.texts:
        first, *others = text.reports
        yield f"<h3>{_link(first, first.title)}</h3>\n<p>{_escaped(_source(text, first))}</p>"
        if text.lead:
            yield f"<p>{_escaped(text.lead)}</p>"
        carried = [_link(each, each.outlet) for each in others]
        if carried or text.more:
            yield f"<p>{_also(carried, text.more)}</p>"
    if left := item.text_count - len(item.texts):
        yield f"<p>And {_counted(left, 'more text')}.</p>"


def _lines(text: Text) -> Iterator[str]:
    first, *others = text.reports
    yield first.title
    yield _source(text, first)
    if text.lead:
        yield text.lead
    if others or text.more:
        yield _also([each.outlet for each in others], text.more)


def _source(text: Text, first: Report) -> str:
    return f"{first.outlet}, credits {text.agency}" if text.agency else first.outlet


def _also(outlets: list[str], more: int) -> str:
    rest = [_counted(more, "more article")] if more else []
    return f"The same text: {', '.join([*outlets, *rest])}"


def _link(report: Report, words: str) -> str:
    address = web_address(report.url)
    shown = _escaped(words)
    return shown if address is None else f'<a href="{_escaped(address)}">{shown}</a>'


def _escaped(text: str) -> str:
    return html.escape(printable(text), quote=True)
