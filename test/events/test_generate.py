"""The event generator: same bytes for the same seed, and events of the promised shape."""

import collections
import gzip
import json
import os
import subprocess

import pytest

HERE = os.path.dirname(os.path.abspath(__file__))
HOUR = "2026-11-21T14"


def generate(folder, *options):
    """Run the generator into `folder`; return (its summary, the lines of all objects in order)."""
    done = subprocess.run([os.path.join(HERE, "generate"), "--hour", HOUR, "--out", str(folder), *map(str, options)],
                          check=True, capture_output=True)
    summary = json.loads(done.stdout)
    lines = []
    for item in summary["objects"]:
        with gzip.open(os.path.join(folder, item["name"])) as text:
            lines += text.read().split(b"\n")[:-1]
    return summary, lines


def parse(line):
    """Return the event of a line as the JSON standard has it, or None when it is no event."""
    try:
        event = json.loads(line)
    except ValueError:
        return None
    return event if isinstance(event, dict) and "type" in event else None


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A run of 6,000 events with bad lines and duplicates: (summary, lines, events)."""
    summary, lines = generate(tmp_path_factory.mktemp("made"), "--seed", 5, "--events", 6000, "--objects", 4,
                              "--bad-lines", 11, "--duplicates", 9)
    return summary, lines, [event for event in map(parse, lines) if event]


def folder_bytes(folder):
    """Return {file name: content} of a folder."""
    return {name: (folder / name).read_bytes() for name in sorted(os.listdir(folder))}


def test_jobs_do_not_change_a_byte(tmp_path):
    options = ("--seed", 3, "--events", 500, "--objects", 5, "--bad-lines", 3, "--duplicates", 4)
    generate(tmp_path / "one", *options, "--jobs", 1)
    generate(tmp_path / "three", *options, "--jobs", 3)
    assert folder_bytes(tmp_path / "one") == folder_bytes(tmp_path / "three")


def test_another_seed_gives_other_events(tmp_path):
    _, first = generate(tmp_path / "a", "--seed", 1, "--events", 50)
    _, other = generate(tmp_path / "b", "--seed", 2, "--events", 50)
    assert not set(first) & set(other)


def test_summary_counts_what_is_there(made):
    summary, lines, events = made
    assert summary["events"] == 6000 and summary["bad_lines"] == 11 and summary["duplicates"] == 9
    assert len(lines) == summary["lines"] == 6020
    assert summary["raw_bytes"] == sum(len(line) + 1 for line in lines)
    assert len(events) == 6009
    unique = {event["messageId"]: event for event in events}
    assert len(unique) == 6000
    assert summary["types"] == collections.Counter(event["type"] for event in unique.values())
    tracks = collections.Counter(event["event"].lower().replace(" ", "_")
                                 for event in unique.values() if event["type"] == "track")
    assert summary["tables"]["tracks"] == tracks.total()
    assert {table: summary["tables"][table] for table in tracks} == tracks


def test_raw_mb_is_met_within_an_event_an_object(tmp_path):
    summary, _ = generate(tmp_path, "--raw-mb", 2, "--objects", 3)
    assert 2000000 <= summary["raw_bytes"] <= 2000000 + 3 * 2501


def test_fewer_events_than_objects(tmp_path):
    summary, lines = generate(tmp_path, "--events", 2, "--objects", 4)
    assert [item["events"] for item in summary["objects"]] == [1, 1, 0, 0]
    assert len(lines) == 2


def test_every_kind_of_event_is_there(made):
    summary, _, _ = made
    assert set(summary["types"]) == {"track", "identify", "page", "screen", "group", "alias"}
    assert len(summary["tables"]) == 40 + 1 + 5


def test_sizes(made):
    _, lines, _ = made
    sizes = [len(line) for line in lines if parse(line)]
    assert min(sizes) >= 900 and max(sizes) <= 2500
    assert 1560 <= sum(sizes) / len(sizes) <= 1760


def test_times(made):
    _, _, events = made
    for event in events:
        assert event["receivedAt"].startswith(HOUR)
        for key in ("receivedAt", "sentAt", "originalTimestamp", "timestamp"):
            assert event[key].endswith("Z") and len(event[key]) == 24


def test_most_senders_sort_their_keys(made):
    _, _, events = made
    late = sum(list(event).index("context") < list(event).index("type") for event in events)
    assert 0.65 <= late / len(events) <= 0.75


def test_texts_are_written_in_several_ways(made):
    _, lines, _ = made
    text = b"\n".join(lines)
    for wanted in ("Größe".encode(), b"Gr\\u00f6\\u00dfe", b"\\u0026", b"& S", b"\\ud83d\\ude00", "😀".encode(),
                   b'\\"', b"\\\\", b"\\n", b":null", b'""', b'": "'):
        assert wanted in text, wanted


def test_some_ids_fit_no_double(made):
    _, _, events = made
    ids = [event["properties"]["product_id"] for event in events
           if event["type"] == "track" and event["properties"].get("product_id")]
    assert ids and min(ids) > 2 ** 53
    assert sum(int(float(number)) != number for number in ids) > len(ids) / 2


def test_bad_lines_are_of_every_kind(made):
    _, lines, _ = made
    bad = [line for line in lines if parse(line) is None]
    assert len(bad) == 11
    assert sum(line == b"{}" for line in bad) == 2
    assert sum(line.startswith(b"[") for line in bad) == 2
    assert sum(line.startswith(b"ERROR") for line in bad) == 2
    assert any(b":01.5" in line for line in bad)


@pytest.mark.parametrize("options", [["--events", "1", "--hour", "2026-11-21"], ["--hour", HOUR],
                                     ["--events", "1", "--raw-mb", "1", "--hour", HOUR],
                                     ["--events", "-1", "--hour", HOUR]])
def test_nonsense_is_refused(tmp_path, options):
    done = subprocess.run([os.path.join(HERE, "generate"), "--out", str(tmp_path), *options],
                          check=False, capture_output=True)
    assert done.returncode == 2 and b"usage:" in done.stderr
