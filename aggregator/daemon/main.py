"""The command line of scheduler.py: once for cron, for ever as a daemon."""

import logging
import os
import sys
from pathlib import Path
from typing import NoReturn, get_args

import click

from aggregator.config import default_paths, load
from aggregator.daemon.job import Job
from aggregator.daemon.logs import LogFormat, log_event, set_up
from aggregator.daemon.loop import forever
from aggregator.daemon.run import exit_code, once
from aggregator.errors import AggregatorError
from aggregator.pipeline.report import RunReport

__all__ = ["main"]

_EPILOG = """\b
Exit codes:
   0  work done (single feeds may have failed), or stopped by SIGTERM
   1  nothing could be done: every feed failed, or the database cannot be used
   2  wrong usage or configuration
  75  another run holds the lock
\b
Cron, every five minutes:
  */5 * * * *  cd /srv/news && python scheduler.py --once --log-format json 2>>news.log
"""


@click.command(epilog=_EPILOG, context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--once", "just_once", is_flag=True, help="Poll what is due, do the work, exit.")
@click.option(
    "--feeds",
    type=click.Path(path_type=Path),
    help="Feeds and settings [AGGREGATOR_FEEDS, or feeds.yaml].",
)
@click.option(
    "--db", type=click.Path(path_type=Path), help="The SQLite file [AGGREGATOR_DB, or news.db]."
)
@click.option(
    "--log-format",
    type=click.Choice(get_args(LogFormat)),
    default="text",
    show_default=True,
    help="One line per feed and article on standard error.",
)
def main(*, just_once: bool, feeds: Path | None, db: Path | None, log_format: LogFormat) -> None:
    """Poll news feeds and keep articles, copy groups and stories in one SQLite file.

    Without --once it runs as a daemon until SIGTERM, which lets it finish what is in hand.
    """
    set_up(log_format)
    log = logging.getLogger("aggregator.run")
    default = default_paths()
    try:
        job = Job(load(feeds or default.feeds), db or default.db, log_event)
        if not just_once:
            forever(job)
            _leave()
        report = once(job)
    except AggregatorError as error:
        log.error("%s", error)  # noqa: TRY400 - its text says all; a trace would only frighten
        sys.exit(exit_code(error))
    log.info("%s", summary(report), extra={"event": {"event": "RunDone", **report.counts()}})
    if report.stopped:
        _leave()
    sys.exit(1 if report.nothing_could_be_done else 0)


def _leave() -> NoReturn:
    """Go at once, with everything kept: Python would wait for threads that still resolve names."""
    logging.shutdown()
    os._exit(0)


def summary(report: RunReport) -> str:
    """One line on what a run did."""
    words = ", ".join(
        f"{name.replace('_', ' ')} {count}" for name, count in report.counts().items()
    )
    return f"run {'stopped' if report.stopped else 'done'}: {words}"
