"""pools -- the ingredients of hostile events: names, numbers, times, texts, broken lines.

Everything is a JSON fragment in bytes, spelled as it goes into the line, because the
spelling is what is tested: 1.0 is not 1, and an escape is not the character.
"""

RESERVED_KEYS = [
    b"group", b"order", b"table", b"user", b"tag", b"percent", b"trailing_", b"Order",
    b"timestamp", b"TIMESTAMP", b"__timestamp", b"start", b"language", b"open", b"as",
]

STANDARD_KEYS = [
    b"id", b"_id", b"ID", b"messageId", b"received_at", b"receivedAt", b"uuid", b"uuid_ts",
    b"loaded_at", b"load_id", b"anonymousId", b"user_id", b"userID", b"event", b"eventText",
    b"sent_at", b"original_timestamp", b"name", b"Name", b"category", b"group_id",
    b"previousId", b"channel", b"context_ip", b"contextIp", b"context_page_url", b"type",
]

CASED_KEYS = [
    b"HTTPServer", b"myURLPath", b"iOS", b"iOSVersion", b"ipV4", b"address1Line",
    b"2FA Enabled", b"25dollarpurchase", b"aMRR_calc", b"_private", b"OAuth2Token",
    b"samPLE text", b"fooBAR1baz", b"ABc", b"A1b2C3", b"x86_64", b"1st", b"v2", b"abc123def",
    b"ABC", b"a__b", b"a_B", b"A_bC", b"Ab_CD_ef", b"123", b"1_2", b"a1_B2c_D",
]

COLLIDING_KEYS = [
    b"firstName", b"first_name", b"first name", b"FirstName", b"first-name", b"a", b"a_b",
    b"a.b", b"A", b"price", b"$price", b"price($)", b"first_name_2", b"first_name_3",
]

ODD_KEYS = [
    b"", b" ", b"___", b"-", b"$", "购买".encode(), "买".encode(), "Café".encode(),
    "naïve".encode(), "L’Oréal".encode(), "Über User".encode(), b"don't", b'say \\"hi\\"',
    b"tab\\tbed", b"new\\nline", b"\\u0000", b"nul\\u0000inside", b"\\ud800", b"\\u0061",
    b"\\ud83d\\ude00", "😀".encode(), b"bad\xffbyte", b"\xc3", b"\xed\xa0\x80", b"back\\\\slash",
    b"slash\\/", b"\x7f", "\u2028".encode(), "\ufeff".encode(), "İ".encode(), "ﬁ".encode(),
]

LONG_KEYS = [
    b"x" * size for size in (118, 119, 126, 127, 128, 130, 300)
] + [b"y" * 118 + tail for tail in (b"aaaaaaaaaa", b"bbbbbbbbbb")] + [b"1" * 127, b"\xe8" * 70]

EVENT_NAMES = [
    b'"Order Completed"', b'"order_completed"', b'"Order  Completed "', b'" Order Completed"',
    b'"Signup"', b'"signup"', b'"Order"', b'"Users"', b'"tracks"', b'"_tracks"',
    b'"rsload_loads"', b'"Rsload Discards"', b'"101 Account Update"', b'"u_e8b4ad"',
    '"购买"'.encode(), '" 购买 "'.encode(), '"Café"'.encode(), b'"  "', b'""', b'"___"',
    b"123", b"1.5", b"true", b"false", b"-0", b"null", b"{}", b"[]", b'{"a":1}', b'["x"]',
    b'"' + b"long name " * 13 + b'"', b'"' + b"z" * 128 + b'"', '"'.encode() + "买".encode() * 50 + b'"',
    b'"\\u0000"', b'"\\ud800"', b'"HTTPServer Down"', b'"iOS"', b'"timestamp"',
]

TYPES = [
    b'"track"', b'"identify"', b'"page"', b'"screen"', b'"group"', b'"alias"', b'"TRACK"',
    b'"Identify"', b'"\\u0074rack"',
]

BAD_TYPES = [
    b'"tracks"', b'""', b'" track"', b"null", b"1", b"true", b"[]", b"{}", b'"\xc4\xb1dentify"',
    b'"trac\xe2\x84\xaa"', b'"track\\u0001"',
]

