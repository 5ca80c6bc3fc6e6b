#!/usr/bin/python3
"""Entry point: `/usr/bin/python3 test/redshift [options]` (see --help and README.md)."""

import os
import sys

sys.dont_write_bytecode = True
sys.path[0] = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))

from redshift.cli import main  # noqa: E402

sys.exit(main())
