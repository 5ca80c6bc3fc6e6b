"""events -- what one event says apart from its flattened columns.

Source: transform.md section 1 to 3 and section 8.
"""

import hashlib

from reference import names, times
from reference.jsontext import compact, Number, NotJson, Object, parse
from reference.values import TIMESTAMP, VARCHAR, Cell

TYPES = ("track", "identify", "page", "screen", "group", "alias")

LINE_LIMIT = 4 * 1024 * 1024
"""Bytes of the longest line that is looked at, without its end."""

TABLES = {
    "track": "tracks", "identify": "identifies", "page": "pages",
    "screen": "screens", "group": "groups", "alias": "aliases",
}

# The trees that make columns, the one that wins on equal paths first (3.2).
TREES = {
    "track": ("userProperties", "properties"),
    "identify": ("traits", "userProperties"),
    "page": ("properties",),
    "screen": ("properties",),
    "group": ("traits",),
    "alias": ("traits",),
}


class Rejected(Exception):
    """The line is no event; the text is one of the fixed reasons."""


def read_line(line, repairs):
    """Return (fields, type) of the event in `line`, or Rejected (1.3, 1.4, D2)."""
    if len(line) > LINE_LIMIT:
        raise Rejected("too long")
    try:
        event = parse(line, repairs)
    except NotJson:
        raise Rejected("not JSON") from None
    if not isinstance(event, Object):
        raise Rejected("not an object")
    fields = event.fields()
    given = fields.get("type")
    if given is None:
        raise Rejected("no type")
    event_type = ascii_lower(given) if isinstance(given, str) else None
    if event_type not in TYPES:
        raise Rejected("unknown type")
    return fields, event_type


def ascii_lower(text):
    """Return `text` with A to Z in lower case and all else as it is."""
    return "".join(chr(ord(c) + 32) if "A" <= c <= "Z" else c for c in text)


def scalar_text(value):
    """Return the JSON text of a number or boolean, a string itself, else None (3.1)."""
    if isinstance(value, str):
        return value
    if isinstance(value, Number):
        return value.text
    if value is True or value is False:
        return "true" if value else "false"
    return None


def is_empty(value):
    """Tell whether the value makes nothing anywhere: null, "", {} or []."""
    return value in (None, "", []) or isinstance(value, Object) and not value.pairs


def any_text(value):
    """Return the text of any value: what the discards keep of it."""
    text = scalar_text(value)
    return compact(value) if text is None else text


def is_for_warehouses(fields):
    """Tell whether `integrations.Warehouses.all` is anything but false (1.5)."""
    value = fields
    for key in ("integrations", "Warehouses", "all"):
        value = value.get(key) if isinstance(value, dict) else value.fields().get(key)
        if key != "all" and not isinstance(value, Object):
            return True
    return value is not False


def line_id(line, occurrence):
    """Return the id of an event without messageId (8, D6)."""
    raw = line + b"\n" + str(occurrence).encode("ascii")
    return "rs-" + hashlib.sha256(raw).hexdigest()[:32]


class Standard:
    """The standard columns of one event as Cells by name; what is NULL is left out.

    Shape: `received` is the moment of received_at, `event_name` the text of `event` or
    None where there is none.
    """

    def __init__(self, fields, event_type, context, options, counts):
        self.fields = fields
        self.options = options
        self.counts = counts
        self.cells = {}
        self.odd = []  # (column, value, reason) of what no standard column takes
        self.event_name = None
        self._ids(context.line, context.occurrence)
        self._times(context.fallback_received)
        if event_type == "track":
            self._event()
        if event_type == "group":
            self._id("group_id", "groupId")
        if event_type == "alias":
            self._id("previous_id", "previousId")
        if options.rudder_columns:
            self._rudder()

    def put(self, column, text):
        """Put a text that is there; an empty one only where it is kept (5.3)."""
        if text is not None and (text or self.options.empty_string == "keep"):
            self.cells[column] = Cell(VARCHAR, text)

    def text_of(self, field):
        """Return a top-level field as text, counting one that has no text form."""
        value = self.fields.get(field)
        text = scalar_text(value)
        if text is None and value is not None:
            self.counts["bad_text"] += 1
        return text

    def _id(self, column, field):
        """Put an id; an empty one is no id whatever becomes of empty strings."""
        self.note_odd_text(column, field)
        self.put(column, self.text_of(field) or None)

    def note_odd_text(self, column, field):
        """Keep a field that is an array or an object, and not empty, for the discards."""
        value = self.fields.get(field)
        if scalar_text(value) is None and not is_empty(value):
            self.odd.append((column, value, "bad_text"))

    def _ids(self, line, occurrence):
        """Put id, anonymous_id and user_id (8)."""
        self._id("id", "messageId")
        if "id" not in self.cells:
            self.counts["message_id_missing"] += 1
            self.put("id", line_id(line, occurrence))
        self._id("anonymous_id", "anonymousId")
        self._id("user_id", "userId")
        if "anonymous_id" not in self.cells and "user_id" not in self.cells:
            self.counts["no_user"] += 1

    def _moment(self, field, column):
        """Return a top-level time, or None; what is no time is counted (3.1, 6.3)."""
        value = self.fields.get(field)
        moment = None
        if isinstance(value, str):
            moment = times.parse(value)
        elif isinstance(value, Number):
            moment = times.from_epoch(value.text)
        if moment is None and not is_empty(value):
            self.counts["bad_timestamp"] += 1
            self.odd.append((column, value, "bad_time"))
        return None if moment is None or times.is_zero_time(moment) else moment

    def _times(self, fallback_received):
        """Put received_at, timestamp, original_timestamp and sent_at (8)."""
        received = self._moment("receivedAt", "received_at")
        sent = self._moment("sentAt", "sent_at")
        original = self._moment("originalTimestamp", "original_timestamp")
        stamp = self._moment("timestamp", "timestamp")
        if stamp is None and received and sent and original:
            stamp = times.skew_corrected(received, sent, original)
        if received is None:
            self.counts["received_at_missing"] += 1
        self.received = received or fallback_received
        stamp = stamp or original or self.received
        for column, moment in (
            ("received_at", self.received), ("original_timestamp", original),
            ("sent_at", sent), ("timestamp", stamp),
        ):
            if moment is not None:
                self.cells[column] = Cell(TIMESTAMP, times.write(moment))

    def _event(self):
        """Put event and event_text (2.1, 2.2)."""
        text = scalar_text(self.fields.get("event"))
        self.put("event_text", text)
        if text is not None:
            self.put("event", names.slug(text, self.options.naming))
        self.event_name = text or None

    def _rudder(self):
        """Put the columns that only the rudder layout has (0, 3.1)."""
        self.put("channel", self.text_of("channel"))
        requested = self.text_of("request_ip") or None
        context = self.fields.get("context")
        own = context.fields().get("ip") if isinstance(context, Object) else None
        passed = scalar_text(own) or None
        self.put("context_ip", passed or requested)
        self.put("context_request_ip", requested)
        self.put("context_passed_ip", passed)
