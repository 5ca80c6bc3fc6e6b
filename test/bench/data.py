"""data -- what is measured on: events by seed, the peers' schema, rsload's own CSV in one file.

All of it is below one folder (build/bench) and made once; a file is made under another name first, so
that what is there is whole.
"""

import glob
import json
import os
import shutil
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
HOUR, FOLDER, OBJECTS, SEED = "2026-11-21T14", "2026/11/21/14", 16, 1


class Data:
    """One set of events. Fields: source (rsload's --source), input (the folder of the objects), schema
    (a file), raw_gb (10^9 bytes before packing), objects, gzip_mb."""

    def __init__(self, folder, summary):
        self.source = f"file://{folder}/%Y/%m/%d/%H/"
        self.input = os.path.join(folder, FOLDER)
        self.schema = os.path.join(folder, "schema.json")
        self.raw_gb = summary["raw_bytes"] / 1e9
        self.gzip_mb = summary["gzip_bytes"] / 1e6
        self.events = summary["events"]
        self.objects = sorted(glob.glob(self.input + "/*.json.gz"))


def say(text):
    """Tell on stderr what takes a while."""
    print(f"== {text}", file=sys.stderr, flush=True)


def write_output(command, file_name):
    """Run `command` with its stdout in `file_name`, which is there only when it went well."""
    with open(file_name + ".new", "wb") as out:
        subprocess.run(command, stdout=out, check=True)
    os.replace(file_name + ".new", file_name)


def make_events(folder, raw_mb):
    """Make, unless they are there, `raw_mb` MB of events and their schema; return the Data."""
    summary_file, schema_file = os.path.join(folder, "summary.json"), os.path.join(folder, "schema.json")
    if not os.path.exists(summary_file):
        say(f"making {raw_mb} MB of events in {folder}")
        shutil.rmtree(folder, ignore_errors=True)
        os.makedirs(folder)
        write_output([HERE + "/../events/generate", "--seed", str(SEED), "--raw-mb", str(raw_mb),
                      "--objects", str(OBJECTS), "--hour", HOUR, "--out", os.path.join(folder, FOLDER)], summary_file)
    if not os.path.exists(schema_file):
        say("finding the schema that the peers are given")
        objects = sorted(glob.glob(f"{folder}/{FOLDER}/*.json.gz"))
        write_output(["/usr/bin/python3", HERE + "/schema.py", *objects], schema_file)
    with open(summary_file, encoding="utf-8") as text:
        return Data(folder, json.load(text))


def first_object(data, folder):
    """Return the Data of the first object alone, hard-linked into `folder`: for the slow peers."""
    place = os.path.join(folder, FOLDER)
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(place)
    os.link(data.objects[0], os.path.join(place, os.path.basename(data.objects[0])))
    shutil.copy(data.schema, os.path.join(folder, "schema.json"))
    with open(os.path.join(os.path.dirname(data.schema), "summary.json"), encoding="utf-8") as text:
        return Data(folder, json.load(text)["objects"][0])


def join_parts(staging, joined):
    """Unpack all CSV parts (gzip) below the folder `staging` into the one file `joined`."""
    say("joining rsload's CSV for the floor")
    parts = sorted(glob.glob(staging + "/**/*.csv.gz", recursive=True))
    if not parts:
        raise FileNotFoundError(f"rsload left no *.csv.gz below {staging}")
    write_output(["gzip", "-dc", *parts], joined)


def install_engines(folder):
    """Install DuckDB and ClickHouse from npm below `folder`, unless there; return {package: version}."""
    versions = {}
    for package in ("@duckdb/node-api", "chdb"):
        described = os.path.join(folder, "node_modules", package, "package.json")
        if not os.path.exists(described):
            say(f"npm install {package}")
            os.makedirs(folder, exist_ok=True)
            done = subprocess.run(["npm", "install", "--prefix", folder, "--no-audit", "--no-fund",
                                   "--loglevel=error", package], stdout=subprocess.DEVNULL, check=False)
            if done.returncode != 0:
                say(f"{package} cannot be installed: its sides are left out")
                continue
        with open(described, encoding="utf-8") as text:
            versions[package] = json.load(text)["version"]
    return versions


def packed_bytes(folder):
    """Return the bytes of all CSV files below `folder`."""
    names = glob.glob(folder + "/**/*.csv*", recursive=True)
    return sum(os.path.getsize(name) for name in names if os.path.isfile(name))