INTEGERS = [
    b"0", b"-0", b"1", b"-1", b"7", b"10", b"42", b"2147483647", b"2147483648",
    b"9007199254740991", b"9007199254740992", b"9007199254740993", b"-9007199254740992",
    b"-9007199254740993", b"9223372036854775806", b"9223372036854775807",
    b"9223372036854775808", b"-9223372036854775807", b"-9223372036854775808",
    b"-9223372036854775809", b"12345678901234567890", b"1" + b"0" * 30, b"9" * 400,
]

DOUBLES = [
    b"0.0", b"-0.0", b"0e0", b"0E-400", b"1.0", b"1.5", b"-2.50", b"10.0", b"1e3", b"1E+3", b"1e-3",
    b"0.1", b"0.30000000000000004", b"3.141592653589793238462643383279", b"1e22", b"1e23",
    b"123456789012345678.5", b"9007199254740993.0", b"9223372036854775807.0", b"1e18", b"1e19",
    b"1.797e308", b"1.7970000000000001e308", b"1.7976931348623157e308", b"1.7976931348623159e308",
    b"1e309", b"-1e400", b"2.3e-308", b"2.2999999999999998e-308", b"2.2250738585072014e-308",
    b"5e-324", b"1e-400", b"0.00000000000000000000000000000000000001", b"1e0000000000000000000000001",
    b"1e99999999999999999999", b"1e-99999999999999999999", b"0." + b"3" * 500, b"4.35", b"5e-1",
]

TIMES = [
    b"2024-01-02", b"2024-01-02T03:04", b"2024-01-02 03:04", b"2024-01-02T03:04:05",
    b"2024-01-02T03:04:05Z", b"2024-01-02T03:04:05z", b"2024-01-02T03:04:05.000Z",
    b"2024-01-02T03:04:05.250Z", b"2024-01-02T03:04:05.123456789Z", b"2024-01-02T03:04:05.9999999Z",
    b"2024-01-02T03:04:05+02", b"2024-01-02T03:04:05-0230", b"2024-01-02T03:04:05+05:45",
    b"2024-02-29T23:59:59.999999Z", b"2000-02-29", b"0001-01-01T00:00:00Z", b"0001-01-01",
    b"0001-01-01T00:00:00.000001Z", b"9999-12-31T23:59:59.999999Z", b"0001-01-01T01:00:00+00:30",
    b"1969-12-31T23:59:59.5Z", b"2024-01-02T03:04Z", b"2024-12-31T23:30:00-01:00",
]

NOT_TIMES = [
    b"2024", b"2024-01", b"01/02/2024", b"Tue, 02 Jan 2024 03:04:05 GMT", b"1704164645",
    b"2024-02-30", b"2023-02-29", b"1900-02-29", b"2024-13-01", b"2024-00-10", b"2024-01-00",
    b"2024-01-02T24:00:00Z", b"2024-01-02T23:60:00Z", b"2024-01-02T23:59:60Z",
    b"2024-01-02T03:04:05.Z", b"2024-01-02T03:04:05,5Z", b"2024-01-02  03:04:05",
    b"2024-01-02T03", b"2024-01-02Z", b"2024-01-02+01:00", b" 2024-01-02", b"2024-01-02 ",
    b"2024-01-02\\n", b"0000-01-01", b"10000-01-01", b"2024-1-2", b"2024-01-02t03:04:05Z",
    b"2024-01-02T03:04:05+24:00", b"2024-01-02T03:04:05+01:60", b"2024-01-02T03:04:05+1",
    b"2024-01-02T03:04:05+123", b"0001-01-01T00:00:00+00:01", b"9999-12-31T23:59:59-00:01",
    b"2024-01-02T03:04:05 Z", b"2024-01-02T03:04:05ZZ", b"\xd9\xa2\xd9\xa0\xd9\xa2\xd9\xa4-01-02",
    b"2024-01-02T03:04:05+", b"2024-01-02T03:04:05.5.5Z", b"-2024-01-02",
]

EPOCHS = [
    b"0", b"1704164645", b"1704164645.25", b"1704164645123", b"1704164645123.4567", b"99999999999",
    b"100000000000", b"-1", b"-1.5", b"1e10", b"1.7041646451e9", b"1e-7", b"1e30", b"-1e20",
    b"253402300799999", b"253402300800000", b"-62135596800", b"0.0000001", b"-0.0000019",
]

