#!/usr/bin/python3
"""check_layers -- the rules about files that no compiler checks.

    test/check_layers.py [LIBRSLOAD.A]

1. test/layers.txt: a line `module: modules | foreign headers` says what lib/module.[ch] may include;
   a module may be named only after its own line. A file x_y.c without a line belongs to module x.
2. Nothing in lib/ includes cmd/. Foreign headers are included only where that line names them.
3. No file has over 400 lines, no function over 60.
4. With the archive: the library has no changeable global, and calls nothing that prints, exits,
   reads the clock or the environment, or writes to a buffer whose size it is not told.
Prints each breach as file:line: text, and ends with 1 if there is one.
"""

import os
import re
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
FILE_LINES, FUNCTION_LINES = 400, 60
FOREIGN = re.compile(r"libpq|pg_|curl/|openssl/|zlib\.h|isa-l|zstd|expat|cjson|cJSON|.*intrin\.h|arm_neon\.h")
BANNED = set("strcpy strcat stpcpy sprintf vsprintf gets strtok atoi atol atoll atof gmtime localtime asctime ctime "
             "getenv secure_getenv setenv putenv time gettimeofday printf vprintf puts putchar perror exit _exit abort "
             "quick_exit system popen tmpnam mktemp rand srand random srandom alloca".split())
INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]')


def read_layers(path):
    """Return {module: (modules, starts of foreign headers) it may include} and the file's own breaches."""
    allowed, faults = {}, []
    with open(path, encoding="utf-8") as lines:
        for number, line in enumerate(lines, 1):
            line = line.partition("#")[0].strip()
            if not line:
                continue
            name, _, rest = line.partition(":")
            others, _, foreign = rest.partition("|")
            faults += [f"test/layers.txt:{number}: {other} is not declared above"
                       for other in others.split() if other not in allowed]
            allowed[name.strip()] = set(others.split()), tuple(foreign.split())
    return allowed, faults


def module_of(name, allowed):
    """Return the module that file stem `name` belongs to, or None."""
    while name and name not in allowed:
        name = name.rpartition("_")[0]
    return name or None


def includes(path):
    """Yield (line number, is local, name) of each include of a file."""
    with open(path, encoding="utf-8") as lines:
        for number, line in enumerate(lines, 1):
            found = INCLUDE.match(line)
            if found:
                yield number, found[1] == '"', found[2]


def check_includes(path, allowed):
    """Return the breaches of rule 1 and 2 in one file of lib/."""
    mine = module_of(os.path.splitext(os.path.basename(path))[0], allowed)
    if mine is None:
        return [f"{path}:1: its module has no line in test/layers.txt"]
    modules, foreign = allowed[mine]
    faults = []
    for number, is_local, name in includes(os.path.join(ROOT, path)):
        other = module_of(os.path.splitext(name)[0], allowed)
        if is_local and ("/" in name or not os.path.exists(os.path.join(ROOT, "lib", name))):
            faults.append(f"{path}:{number}: includes {name}, which is not of lib/")
        elif is_local and other != mine and other not in modules:
            faults.append(f"{path}:{number}: {mine} may not include {name}")
        elif not is_local and FOREIGN.match(name) and not name.startswith(foreign or "-"):
            faults.append(f"{path}:{number}: {mine} may not include {name}")
    return faults


def check_lengths(path):
    """Return the breaches of rule 3; clang-format puts a function's braces into column one."""
    faults, began = [], None
    with open(os.path.join(ROOT, path), encoding="utf-8") as text:
        lines = text.read().splitlines()
    if len(lines) > FILE_LINES:
        faults.append(f"{path}:{FILE_LINES + 1}: {len(lines)} lines, {FILE_LINES} are allowed")
    for number, line in enumerate(lines, 1):
        if line == "{":
            began = number
        elif line == "}" and began is not None:
            if number - began - 1 > FUNCTION_LINES:
                faults.append(f"{path}:{began}: a function of {number - began - 1} lines, "
                              f"{FUNCTION_LINES} are allowed")
            began = None
    return faults


def check_archive(archive):
    """Return the breaches of rule 4."""
    table = subprocess.run(["objdump", "-t", archive], check=True, capture_output=True, text=True).stdout
    faults, member = [], archive
    for line in table.splitlines():
        found = re.match(r"^(\S+\.o):\s+file format", line)
        member = found[1] if found else member
        found = re.match(r"^[0-9a-f]+ .{7} (\S+)\s+[0-9a-f]+ (?:\.hidden )?(\S+)$", line)
        if not found:
            continue
        section, symbol = found.groups()
        bare = re.sub(r"^__(\w+)_chk$", r"\1", symbol)
        if section == "*UND*" and bare in BANNED:
            faults.append(f"{member}:1: calls {bare}")
        is_object = " O " in line[:30]
        if is_object and re.match(r"\.(data|bss|tdata|tbss)(?!\.rel\.ro)|\*COM\*", section):
            faults.append(f"{member}:1: {symbol} is a global that can change ({section})")
    return faults


def source_files(*folders):
    """Return the .c and .h files of these folders, relative to the checkout."""
    return sorted(os.path.join(folder, name) for folder in folders
                  for name in os.listdir(os.path.join(ROOT, folder)) if name.endswith((".c", ".h")))


def main():
    """Check all; print the breaches."""
    allowed, faults = read_layers(os.path.join(ROOT, "test/layers.txt"))
    files = source_files("lib")
    present = {module_of(os.path.splitext(os.path.basename(path))[0], allowed) for path in files}
    faults += [f"test/layers.txt:1: {module} has no file in lib/" for module in allowed if module not in present]
    for path in files:
        faults += check_includes(path, allowed)
    for path in source_files("lib", "cmd"):
        faults += check_lengths(path)
    for archive in sys.argv[1:]:
        faults += check_archive(archive)
    print("\n".join(faults + [f"{len(files)} files of {len(allowed)} modules, {len(faults)} breaches"]))
    sys.exit(1 if faults else 0)


if __name__ == "__main__":
    main()
