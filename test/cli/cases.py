"""Cases of the command line: a folder each, with `cmd`, `stdout`, `stderr` and `exit`.

`cmd` is run by sh in a new, empty folder, with the case's own folder as $CASE, the program
as `rsload`, and nothing of the caller's environment. What it prints is compared to the
byte, after the names of the two folders and times of day were replaced.
"""

import os
import pathlib
import re
import subprocess
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
TIMEOUT_S = 60


def binary():
    """The program under test: RSLOAD_BINARY, or what the build made."""
    return pathlib.Path(os.environ.get("RSLOAD_BINARY", ROOT / "build/cmd/rsload"))


def names():
    """All cases, in order."""
    return sorted(path.parent.name for path in (HERE / "case").glob("*/cmd"))


def normal(text, folder, case):
    """`text` without what changes from run to run."""
    text = text.replace(str(folder), "$TMP").replace(str(case), "$CASE")
    text = re.sub(r'"time":"[0-9T:-]+Z"', '"time":"$TIME"', text)
    return re.sub(r"\b0[0-9a-hjkmnp-tv-z]{25}\b", "$LOAD_ID", text)


def run(name):
    """Run one case; its stdout, stderr and exit code as they should stand in its files."""
    case = HERE / "case" / name
    with tempfile.TemporaryDirectory(prefix="rsload-cli-") as folder:
        bin_folder = pathlib.Path(folder) / "bin"
        work = pathlib.Path(folder) / "work"
        bin_folder.mkdir()
        work.mkdir()
        (bin_folder / "rsload").symlink_to(binary())
        environment = {"PATH": f"{bin_folder}:/usr/bin:/bin", "HOME": str(work),
                       "CASE": str(case), "LC_ALL": "C", "TMPDIR": folder}
        for variable in ("ASAN_OPTIONS", "UBSAN_OPTIONS", "TSAN_OPTIONS", "LSAN_OPTIONS"):
            if variable in os.environ:
                environment[variable] = os.environ[variable]
        done = subprocess.run(["sh", "-e", case / "cmd"], cwd=work, env=environment,
                              stdin=subprocess.DEVNULL, capture_output=True, timeout=TIMEOUT_S,
                              check=False)
        return {"stdout": normal(done.stdout.decode("utf-8"), work, case),
                "stderr": normal(done.stderr.decode("utf-8"), work, case),
                "exit": f"{done.returncode}\n"}


def expected(name):
    """What the files of a case say; a file that is not there is an empty one."""
    case = HERE / "case" / name
    return {part: (case / part).read_text("utf-8") if (case / part).exists() else ""
            for part in ("stdout", "stderr", "exit")}


def record(name, result):
    """Make `result` what the case expects."""
    for part, text in result.items():
        path = HERE / "case" / name / part
        if text:
            path.write_text(text, "utf-8")
        else:
            path.unlink(missing_ok=True)
