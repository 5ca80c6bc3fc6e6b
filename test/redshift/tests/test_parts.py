"""Parts that need no server: lexer, names, the two CSV readers."""

import random

import pytest

from redshift import csvparse, lexer
from redshift.errors import RsError
from redshift.names import Names


def test_tokens():
    """Words fold, strings unescape, comments vanish, operators are the longest known."""
    found = lexer.tokens("SELECT \"Ab\"\"c\", 'x\\'y''z', a::INT -- end\n, 1.5e3 /* /* */ */ <>-2")
    assert [(t.kind, t.value) for t in found] == [
        ("word", "select"), ("quoted", 'ab"c'), ("op", ","), ("string", "x'y'z"), ("op", ","), ("word", "a"), ("op", "::"),
        ("word", "int"), ("op", ","), ("number", "1.5e3"), ("op", "<>"), ("op", "-"), ("number", "2")]


@pytest.mark.parametrize("sql", ["'open", '"open', "/* open", '""', "a @> b", "a # b", "'a' 'b'", "{", "a[1] ->> b", "'\\u0041'"])
def test_no_tokens(sql):
    """What the lexer itself refuses."""
    with pytest.raises(RsError):
        for token in lexer.tokens(sql):
            if token.is_op("[", "{"):
                raise lexer.syntax(token.text, token.start)


def test_names():
    """64 to 127 bytes become 63 and come back; more are refused; the cut respects characters."""
    names = Names()
    for name in ("a" * 63, "a" * 64, "é" * 63, "€" * 42):
        short = names.short(name)
        assert len(short.encode()) <= 63
        assert names.long(f'column "{short}" is missing') == f'column "{name}" is missing'
    with pytest.raises(RsError):
        names.short("é" * 64)


PIECES = ['"a"', '""', '"a""b"', '"x\ny"', '"x\r\ny,z"', "", "12", "é", ' "b" ', "a b"]


@pytest.mark.parametrize("seed", range(30))
def test_fast_and_slow_read_alike(seed):
    """Whenever the fast reader takes a chunk, the slow one finds the same fields in it."""
    chance = random.Random(seed)
    width, dialect = chance.randint(2, 5), csvparse.Dialect()
    pieces = PIECES if seed % 2 else PIECES[:8]
    text = "".join(",".join(chance.choice(pieces) for _ in range(width)) + chance.choice(["\n", "\r\n"]) for _ in range(20))
    chunk = text.encode()
    records, at = [], 0
    while at < len(chunk):
        fields, at = csvparse.slow(chunk, at, dialect, True)
        records.append(fields)
    taken = csvparse.fast(chunk, width, dialect)
    assert taken is not None or ' "b" ' in text
    if taken is not None:
        values, quoted = taken
        assert [[f.value for f in fields] for fields in records] == [list(row) for row in zip(*values)]
        assert [[f.quoted for f in fields] for fields in records] == [[bool(q) for q in row] for row in zip(*quoted)]


@pytest.mark.parametrize("seed", range(400))
def test_fast_never_takes_what_slow_refuses(seed):
    """Random bytes of CSV's own alphabet: the fast reader is never laxer."""
    chance = random.Random(seed)
    chunk = "".join(chance.choice('"",,\n\r ab') for _ in range(chance.randint(1, 24))).encode()
    dialect = csvparse.Dialect()
    taken = csvparse.fast(chunk, 2, dialect)
    if taken is None:
        return
    at, count = 0, 0
    while at < len(chunk):
        fields, at = csvparse.slow(chunk, at, dialect, True)
        assert len(fields) == 2
        count += 1
    assert count == len(taken[0][0])


def test_cut_at_records():
    """A chunk ends with a record: line feeds inside quotes are none of its ends."""
    dialect = csvparse.Dialect()
    assert csvparse.cut(b'a,b\n"c\nd', dialect, False) == 4
    assert csvparse.cut(b'"c\nd', dialect, False) == 0
    assert csvparse.cut(b'a,b\n"c\nd', dialect, True) == 8
