"""rsload beside the reference: hostile events by seed, recorded ones, the documented ones."""

import gzip
import io
import os
import subprocess

import pytest
from reference.compare.check import Check
from reference.hostile.generate import hostile

BINARY = os.environ.get("RSLOAD_BIN")
TESTDATA = os.environ.get("RSLOAD_TESTDATA")
RULES = {"types": "varchar"}
SEEDS = range(1, 401) if os.environ.get("RSLOAD_LONG") == "1" else range(1, 21)
GENERATOR = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../events/generate")

pytestmark = pytest.mark.skipif(not BINARY, reason="RSLOAD_BIN does not name a binary")


def agree(name, data, extra=()):
    """Assert that both sides agree on one object; what differs is the message."""
    out = io.StringIO()
    check = Check(os.path.abspath(BINARY), RULES, list(extra))
    assert check.report(name, data, out=out), out.getvalue()


@pytest.mark.parametrize("seed", SEEDS)
def test_hostile_events(seed):
    agree(f"seed {seed}", hostile(seed, 500))


@pytest.mark.parametrize("extra", [["--compress=none"], ["--part-size=1MiB", "--memory=32MiB"]])
def test_the_way_of_staging_changes_nothing(extra):
    agree("seed 7", hostile(7, 500), extra)


def test_recorded_events(tmp_path):
    subprocess.run([GENERATOR, "--seed", "5", "--events", "4000", "--objects", "1", "--bad-lines", "9",
                    "--hour", "2024-01-02T03", "--out", str(tmp_path)], check=True, capture_output=True)
    (packed,) = list(tmp_path.glob("*.gz"))
    agree("recorded", gzip.decompress(packed.read_bytes()))


@pytest.mark.skipif(not TESTDATA, reason="RSLOAD_TESTDATA is not set")
def test_documented_events():
    path = os.path.join(TESTDATA, "segment/segment_docs_examples.ndjson")
    with open(path, "rb") as file:
        agree("documented", file.read())
