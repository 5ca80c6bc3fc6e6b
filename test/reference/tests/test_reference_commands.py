"""The three commands, run as people run them."""

import gzip
import json
import os
import subprocess
import sys

from reference.hostile.generate import hostile

FOLDER = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


def command(*arguments, cwd=None):
    """Run a command of this folder; return (exit code, stdout, stderr)."""
    first = os.path.join(FOLDER, arguments[0]) if arguments[0] else FOLDER
    done = subprocess.run([sys.executable, "-B", first, *arguments[1:]], cwd=cwd,
                          capture_output=True, check=False)
    return done.returncode, done.stdout, done.stderr.decode()


def test_reference(tmp_path):
    line = b'{"type":"track","event":"A","messageId":"m","properties":{"order":""}}\nx'
    (tmp_path / "events.gz").write_bytes(gzip.compress(line))
    (tmp_path / "rules.json").write_text('{"empty-string": "keep"}', encoding="utf-8")
    code, out, err = command(
        "", "--options", "@rules.json", "--catalog", '{"a": {"order": "varchar(7)"}}',
        "--window-start", "2024-01-02T03:00Z", "--last-modified", "2024-01-02T03:59Z",
        "events.gz", cwd=tmp_path,
    )
    assert (code, err) == (0, "")
    result = json.loads(out)
    table = result["tables"]["a"]
    assert table["columns"][-1] == {
        "name": "order", "type": "VARCHAR", "bytes": 7, "existing": True
    }
    assert table["rows"][0][:2] == ["m", "2024-01-02 03:59:00"]
    assert result["rejects"] == [
        {"object": "events.gz", "line": 2, "offset": 71, "reason": "not JSON"}
    ]


def test_reference_usage(tmp_path):
    (tmp_path / "e").write_bytes(b"")
    for arguments in (
        ["--options", '{"layout":"other"}'], ["--options", '{"colour":"red"}'],
        ["--options", "{"], ["--options", "@none"], ["--window-start", "yesterday"], ["none"],
    ):
        code, out, err = command("", *arguments, "e", cwd=tmp_path)
        assert (code, out) == (2, b"") and "error" in err, arguments


def test_hostile():
    code, out, _ = command("hostile", "--seed", "9", "--count", "20", "--gentle")
    assert (code, out) == (0, hostile(9, 20, gentle=True))


def test_compare_reports_a_binary_that_fails(tmp_path):
    code, out, _ = command("compare", "--rsload", "/bin/false", "--seeds", "4", "--lines", "2",
                           "--no-shrink", cwd=tmp_path)
    assert code == 1
    assert b"seed 4: 1 differences" in out and b"rsload failed" in out
