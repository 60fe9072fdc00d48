"""Cron and daemon entry: `python scheduler.py --once`, or `python scheduler.py` for ever."""

from aggregator.daemon.main import main

if __name__ == "__main__":
    main()