TEXTS = [
    b"", b" ", b"x", b"B", b"10", b"-0", b"1.0", b"007", b"+5", b"1e3", b"true", b"false", b"True",
    b"null", b"NULL", b"\\\\N", b"t", b"f", b'a,b;\\"c\\"', b"line\\nfeed", b"cr\\r\\nlf", b"tab\\t",
    b"\\u0000", b"a\\u0000b", b"\\ud800", b"\\udc00x", b"\\ud83d\\ude00", b"\\ud800\\ud83d\\ude00",
    b"\\ud800\\u0041", b"\\udfff\\ud800", b"\xff", b"a\xc3", b"\xed\xa0\x80", b"\xf4\x90\x80\x80",
    b"\xc0\x80", b"\xe2\x82", b"\xe2\xef\xbf\xbd", b"\xf0\x9f\x98", "\ufffd".encode(),
    "\ufeff".encode(), "é".encode(), b"\\u00e9", b"e\xcc\x81", b"\\/", b"\\b\\f", b"\\u001f", b"\x7f",
    "\u2028\u2029".encode(), "\ufffe\uffff".encode(), b"-", b"[]", b"{}", b"[1]", b"\\u003c",
]

ARRAYS = [
    b"[]", b"[ ]", b"[null]", b"[{}]", b"[[]]", b'[""]', b"[1, 2.0 ,3e0]", b'[{"sku": "A" , "n":1}]',
    b'["\\u00e9", "\\ud83d\\ude00", "\\/", "\\u001f", "\\u0022"]', b'["\xff", "\\ud800", "\\u0000"]',
    b'[{"a":1,"a":2}]', b'[ true , false , null ]', b'["a,b","c\\nd"]', b"[12345678901234567890, -0]",
    b'[[[["deep"]]]]', b'["2024-01-02T03:04:05Z"]', '["购买","\x7f\u2028"]'.encode(),
]

OBJECTS = [
    b"{}", b"{ }", b'{"0":"a","1":"b"}', b'{"b":null}', b'{"b":{}}', b'{"b":[]}', b'{"b":""}',
    b'{"":1}', b'{"":{"":2}}', b'{"b":1,"B":2}', b'{"b":1,"b":2}', b'{"b":1,"b":null}',
    b'{"b":{"c":1},"b_c":2}',
]

BROKEN_LINES = [
    b"{", b"}", b"{}x", b"[]", b"[1,2", b"null", b"1", b'"track"', b"true", b"{'type':'track'}",
    b'{"type":"track",}', b'{"type":"track"} {"type":"track"}', b'{"type":"track" "event":"x"}',
    b'{"type":"track","a":01}', b'{"type":"track","a":+1}', b'{"type":"track","a":.5}',
    b'{"type":"track","a":1.}', b'{"type":"track","a":1e}', b'{"type":"track","a":NaN}',
    b'{"type":"track","a":Infinity}', b'{"type":"track","a":"tab\there"}', b'{"type":"track","a":"\\x"}',
    b'{"type":"track","a":"\\u12g4"}', b'{"type":"track","a":"\\u12"}', b'{"type":"track","a":"\x00"}',
    b'{"type":"track"}\x00', b'\x00{"type":"track"}', b'\xff{"type":"track"}', b'{"type":"track"}\xff',
    b'{"type":"track",1:2}', b'{"type":"track","a"}', b'{"type":"track","a":tru}', b'{"type":"track","a":[1,]}',
    b'{"type":"track"/**/}', b'{"batch":[{"type":"track"}]}', b"{}", b'{"Type":"track"}', b'\x0c{"type":"track"}',
    b'{"type":"track","properties":{"a":[}]}', b"not json at all", b'{"type":"track', b'{"type":"track"}\xef\xbb\xbf',
]

BLANK_LINES = [b"", b" ", b"\t", b"\r", b" \r", b"  \t \r"]

SIZE_EDGES = (
    511, 512, 513, 1024, 1025, 2048, 2049, 4096, 4097, 8193, 16385, 32768, 32769,
    65534, 65535, 65536, 65537,
)
