#!/usr/bin/python3
"""check_journal -- parse every statement that the tests sent with sqlfluff's Redshift grammar.

    test/check_journal.py FOLDER-OR-FILE...

sqlfluff is someone else's reading of AWS's pages: a statement that the stand-in took and sqlfluff
cannot parse is a statement to look at. Statements that differ only in names, literals and the
length of their lists are parsed once. Prints what does not parse and ends with 1; no statement at
all is a failure too.
"""

import glob
import os
import re
import sys

import sqlfluff

TOKEN = re.compile(r"""'(?:[^'\\]|''|\\.)*' | "(?:[^"]|"")*" | --[^\n]* | /\*.*?\*/ | ; | [^'";/-]+ | .""",
                   re.VERBOSE | re.DOTALL)
# What replaces what, before two statements are compared.
SHAPES = [(r"'(?:[^'\\]|''|\\.)*'", "'x'"), (r'"(?:[^"]|"")*"', '"i"'), (r"\b\d+\b", "1"), (r"\s+", " "),
          (r"(, ?[^,()]+(?:\(1\))?)(?:\1)+(?=[,)\s])", r"\1")]


def statements(text):
    """Yield the statements of `text`, without their semicolons, comments left out."""
    parts = []
    for token in TOKEN.findall(text):
        if token == ";":
            yield "".join(parts).strip()
            parts = []
        elif not token.startswith(("--", "/*")):
            parts.append(token)
    yield "".join(parts).strip()


def shape(statement):
    """Return what is left of a statement when names, literals and repetitions are taken away."""
    for pattern, instead in SHAPES:
        statement = re.sub(pattern, instead, statement)
    return statement


def fault(statement):
    """Return why sqlfluff cannot parse the statement, or None."""
    try:
        sqlfluff.parse(statement + ";\n", dialect="redshift")
        return None
    except sqlfluff.api.APIParsingError as error:
        return str(error).splitlines()[-1]


def journals(paths):
    """Return the .sql files that `paths` name or hold."""
    files = []
    for path in paths:
        files += sorted(glob.glob(f"{path}/**/*.sql", recursive=True)) if os.path.isdir(path) else [path]
    return files


def main():
    """Parse all; print the findings and a line of counts."""
    if len(sys.argv) < 2:
        sys.exit("usage: check_journal.py FOLDER-OR-FILE...")
    seen, count, bad = set(), 0, 0
    for path in journals(sys.argv[1:]):
        with open(path, encoding="utf-8") as text:
            for statement in filter(None, statements(text.read())):
                count += 1
                form = shape(statement)
                if form in seen:
                    continue
                seen.add(form)
                reason = fault(form)
                if reason:
                    bad += 1
                    print(f"{path}: {reason}\n    {statement[:300]}")
    print(f"{count} statements, {len(seen)} different, {bad} that sqlfluff does not parse")
    sys.exit(1 if bad or not count else 0)


if __name__ == "__main__":
    main()
