"""The peer: reader keeps the same feeds; run in an environment of its own that holds it.

python by_reader.py DATABASE add < addresses
python by_reader.py DATABASE update
"""

import sys
from importlib import import_module


def main() -> None:
    """Add the feeds on standard input, or update all, due or not; print the number of entries."""
    path, authority, task = sys.argv[1:]
    reader = import_module("reader").make_reader(path)
    if authority != "-":
        # It offers no setting for this, and asks the environment for none.
        reader._parser.get_retriever("https://").session.verify = authority  # noqa: SLF001
    if task == "add":
        for line in sys.stdin:
            reader.add_feed(line.strip())
    else:
        reader.update_feeds(scheduled=False, workers=10)
    print(reader.get_entry_counts().total)
    reader.close()


if __name__ == "__main__":
    main()
