"""events -- events written by hand, and objects made of them.

Times are given as a time of day of the test hour (`"14:05:00"` or `"14:05:00.25"`), or as a whole time.
"""

import gzip
import json
import subprocess

DAY = "2026-11-21"
HOUR = DAY + "T14"


def time(text):
    """Return an event's time for a time of day."""
    return text if "T" in text else f"{DAY}T{text}Z"


def cell(text):
    """Return the text that the warehouse shows for the same time."""
    return text.rstrip("Z") if "T" in text else f"{DAY}T{text}"


def event(kind, name, received="14:00:01", /, **fields):
    """Return an event of a type with messageId `name`; `fields` are its other fields, None leaves one out."""
    made = {"type": kind, "messageId": name, "anonymousId": "a-" + name, "receivedAt": time(received),
            "sentAt": time(received), "originalTimestamp": time(received), "timestamp": time(received),
            **fields}
    return {key: value for key, value in made.items() if value is not None}


def track(name, /, what="Order Completed", received="14:00:01", properties=None, **fields):
    """Return a track event."""
    return event("track", name, received, event=what, properties=properties or {}, **fields)


def page(name, /, received="14:00:01", properties=None, **fields):
    """Return a page event: one row in one table."""
    return event("page", name, received, properties=properties or {}, **fields)


def lines(made):
    """Return events (dicts, or bytes that stand for a line as they are) as NDJSON."""
    return b"".join((e if isinstance(e, bytes) else json.dumps(e, ensure_ascii=False).encode()) + b"\n"
                    for e in made)


def packed(made, how="gzip"):
    """Return events as the bytes of an object, packed by gzip, zstd or not at all (None)."""
    raw = made if isinstance(made, bytes) else lines(made)
    if how == "gzip":
        return gzip.compress(raw, 6, mtime=0)
    if how == "zstd":
        return subprocess.run(["zstd", "-q", "-c"], input=raw, capture_output=True, check=True).stdout
    return raw


def pages(count, prefix="p", received="14:00:01"):
    """Return NDJSON of `count` small page events with the ids prefix-0, prefix-1, ..., quickly made."""
    when = time(received)
    return "".join(
        f'{{"type":"page","messageId":"{prefix}-{n}","anonymousId":"a{n % 97}","receivedAt":"{when}",'
        f'"properties":{{"position":{n},"path":"/shelf/{n % 1009}","title":"Item \\"{n}\\", new"}}}}\n'
        for n in range(count)).encode()
