"""table -- the printed result: a line a side, then the ratios that the goals are about."""

import os
import platform

from measure import middle
from sides import rsload_name

COLUMNS = "{:<34}{:>8}{:>15}{:>8}{:>8}{:>9}{:>9}{:>9}"
HEADS = ("side", "CPU s/GB", "least-most", "/floor", "wall", "MB/s", "peak MB", "out MB")


def per_gb(side, costs, field):
    """Return the middle of a field of the side's costs, a raw GB."""
    return middle([getattr(cost, field) / side.data.raw_gb for cost in costs.get(side.name, [])])


def find_floor(chosen, costs):
    """Return the floor in CPU seconds a raw GB: unpacking the input and packing rsload's CSV, or None."""
    halves = [per_gb(side, costs, "cpu_s") for side in chosen if side.name in ("igzip -dc", "igzip -1")]
    return sum(half[0] for half in halves) if len(halves) == 2 and None not in halves else None


def side_line(side, costs, floor):
    """Return the table's line of one side that ran."""
    cpu, wall = per_gb(side, costs, "cpu_s"), per_gb(side, costs, "wall_s")
    peak = middle([cost.peak_mb for cost in costs[side.name]])
    packed = getattr(side, "packed_mb", None)
    return COLUMNS.format(side.name, f"{cpu[0]:.2f}", f"{cpu[1]:.2f}-{cpu[2]:.2f}",
                          f"{cpu[0] / floor:.2f}" if floor else "-", f"{wall[0]:.2f}", f"{1000 / wall[0]:.0f}",
                          f"{peak[0]:.0f}", f"{packed / side.data.raw_gb:.0f}" if packed else "-")


def ratio_lines(medians, floor, jobs):
    """Return the ratios that README.md explains, of {side: (CPU, wall)}; those that can be told.

    `jobs` are the numbers of jobs that rsload ran with, the least first.
    """
    lines = []

    def add(label, over, under):
        if over and under:
            lines.append(f"{label:<60}{over / under:>7.2f}")

    def cpu(name):
        return medians.get(name, (None, None))[0]

    def wall(name):
        return medians.get(name, (None, None))[1]

    for codec in ("gzip", "zstd"):
        least, most = rsload_name(codec, jobs[0]), rsload_name(codec, jobs[-1])
        add(f"{least}: CPU over floor", cpu(least), floor)
        for more in jobs[1:]:
            add(f"rsload {codec}: wall of {more} jobs over wall of {jobs[0]}", wall(rsload_name(codec, more)), wall(least))
        for engine in ("DuckDB", "ClickHouse"):
            for shape in ("narrow", "wide"):
                side = f"{engine} {shape}, {codec}"
                add(f"{side}: CPU over rsload's ({jobs[-1]} jobs)", cpu(side), cpu(most))
    for name in ("plain Node.js, gzip, one object", "Miller wide, gzip, one object"):
        add(f"{name}: CPU over rsload's", cpu(name), cpu("rsload gzip, 1 job, one object"))
    return lines


def show(chosen, costs, versions, events, jobs):
    """Print the whole result on stdout."""
    ran = [side for side in chosen if costs.get(side.name)]
    runs = max((len(found) for found in costs.values()), default=0)
    floor = find_floor(ran, costs)
    print(f"{events.raw_gb:.3f} GB raw, {events.gzip_mb:.0f} MB gzip, {events.events} events, "
          f"{len(events.objects)} objects; {os.cpu_count()} cores, {platform.machine()}, Linux {platform.release()}; medians of {runs} runs in turn")
    print("".join(f"{package} {version}  " for package, version in versions.items()))
    print(COLUMNS.format(*HEADS))
    for side in ran:
        print(side_line(side, costs, floor))
    if floor:
        print(COLUMNS.format("floor (igzip -dc + igzip -1)", f"{floor:.2f}", "", "1.00", "", "", "", ""))
    medians = {side.name: (per_gb(side, costs, "cpu_s")[0], per_gb(side, costs, "wall_s")[0]) for side in ran}
    print("", *ratio_lines(medians, floor, jobs), sep="\n")
    for side in chosen:
        if side.missing:
            print(f"not measured: {side.name}: {side.missing}")
