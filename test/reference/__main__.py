#!/usr/bin/python3
"""Run the reference transformer: `/usr/bin/python3 test/reference FILE...`."""

import os
import sys

sys.path[0] = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))

from reference.cli import main  # noqa: E402 - the path comes first

sys.exit(main())
