"""cli -- the command `test/reference`: files of events in, JSON on standard output."""

import argparse
import gzip
import json
import os
import sys

from reference import times
from reference.options import Options
from reference.transform import transform

GZIP_MAGIC = b"\x1f\x8b"


def moment(text):
    """Return the moment an argument names, for argparse."""
    found = times.parse(text)
    if found is None:
        raise argparse.ArgumentTypeError(f"{text!r} is not a time like 2026-11-21T14:00Z")
    return found


def json_argument(text):
    """Return the JSON of an argument: the text itself or, after @, of a file."""
    try:
        if text.startswith("@"):
            with open(text[1:], encoding="utf-8") as file:
                return json.load(file)
        return json.loads(text)
    except (OSError, ValueError) as error:
        raise argparse.ArgumentTypeError(f"{text!r}: {error}") from None


def read_object(path):
    """Return the unpacked bytes of a file that is gzip or plain by its first bytes."""
    with open(path, "rb") as file:
        data = file.read()
    return gzip.decompress(data) if data.startswith(GZIP_MAGIC) else data


def parser():
    """Return the command's arguments."""
    arguments = argparse.ArgumentParser(
        prog="reference", description="Turn event files into tables, slowly and plainly."
    )
    arguments.add_argument("files", nargs="+", metavar="FILE", help="NDJSON, gzip or plain")
    arguments.add_argument("--options", type=json_argument, default={}, metavar="JSON",
                           help="rules as a JSON object or @FILE; names as in options.py")
    arguments.add_argument("--catalog", type=json_argument, default={}, metavar="JSON",
                           help='{"table": {"column": "type"}} or @FILE')
    arguments.add_argument("--window-start", type=moment, default=moment("1970-01-01"))
    arguments.add_argument("--window-end", type=moment, default=moment("9999-12-31"))
    arguments.add_argument("--last-modified", type=moment, metavar="T",
                           help="LastModified of every file; default is the window start")
    return arguments


def main(argv=None):
    """Run the command and return its exit code."""
    arguments = parser()
    given = arguments.parse_args(argv)
    try:
        options = Options.from_dict(given.options)
        objects = [
            (os.path.basename(path), read_object(path), given.last_modified)
            for path in given.files
        ]
    except (OSError, ValueError) as error:
        arguments.error(str(error))
    window = (given.window_start, given.window_end)
    result = transform(objects, window, options, given.catalog)
    json.dump(result, sys.stdout, ensure_ascii=False, indent=1)
    sys.stdout.write("\n")
    return 0
