"""check -- one input through rsload and the reference, and the report on it."""

import os
import sys
import tempfile
from datetime import datetime, timedelta, timezone

from reference.compare import rsload
from reference.compare.differ import Difference, differences
from reference.compare.shrink import shrink
from reference.options import Options
from reference.transform import transform

HOUR = datetime(2024, 1, 2, 3)
LAST_MODIFIED = datetime(2024, 1, 2, 4, 0, 7)
SHOWN = 10


class Check:
    """Compares with one binary under one set of rules.

    `stage` is replaced in tests: it takes the same arguments as rsload.run.
    """

    def __init__(self, binary, options, extra=(), stage=rsload.run):
        self.binary = binary
        self.options = options
        self.extra = extra
        self.stage = stage

    def differences(self, data):
        """Return the differences on one object with the bytes `data`."""
        window = (HOUR, HOUR + timedelta(hours=1))
        wanted = transform(
            [("events.json", data, LAST_MODIFIED)], window, Options.from_dict(self.options)
        )
        with tempfile.TemporaryDirectory(prefix="rsload-compare-") as folder:
            source, staging = os.path.join(folder, "source"), os.path.join(folder, "staged")
            self._write_source(source, data)
            os.mkdir(staging)
            try:
                staged = self.stage(
                    self.binary, source, staging, HOUR, self.options, self.extra
                )
            except rsload.RunFailed as error:
                return [Difference("rsload failed", "run", str(error))]
        return differences(wanted, staged)

    def _write_source(self, source, data):
        """Write the hour's one object with the LastModified that both sides go by."""
        hour_folder = os.path.join(source, HOUR.strftime("%Y/%m/%d/%H"))
        os.makedirs(hour_folder)
        path = os.path.join(hour_folder, "events.json")
        with open(path, "wb") as file:
            file.write(data)
        changed = LAST_MODIFIED.replace(tzinfo=timezone.utc).timestamp()
        os.utime(path, (changed, changed))

    def report(self, name, data, with_shrink=True, out=sys.stdout):
        """Print what `data` shows; return True when both sides agree."""
        found = self.differences(data)
        if not found:
            print(f"{name}: agree", file=out)
            return True
        print(f"{name}: {len(found)} differences", file=out)
        for one in found[:SHOWN]:
            print(f"  {one}", file=out)
        if with_shrink:
            small = self.smallest(data, found[0].kind)
            print(f"  smallest input: {small!r}", file=out)
            for one in self.differences(small)[:SHOWN]:
                print(f"    {one}", file=out)
        return False

    def smallest(self, data, kind):
        """Return a small input that still shows a difference of this kind."""

        def fails(candidate):
            return any(one.kind == kind for one in self.differences(candidate))

        return shrink(data, fails)
