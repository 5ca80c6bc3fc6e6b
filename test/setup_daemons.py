"""setup_daemons -- start and stop throw-away servers on loopback, for test/s3 and test/postgres.

A server lives in a state folder. Every process started for it leads a session of its own and is
written to STATE/pids as `pid start-time name`; stopping ends exactly those process groups. The
start time (field 22 of /proc/PID/stat) keeps a number that the kernel has given to someone else
meanwhile from being killed. As a command, `setup_daemons.py FOLDER` stops every server whose state
folder lies somewhere below FOLDER. STATE/env holds what a user of the server needs, as NAME=value lines
that a shell can source and `read_env` can read.
"""

import os
import random
import shlex
import signal
import socket
import subprocess
import sys
import time


class StartError(Exception):
    """A server cannot be started; the text says which and why."""


def free_ports(count):
    """Return `count` different TCP ports that are free on 127.0.0.1 right now.

    They lie below Linux's range for outgoing connections (32768), so that no client takes one
    between this look and the server's own bind; two starts at the same instant may still meet,
    which is why the callers try again with other ports.
    """
    chooser = random.SystemRandom()
    ports = []
    while len(ports) < count:
        port = chooser.randrange(10240, 32768)
        if port in ports:
            continue
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
        ports.append(port)
    return ports


def start_time(pid):
    """Return the kernel's start time of process `pid` as text, or None when there is none."""
    try:
        with open(f"/proc/{pid}/stat", encoding="ascii", errors="replace") as stat:
            fields = stat.read().rpartition(")")[2].split()
    except OSError:
        return None
    return None if fields[0] == "Z" else fields[19]


def recorded(state):
    """Return the processes of STATE/pids that still run, as (pid, name) in order of start."""
    alive = []
    try:
        with open(os.path.join(state, "pids"), encoding="utf-8") as lines:
            for line in lines:
                pid, began, name = line.split(None, 2)
                if start_time(int(pid)) == began:
                    alive.append((int(pid), name.strip()))
    except FileNotFoundError:
        pass
    return alive


def prepare(state):
    """Make the state folder and return its absolute path; refuse one whose server runs."""
    state = os.path.abspath(state)
    if recorded(state):
        raise StartError(f"{state}: already started, see {state}/pids")
    os.makedirs(os.path.join(state, "log"), exist_ok=True)
    os.chmod(state, 0o700)
    for name in ("pids", "env"):
        if os.path.exists(os.path.join(state, name)):
            os.unlink(os.path.join(state, name))
    return state


def spawn(state, name, command, **more):
    """Start `command` in a session of its own, log to STATE/log/NAME.log, record and return it.

    `more` goes to subprocess.Popen: env, cwd, user, group.
    """
    with open(os.path.join(state, "log", name + ".log"), "ab") as log:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                                   start_new_session=True, **more)
    with open(os.path.join(state, "pids"), "a", encoding="utf-8") as pids:
        pids.write(f"{process.pid} {start_time(process.pid)} {name}\n")
    return process


def signal_group(pid, number):
    """Send signal `number` to the process group led by `pid`; a group that is gone is no error."""
    try:
        os.killpg(pid, number)
    except (ProcessLookupError, PermissionError):
        pass


def wait_gone(state, seconds):
    """Wait until nothing recorded runs; return whether that came true within `seconds`."""
    end = time.monotonic() + seconds
    while recorded(state):
        if time.monotonic() > end:
            return False
        time.sleep(0.05)
    return True


def stop(state, first=signal.SIGTERM, patience_s=5.0):
    """End what STATE/pids records: signal `first`, after `patience_s` SIGKILL. Safe to repeat."""
    state = os.path.abspath(state)
    leaders = [pid for pid, _ in recorded(state)]
    for pid in leaders:
        signal_group(pid, first)
    if not wait_gone(state, patience_s):
        for pid, _ in recorded(state):
            signal_group(pid, signal.SIGKILL)
        if not wait_gone(state, 5.0):
            raise StartError(f"{state}: cannot end {recorded(state)}")
    for pid in leaders:      # workers whose leader ended first
        signal_group(pid, signal.SIGKILL)
    for name in ("pids", "env"):
        if os.path.exists(os.path.join(state, name)):
            os.unlink(os.path.join(state, name))


def wait_ready(processes, probes, seconds, where):
    """Wait until every probe of `probes` (name -> function) returned true once.

    Errors: StartError when a process of `processes` ends meanwhile or `seconds` have passed.
    """
    end = time.monotonic() + seconds
    waiting = dict(probes)
    while waiting:
        for name in list(waiting):
            if waiting[name]():
                del waiting[name]
        dead = [p.args[0] for p in processes if p.poll() is not None]
        if dead:
            raise StartError(f"{dead[0]} ended at once: see {where}/log")
        if waiting and time.monotonic() > end:
            raise StartError(f"{', '.join(waiting)} did not answer in {seconds} s: see {where}/log")
        time.sleep(0.05)


def write_env(state, values):
    """Write STATE/env whole: one NAME=value line for each item of `values`, quoted for a shell."""
    path = os.path.join(state, "env")
    with open(path + ".new", "w", encoding="utf-8") as out:
        out.writelines(f"{name}={shlex.quote(str(value))}\n" for name, value in values.items())
    os.replace(path + ".new", path)


def read_env(state):
    """Return what STATE/env holds as a dict of text."""
    with open(os.path.join(state, "env"), encoding="utf-8") as lines:
        pairs = (shlex.split(line)[0].partition("=") for line in lines if line.strip())
        return {name: value for name, _, value in pairs}


def run(command, log, **more):
    """Run `command` to its end with output appended to file `log`.

    Errors: StartError with the last lines of its output when it fails.
    """
    done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, check=False, **more)
    with open(log, "ab") as out:
        out.write(done.stdout)
    if done.returncode != 0:
        tail = done.stdout.decode("utf-8", "replace").strip().splitlines()[-3:]
        raise StartError(f"{command[0]} failed: {' / '.join(tail)}")


def report(what):
    """Run `what`; print a StartError as one line and end with 1."""
    try:
        what()
    except (StartError, OSError) as error:
        print(f"{os.path.relpath(sys.argv[0])}: {error}", file=sys.stderr)
        sys.exit(1)


def stop_below(folder):
    """Stop every server whose state folder is `folder` or lies below it."""
    for place, _, files in os.walk(folder):
        if "pids" in files:
            stop(place)


if __name__ == "__main__":
    report(lambda: stop_below(sys.argv[1]))
