"""The command group: which commands there are, and how each of them ends."""

import errno

import click

from aggregator.cli.adding import add
from aggregator.cli.articles import article
from aggregator.cli.backups import backup, restore
from aggregator.cli.boilerplate import boilerplate
from aggregator.cli.checking import check
from aggregator.cli.clustering import cluster
from aggregator.cli.contract import query, schema
from aggregator.cli.deciding import apart, hide, pin, rename, split, together, undo
from aggregator.cli.decisions import decisions
from aggregator.cli.digesting import digest
from aggregator.cli.evaluating import evaluate
from aggregator.cli.evaluating_clusters import clustering
from aggregator.cli.evaluating_decisions import decisions as evaluate_decisions
from aggregator.cli.evaluating_search import search as evaluate_search
from aggregator.cli.explaining import why
from aggregator.cli.exporting import export
from aggregator.cli.extracting import extract
from aggregator.cli.feeds import feeds
from aggregator.cli.following import follow
from aggregator.cli.health import health, metrics
from aggregator.cli.maintaining import maintain
from aggregator.cli.manners import manners
from aggregator.cli.opml import import_feeds
from aggregator.cli.polling import demo, poll
from aggregator.cli.publishing import publish
from aggregator.cli.rebuilding import rebuild
from aggregator.cli.reextracting import reextract
from aggregator.cli.searches import search, searches
from aggregator.cli.serving import datasette_metadata, desk, mcp
from aggregator.cli.stories import stories, story
from aggregator.cli.text import complain
from aggregator.cli.users import user
from aggregator.cli.webhooks import webhooks
from aggregator.errors import AggregatorError
from aggregator.storage.database import SqliteError

__all__ = ["main"]

_INTERRUPTED = 130


class _Ending(click.Group):
    """Ends every command well: our errors are one line and a documented exit code."""

    def invoke(self, ctx: click.Context) -> object:
        """Run the command; commands are listed in the order in which they are added."""
        try:
            return super().invoke(ctx)
        except AggregatorError as error:
            from aggregator.daemon import exit_code

            complain(f"aggregator: {error}")
            ctx.exit(exit_code(error))
        except SqliteError as error:
            complain(f"aggregator: the database failed: {error}")
            ctx.exit(1)
        except OSError as error:
            if error.errno == errno.EPIPE:
                raise  # click ends silently: whoever read our output has had enough
            complain(f"aggregator: {_told(error)}")
            ctx.exit(1)
        except KeyboardInterrupt:
            complain("aggregator: interrupted")
            ctx.exit(_INTERRUPTED)

    def list_commands(self, ctx: click.Context) -> list[str]:
        """In the order in which they are added, which is that of use."""
        del ctx
        return list(self.commands)


def _told(error: OSError) -> str:
    """What the system refused, and of which file; what has no name is our output."""
    if error.strerror is None:
        return str(error)
    return f"{error.filename or 'standard output'}: {error.strerror}"


_EPILOG = """\b
Begin:
  aggregator poll             poll the feeds in feeds.yaml into news.db
  aggregator stories          see what came
\b
Exit codes:
    0  done
    1  nothing could be done: no such story, unusable database, every feed failed
    2  wrong usage, configuration or input
   75  another run holds the lock
  130  interrupted
"""


@click.group(cls=_Ending, epilog=_EPILOG, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="aggregator")
def main() -> None:
    """Collect news, clean its text, and tell copies from independent reports.

    Everything is kept in one SQLite file. "aggregator COMMAND --help" shows each command with an
    example.
    """


for _command in (
    poll, stories, story, article, search, searches, follow,
    why, together, apart, split, pin, rename, hide, undo,
    decisions, feeds, manners, add, import_feeds, check, health, query, schema,
    export, publish,
    desk, user, mcp, datasette_metadata,
    webhooks, digest,
    maintain, backup, restore, metrics,
    reextract, rebuild, boilerplate, demo, extract, cluster, evaluate,
):  # fmt: skip
    main.add_command(_command)
evaluate.add_command(clustering)
evaluate.add_command(evaluate_decisions)
evaluate.add_command(evaluate_search)
