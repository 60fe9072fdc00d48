"""The command `aggregator`: a face over the other layers, without logic of its own."""

from aggregator.cli.app import main

__all__ = ["main"]
