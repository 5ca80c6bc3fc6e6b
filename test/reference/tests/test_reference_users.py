"""The fold into users and the rows that dedupe keeps: sections 7 and 8."""

import itertools

from reference.users import fold, newest_rows, rows_as_dicts
from reference_run import event, run


def identify(message_id, minute, user="u1", **traits):
    """Return an identify received at a minute of the window."""
    return event("identify", messageId=message_id, userId=user, traits=traits,
                 receivedAt=f"2024-01-02T03:{minute:02d}:00Z")


def staged(*lines):
    """Return the identifies rows that the lines make."""
    return rows_as_dicts(run(lines)["tables"]["identifies"])


def at(minute):
    """Return a written time of the window."""
    return f"2024-01-02 03:{minute:02d}:00"


def test_newest_value_of_each_column_in_any_order():
    lines = [identify("m1", 1, plan="a", city="x"), identify("m2", 2, plan="b"),
             identify("m3", 3, city=None, age=5)]
    for order in itertools.permutations(lines):
        assert fold(staged(*order)) == {"u1": {
            "id": "u1", "received_at": at(3), "plan": "b", "city": "x", "age": "5",
        }}


def test_message_id_breaks_ties():
    lines = [identify("m2", 1, plan="b"), identify("m10", 1, plan="a")]
    assert fold(staged(*lines))["u1"]["plan"] == "b"
    assert fold(staged(*lines[::-1]))["u1"]["plan"] == "b"


def test_late_hour_only_fills_gaps():
    there = [{"id": "u1", "received_at": at(30), "plan": "new", "city": None, "old": "kept"}]
    found = fold(staged(identify("m1", 1, plan="late", city="x")), there)
    assert found == {"u1": {
        "id": "u1", "received_at": at(30), "plan": "new", "city": "x", "old": "kept",
    }}


def test_newer_hour_overwrites_but_null_never_clears():
    there = [{"id": "u1", "received_at": at(0), "plan": "old", "city": "x"}]
    found = fold(staged(identify("m1", 1, plan="new")), there)
    assert found["u1"] == {"id": "u1", "received_at": at(1), "plan": "new", "city": "x"}


def test_existing_row_yields_to_an_identify_of_the_same_time():
    there = [{"id": "u1", "received_at": at(1), "plan": "there"}]
    assert fold(staged(identify("m1", 1, plan="staged")), there)["u1"]["plan"] == "staged"


def test_row_there_without_time_is_oldest():
    there = [{"id": "u1", "received_at": None, "plan": "there"}]
    found = fold(staged(identify("m1", 1, plan="staged")), there)["u1"]
    assert found["plan"] == "staged" and found["received_at"] == at(1)


def test_no_user_no_row_and_others_untouched():
    rows = staged(identify("m1", 1, user=""), identify("m2", 1, user=None))
    assert fold(rows, [{"id": "u9", "received_at": at(0)}]) == {}


def test_profile_decides_about_times():
    rows = staged(identify("m1", 1))
    assert "timestamp" not in fold(rows)["u1"]
    assert fold(rows, with_times=True)["u1"]["timestamp"] == at(1)


def test_fractions_sort_as_time():
    rows = staged(
        event("identify", messageId="m9", userId="u1", traits={"v": "first"},
              receivedAt="2024-01-02T03:04:05Z"),
        event("identify", messageId="m1", userId="u1", traits={"v": "last"},
              receivedAt="2024-01-02T03:04:05.000001Z"),
    )
    assert fold(rows)["u1"]["v"] == "last"


def test_newest_rows():
    rows = staged(identify("m1", 1, v="a"), identify("m1", 3, v="b"), identify("m1", 2, v="c"),
                  identify("m2", 1, v="d"))
    assert [(row["id"], row["v"]) for row in newest_rows(rows)] == [("m1", "b"), ("m2", "d")]
