"""Runs the pipeline: once for cron, or for ever as a daemon; both under the run lock."""

from aggregator.daemon.job import Job
from aggregator.daemon.loop import forever
from aggregator.daemon.run import exit_code, once

__all__ = ["Job", "exit_code", "forever", "once"]
