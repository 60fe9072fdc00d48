"""Lets `python -m aggregator.cli` stand for the command `aggregator`."""

from aggregator.cli import main

if __name__ == "__main__":
    main()
