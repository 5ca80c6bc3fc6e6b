"""The JSON reader: strict where RFC 8259 is, forgiving only inside strings."""

import os
import tarfile

import pytest
from reference.jsontext import NotJson, Number, Object, Repairs, compact, parse


def test_minefield(testdata):
    """y_ cases are read, n_ cases refused, i_ cases end in either way."""
    seen = {"y": 0, "n": 0, "i": 0}
    with tarfile.open(os.path.join(testdata, "json", "minefield.tar.gz")) as archive:
        for member in archive:
            if not member.name.endswith(".json"):
                continue
            name = os.path.basename(member.name)
            data = archive.extractfile(member).read()
            try:
                parse(data)
                read = True
            except NotJson:
                read = False
            assert name[0] == "i" or read == (name[0] == "y"), name
            seen[name[0]] += 1
    assert min(seen.values()) > 30


@pytest.mark.parametrize("text", [
    b"-0", b"0", b"1.0", b"1e3", b"1E+03", b"12345678901234567890", b"-0.10e-400",
])
def test_number_text_is_kept(text):
    assert parse(text) == Number(text.decode())


def test_equal_keys_last_wins_at_the_first_place():
    value = parse(b'{"a":1,"b":2,"\\u0061":3}')
    assert list(value.fields().items()) == [("a", Number("3")), ("b", Number("2"))]
    assert len(value.pairs) == 3


@pytest.mark.parametrize("text,expected,replaced,stripped", [
    (b'"\\ud83d\\ude00"', "\U0001f600", 0, 0),
    (b'"\\uD83D\\uDE00"', "\U0001f600", 0, 0),
    (b'"\\ud800"', "\ufffd", 1, 0),
    (b'"\\udc00\\ud800"', "\ufffd\ufffd", 2, 0),
    (b'"\\ud800\\ud83d\\ude00"', "\ufffd\U0001f600", 1, 0),
    (b'"\\ud800\\u0041"', "\ufffdA", 1, 0),
    (b'"\\ud800x"', "\ufffdx", 1, 0),
    (b'"a\\u0000b"', "ab", 0, 1),
    (b'"\xff"', "\ufffd", 1, 0),
    (b'"\xe2\x82"', "\ufffd", 1, 0),
    (b'"\xed\xa0\x80"', "\ufffd\ufffd\ufffd", 3, 0),
    (b'"\xc0\x80"', "\ufffd\ufffd", 2, 0),
    (b'"\xf4\x90\x80\x80"', "\ufffd" * 4, 4, 0),
    (b'"\xe2\xef\xbf\xbd"', "\ufffd\ufffd", 1, 0),
    (b'"\xef\xbf\xbd"', "\ufffd", 0, 0),
    ('"\U0010ffff\ue000"'.encode(), "\U0010ffff\ue000", 0, 0),
])
def test_repairs_in_strings(text, expected, replaced, stripped):
    repairs = Repairs()
    assert parse(text, repairs) == expected
    assert (repairs.replaced, repairs.stripped) == (replaced, stripped)


@pytest.mark.parametrize("text", [
    b'"a\x00b"', b'"a\nb"', b'"a\x1fb"', b'"\\x"', b'"\\u12g4"', b'"\\ud800\\u12"', b'"a',
    b"\xff1", b"1\x0c", b"\xef\xbb\xbf1", b"01", b"+1", b"1.", b".5", b"1e", b"NaN", b"",
    b" ", b"{'a':1}", b'{"a":1,}', b"[1,]", b"1 2", b"tru", b"{1:2}",
])
def test_refused(text):
    with pytest.raises(NotJson):
        parse(text)


def test_depth_limit():
    assert parse(b"[" * 512 + b"]" * 512) is not None
    with pytest.raises(NotJson):
        parse(b"[" * 513 + b"]" * 513)
    with pytest.raises(NotJson):
        parse(b'{"a":' * 513 + b"1" + b"}" * 513)
    assert parse(b'{"a":' * 512 + b"1" + b"}" * 512).pairs[0][0] == "a"


@pytest.mark.parametrize("text,expected", [
    (b' [ 1 , 2.0 , -0 ] ', "[1,2.0,-0]"),
    (b'{"a" : [ { } , null , true , false ]}', '{"a":[{},null,true,false]}'),
    (b'["\\u00e9","\\/","\\u0022","\\u001F","\\n","\\u0008"]',
     '["é","/","\\"","\\u001f","\\n","\\b"]'),
    (b'[{"a":1,"a":2}]', '[{"a":1,"a":2}]'),
    (b'["\\u2028\x7f"]', '["\u2028\x7f"]'),
])
def test_compact(text, expected):
    assert compact(parse(text)) == expected


def test_object_is_not_its_fields():
    assert parse(b"{}") == Object([])
