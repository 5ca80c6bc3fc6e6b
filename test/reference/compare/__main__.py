#!/usr/bin/python3
"""Compare rsload with the reference on hostile seeds or on given files.

    /usr/bin/python3 test/reference/compare --rsload build/cmd/rsload --seeds 1-20

Exit code 0: all agree; 1: a difference (printed, with the smallest input that shows it);
2: usage.
"""

import argparse
import os
import sys

_HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[0] = os.path.dirname(os.path.dirname(_HERE))

from reference.cli import json_argument, read_object  # noqa: E402 - the path comes first
from reference.compare.check import Check  # noqa: E402
from reference.hostile.generate import hostile  # noqa: E402


def seed_range(text):
    """Return the seeds that `3` or `1-20` names, for argparse."""
    first, _, last = text.partition("-")
    return range(int(first), int(last or first) + 1)


def inputs(given):
    """Yield (name, bytes) of the files given, else of the seeds."""
    for path in given.files:
        yield path, read_object(path)
    if not given.files:
        for seed in given.seeds:
            yield f"seed {seed}", hostile(seed, given.lines, given.gentle)


def main():
    """Run the command and return its exit code."""
    arguments = argparse.ArgumentParser(prog="compare")
    arguments.add_argument("files", nargs="*", metavar="FILE", help="NDJSON, gzip or plain")
    arguments.add_argument("--rsload", required=True, metavar="BINARY")
    arguments.add_argument("--seeds", type=seed_range, default=range(1, 11), metavar="A-B")
    arguments.add_argument("--lines", type=int, default=300, help="lines of a seed")
    arguments.add_argument("--gentle", action="store_true", help="no lines to reject")
    arguments.add_argument("--options", type=json_argument, default={}, metavar="JSON",
                           help="rules, handed to both sides")
    arguments.add_argument("--no-shrink", action="store_true")
    arguments.add_argument("--extra", action="append", default=[], metavar="FLAG",
                           help="handed to rsload as it is, as --extra=--jobs=1")
    given = arguments.parse_args()
    check = Check(os.path.abspath(given.rsload), given.options, given.extra)
    failed = 0
    for name, data in inputs(given):
        failed += not check.report(name, data, not given.no_shrink)
    return 1 if failed else 0


sys.exit(main())
