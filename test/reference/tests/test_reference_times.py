"""Timestamps: 6.3 for values, section 8 for the standard columns."""

from datetime import datetime

import pytest
from reference import times
from reference_run import event, own, properties, rows, run, types

GOOD = [
    ("2024-01-02", "2024-01-02 00:00:00"),
    ("2024-01-02T03:04", "2024-01-02 03:04:00"),
    ("2024-01-02 03:04:05", "2024-01-02 03:04:05"),
    ("2024-01-02T03:04Z", "2024-01-02 03:04:00"),
    ("2024-01-02T03:04:05z", "2024-01-02 03:04:05"),
    ("2024-01-02T03:04:05.000Z", "2024-01-02 03:04:05"),
    ("2024-01-02T03:04:05.25", "2024-01-02 03:04:05.25"),
    ("2024-01-02T03:04:05.1234569Z", "2024-01-02 03:04:05.123456"),
    ("2024-01-02T03:04:05.9999999Z", "2024-01-02 03:04:05.999999"),
    ("2024-01-02T03:04:05+02", "2024-01-02 01:04:05"),
    ("2024-01-02T03:04:05-0230", "2024-01-02 05:34:05"),
    ("2024-01-02T03:04:05+05:45", "2024-01-01 21:19:05"),
    ("2024-02-29", "2024-02-29 00:00:00"),
    ("2000-02-29", "2000-02-29 00:00:00"),
    ("0001-01-01", "0001-01-01 00:00:00"),
    ("9999-12-31T23:59:59.999999Z", "9999-12-31 23:59:59.999999"),
    ("2024-12-31T23:30:00-01:00", "2025-01-01 00:30:00"),
]
BAD = [
    "2024", "2024-01", "1704164645", "01/02/2024", "Tue, 02 Jan 2024 03:04:05 GMT",
    "2024-02-30", "2023-02-29", "1900-02-29", "2024-13-01", "2024-00-01", "2024-01-00",
    "2024-01-02T24:00", "2024-01-02T23:60", "2024-01-02T23:59:60", "2024-01-02T03:04:05.",
    "2024-01-02T03:04:05,5", "2024-01-02  03:04", "2024-01-02T03", "2024-01-02Z",
    "2024-01-02+01:00", " 2024-01-02", "2024-01-02 ", "2024-01-02\n", "0000-01-01",
    "10000-01-01", "2024-1-2", "2024-01-02t03:04", "2024-01-02T03:04:05+24:00",
    "2024-01-02T03:04:05+01:60", "2024-01-02T03:04:05+1", "2024-01-02T03:04:05+123",
    "0001-01-01T00:00:00+00:01", "9999-12-31T23:59:59-00:01", "٢٠٢٤-01-02", "",
    "2024-01-02T03:04:05 Z", "2024-01-02T03:04.5",
]


@pytest.mark.parametrize("text,written", GOOD)
def test_timestamps(text, written):
    assert times.write(times.parse(text)) == written
    result = run([event(properties={"at": text})])
    assert types(result)["at"] == "TIMESTAMP"
    assert own(result) == [{"at": written}]


@pytest.mark.parametrize("text", BAD)
def test_no_timestamps(text):
    assert times.parse(text) is None


def test_timestamps_off():
    result = run([event(properties={"at": "2024-01-02"})], timestamps="off")
    assert types(result)["at"] == "VARCHAR(512)"
    assert own(result) == [{"at": "2024-01-02"}]
    assert rows(result, "tracks")[0]["received_at"] == "2024-01-02 03:30:00"


@pytest.mark.parametrize("number,written", [
    ("0", "1970-01-01 00:00:00"),
    ("1704164645", "2024-01-02 03:04:05"),
    ("1704164645.25", "2024-01-02 03:04:05.25"),
    ("1.704164645e9", "2024-01-02 03:04:05"),
    ("1704164645123", "2024-01-02 03:04:05.123"),
    ("1704164645123.4567", "2024-01-02 03:04:05.123456"),
    ("99999999999", "5138-11-16 09:46:39"),
    ("100000000000", "1973-03-03 09:46:40"),
    ("-1.5", "1969-12-31 23:59:58.5"),
    ("-0.0000019", "1969-12-31 23:59:59.999999"),
    ("1e-999999999", "1970-01-01 00:00:00"),
    ("253402300799999", "9999-12-31 23:59:59.999"),
    ("253402300800000", None),
    ("1e999999999999999999999", None),
])
def test_epoch_numbers(number, written):
    moment = times.from_epoch(number)
    assert (moment and times.write(moment)) == written


def line(**fields):
    """Return a track event with exactly these times."""
    whole = event(**fields)
    if "receivedAt" not in fields:
        del whole["receivedAt"]
    return whole


R, S, O, T = ("2024-01-02T03:04:09.250Z", "2024-01-02T03:04:06Z", "2024-01-02T03:04:05Z",
              "2024-01-02T03:00:00Z")


@pytest.mark.parametrize("fields,expected", [
    ({"receivedAt": R, "sentAt": S, "originalTimestamp": O}, "2024-01-02 03:04:08.25"),
    ({"receivedAt": R, "sentAt": S, "originalTimestamp": O, "timestamp": T},
     "2024-01-02 03:00:00"),
    ({"receivedAt": R, "sentAt": S, "originalTimestamp": O, "timestamp": "garbage"},
     "2024-01-02 03:04:08.25"),
    ({"receivedAt": R, "originalTimestamp": O}, "2024-01-02 03:04:05"),
    ({"sentAt": S, "originalTimestamp": O}, "2024-01-02 03:04:05"),
    ({"receivedAt": R, "sentAt": S}, "2024-01-02 03:04:09.25"),
    ({"sentAt": S}, "2024-01-02 03:00:00"),
    ({"receivedAt": "9999-12-31", "sentAt": "2024-01-01", "originalTimestamp": "2024-01-09"},
     "2024-01-09 00:00:00"),
])
def test_timestamp_column(fields, expected):
    assert rows(run([line(**fields)]), "tracks")[0]["timestamp"] == expected


def test_received_at_falls_back_to_the_object_then_the_window():
    late = datetime(2024, 1, 2, 4, 0, 7)
    for value in (None, "", "garbage", {}, True, "0001-01-01T00:00:00Z"):
        result = run([line(receivedAt=value)], last_modified=late)
        assert rows(result, "tracks")[0]["received_at"] == "2024-01-02 04:00:07", value
        assert result["counts"]["received_at_missing"] == 1
    assert rows(run([line()]), "tracks")[0]["received_at"] == "2024-01-02 03:00:00"


def test_bad_times_are_null_and_counted():
    result = run([line(receivedAt=R, sentAt="garbage", originalTimestamp=["x"],
                       timestamp="0001-01-01T00:00:00Z")])
    row = rows(result, "tracks")[0]
    assert "sent_at" not in row and "original_timestamp" not in row
    assert row["timestamp"] == "2024-01-02 03:04:09.25"
    assert result["counts"]["bad_timestamp"] == 2


def test_standard_times_accept_numbers():
    row = rows(run([line(receivedAt=1704164645123, sentAt=1704164645)]), "tracks")[0]
    assert row["received_at"] == "2024-01-02 03:04:05.123"
    assert row["sent_at"] == "2024-01-02 03:04:05"


def test_property_numbers_are_no_times():
    assert types(run([properties(b'{"at":1704164645}')]))["at"] == "BIGINT"
