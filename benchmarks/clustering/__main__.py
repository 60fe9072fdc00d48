"""What copies and stories cost at scale, and whether the order of arrival matters.

    python -m benchmarks.clustering speed [--sizes 10000,100000,1000000] [--newest 2000]
    python -m benchmarks.clustering order [--articles 2000] [--shuffles 50] [--only-copies]
    python -m benchmarks.clustering profiles

The streams are planted: made up by us, with copies, templates and stubs. `speed` loads an archive
in bulk, brings the newest articles in by the pipeline's own functions, and prints microseconds of
CPU an article by step; the ratios within one run count, not the times. A million articles take a
quarter of an hour and some 8 GB of disk, given back at the end. `profiles` tells on planted copies
why the keys are what they are; it needs the corpora.
"""

import argparse
import sys

from benchmarks.clustering import order, profiles, speed


def main() -> int:
    """Measure one of them."""
    parser = argparse.ArgumentParser(description="Measure copies and stories at scale.")
    parts = parser.add_subparsers(dest="what", required=True)
    fast = parts.add_parser("speed", help="what an article costs as the archive grows")
    fast.add_argument("--sizes", default="10000,100000,1000000")
    fast.add_argument("--newest", type=int, default=2_000)
    fast.add_argument("--stubs", type=int, default=50_000)
    fast.add_argument("--datasketch-most", type=int, default=1_000_000)
    fast.add_argument("--folder", help="where to keep the databases meanwhile")
    any_order = parts.add_parser("order", help="whether shuffles give the same groups")
    any_order.add_argument("--articles", type=int, default=2_000)
    any_order.add_argument("--shuffles", type=int, default=50)
    any_order.add_argument("--only-copies", action="store_true", help="form no stories")
    parts.add_parser("profiles", help="which keys find copies")
    asked = parser.parse_args()
    if asked.what == "profiles":
        profiles.compare()
        return 0
    if asked.what == "order":
        return order.compare(asked.articles, asked.shuffles, only_copies=asked.only_copies)
    sizes = [int(each) for each in asked.sizes.split(",")]
    speed.measure(sizes, asked.newest, asked.stubs, asked.datasketch_most, asked.folder)
    return 0


if __name__ == "__main__":
    sys.exit(main())
