#!/usr/bin/python3
"""Print hostile events: `/usr/bin/python3 test/reference/hostile --seed 7 --count 1000`."""

import argparse
import os
import sys

_HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[0] = os.path.dirname(os.path.dirname(_HERE))

from reference.hostile.generate import hostile  # noqa: E402 - the path comes first


def main():
    """Run the command and return its exit code."""
    arguments = argparse.ArgumentParser(
        prog="hostile", description="Print events made to break a loader, as NDJSON."
    )
    arguments.add_argument("--seed", type=int, default=1)
    arguments.add_argument("--count", type=int, default=1000, help="lines")
    arguments.add_argument("--gentle", action="store_true",
                           help="no line that must be rejected on purpose")
    given = arguments.parse_args()
    sys.stdout.buffer.write(hostile(given.seed, given.count, given.gentle))
    return 0


sys.exit(main())
