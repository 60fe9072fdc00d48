"""Decides who wrote an article: never an agency, nor what stands for nobody in a credit."""

from collections.abc import Iterable, Iterator, Sequence

from aggregator.core import agency, people
from aggregator.core.agency import Credit
from aggregator.core.blocks import Line, key
from aggregator.core.metadata import Metadata
from aggregator.model import Entry

__all__ = ["credited", "places"]


def places(
    meta: Metadata,
    bylines: Sequence[str],
    titles: Sequence[str],
    page: Iterable[Line],
    entry: Entry | None,
) -> Iterator[Sequence[str]]:
    """What names authors: what the page says of itself, its lines, the feed."""
    yield meta.authors
    yield people.authors(bylines)
    yield people.near_headline([line.block.text for line in page], titles)
    yield entry.authors if entry else ()


def credited(given: Iterable[Sequence[str]], signed: Credit, meta: Metadata) -> Credit:
    """The persons who wrote it, from the first place that names any, and all agencies.

    Who signed is among them; where there is nobody, the outlet is that the page names.
    """
    agencies = list(signed.agencies)
    names: list[str] = []
    for place in given:
        for each in place:
            credit = agency.sign_off(each) or Credit((), (each,))
            agencies += credit.agencies
            names += (name for name in credit.initials if not _is_nobody(name, meta.sites))
        if names:
            break
    # A sign-off often repeats in initials who the page names in full.
    short = [
        each
        for each in signed.initials
        if not _is_nobody(each, meta.sites)
        and not any(people.are_initials(each, name) for name in names)
    ]
    wrote = tuple(dict.fromkeys((*names, *short)))
    return Credit(tuple(agencies), wrote or _outlet(meta, agencies))


def _is_nobody(name: str, sites: Iterable[str]) -> bool:
    """Whether a name is but a filler, or the outlet's, or its initials ("SZ")."""
    written = key(name).casefold()
    return agency.is_filler(name) or any(
        written in {key(site).casefold(), "".join(word[:1] for word in site.split()).casefold()}
        for site in sites
    )


def _outlet(meta: Metadata, agencies: Sequence[str]) -> tuple[str, ...]:
    """The outlet, where its page names itself as the author and there is nobody else."""
    if agencies:
        return ()
    named = (name for name in meta.authors if not agency.is_filler(name))
    return tuple(name for name in named if agency.sign_off(name) is None)
