"""sides -- who takes part: each side's name, command, and what it needs to be there."""

import os
import shutil

HERE = os.path.dirname(os.path.abspath(__file__))


class Side:
    """One command to measure. Fields: name; command (a list); out (the folder it writes, removed
    before each run, or None); data (the Data it reads); missing (what it lacks, None when it can
    run); environment."""

    def __init__(self, name, command, data, out=None, missing=None, environment=None):
        self.name, self.command, self.data, self.out = name, command, data, out
        self.missing, self.environment = missing, environment


def lacking(*programs):
    """Return the first of the programs (names or paths) that is not there, else None."""
    return next((program for program in programs if not shutil.which(program)), None)


def codec_sides(data, joined):
    """Return the sides that only unpack or pack: gzip's floor and the two halves of ours."""
    return [
        Side("gzip -dc", ["gzip", "-dc", *data.objects], data),
        Side("igzip -dc", ["igzip", "-dc", *data.objects], data, missing=lacking("igzip")),
        Side("igzip -1", ["igzip", "-1", "-c", joined], data, missing=lacking("igzip")),
    ]


def rsload_name(codec, jobs):
    """Return the name of rsload's side with this many jobs."""
    return f"rsload {codec}, {jobs} job" + ("s" if jobs > 1 else "")


def rsload_side(binary, data, folder, codec, jobs, extra=()):
    """Return one run of rsload from file to file: parts, manifests and load.json, no database."""
    name = rsload_name(codec, jobs)
    out = os.path.join(folder, f"rsload-{codec}-{jobs}")
    command = [binary, "--hour", "2026-11-21T14", "--stage-only", "--source", data.source, "--staging", f"file://{out}",
               "--schema", "web", "--compress", codec, "--jobs", str(jobs), "--quiet", *extra]
    return Side(name, command, data, out, lacking(binary))


def engine_sides(name, script, package, data, folder, modules, versions, threads):
    """Return the four runs of an SQL engine: narrow and wide, zstd and gzip."""
    sides = []
    for shape in ("narrow", "wide"):
        for codec in ("zstd", "gzip"):
            out = os.path.join(folder, f"{name.lower()}-{shape}-{codec}")
            command = ["node", os.path.join(HERE, "peers", script), shape, codec, str(threads),
                       data.schema, data.input, out]
            missing = lacking("node") or (None if package in versions else f"npm's {package}")
            sides.append(Side(f"{name} {shape}, {codec}", command, data, out, missing, {"NODE_PATH": modules}))
    return sides


def small_sides(binary, data, folder):
    """Return the slow peers, on one object, with rsload on the same."""
    plain, miller = os.path.join(folder, "plain"), os.path.join(folder, "miller")
    rsload = rsload_side(binary, data, os.path.join(folder, "one-object"), "gzip", 1)
    rsload.name += ", one object"
    given = ["gzip", "1", data.schema, data.input]
    return [
        rsload,
        Side("plain Node.js, gzip, one object", ["node", HERE + "/peers/plain.js", "narrow", *given, plain],
             data, plain, lacking("node")),
        Side("Miller wide, gzip, one object", [HERE + "/peers/miller", "wide", *given, miller],
             data, miller, lacking("mlr")),
    ]
