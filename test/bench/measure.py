"""measure -- run a command and say what it cost; medians of what several runs cost."""

import os
import statistics
import subprocess
import time


class Cost:
    """What one run took: cpu_s (user and system, with all processes it waited for), wall_s, and
    peak_mb, the resident peak of the largest of its processes (10^6 bytes).

    The kernel counts what a process had before it became the command, too: peaks below that of
    this program, some 20 MB, read as that.
    """

    def __init__(self, cpu_s, wall_s, peak_mb):
        self.cpu_s, self.wall_s, self.peak_mb = cpu_s, wall_s, peak_mb


class Failed(Exception):
    """A command ended otherwise than with 0; the text says how, with the end of its stderr."""


def run(command, log, environment=None):
    """Run `command` (a list), its output thrown away, its stderr in the file `log`; return its Cost."""
    with open(log, "wb") as stderr:
        start = time.monotonic()
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=stderr,
                                   env={**os.environ, **(environment or {})})
        try:
            _, status, usage = os.wait4(process.pid, 0)
        except BaseException:
            process.terminate()
            process.wait()
            raise
        wall_s = time.monotonic() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        with open(log, encoding="utf-8", errors="replace") as text:
            raise Failed(f"{command[0]} ended with {process.returncode}: {text.read()[-600:].strip()}")
    return Cost(usage.ru_utime + usage.ru_stime, wall_s, usage.ru_maxrss * 1024 / 1e6)


def middle(values):
    """Return (median, smallest, largest) of a list; a list of nothing has no middle: None."""
    return (statistics.median(values), min(values), max(values)) if values else None
