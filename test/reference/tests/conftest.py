"""Shared by the tests of the reference transformer."""

import os
import sys

import pytest

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))


@pytest.fixture
def testdata():
    """Return the folder of other people's cases, or skip the test that needs it."""
    folder = os.environ.get("RSLOAD_TESTDATA")
    if not folder:
        pytest.skip("RSLOAD_TESTDATA is not set")
    return folder
