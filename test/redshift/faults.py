"""faults -- rules that make the stand-in misbehave on purpose, set over the control socket.

A rule: {"action", "match": regular expression, "nth": 1, "times": 1, ...parameters of the action}.
match is looked for (ignoring case) in the statement, in the user's name for `auth` and `limit`, in
`manifest s3://...` or `part s3://...` for `s3`; nth counts the matches from 1; times 0 is for ever.
"""

import re
import threading

_COMMIT = r"^\s*(commit|end)\b"
# action -> (event, default match)
ACTIONS = {
    "drop_before": ("statement", None), "drop_after": ("statement", None),
    "commit_lost": ("statement", _COMMIT), "commit_unknown": ("statement", _COMMIT),
    "error": ("statement", None), "error_at_commit": ("statement", _COMMIT),
    "delay": ("statement", None), "stall": ("statement", None), "terminate": ("statement", None),
    "other_writer": ("statement", None), "notice_flood": ("statement", None), "huge_error": ("statement", None),
    "byte_at_a_time": ("statement", None), "split_messages": ("statement", None),
    "parameter_change": ("statement", None),
    "drop_mid_copy": ("copy", r"^\s*copy\b"), "load_error": ("copy", r"^\s*copy\b"),
    "s3": ("s3", r"."), "auth": ("login", r"."), "limit": ("limit", r"."),
}


class Rule:
    """One rule and how often it matched."""

    def __init__(self, values):
        self.action = values["action"]
        if self.action not in ACTIONS:
            raise ValueError(f"unknown action {self.action}")
        self.event, match = ACTIONS[self.action]
        match = values.get("match", match)
        if match is None:
            raise ValueError(f"action {self.action} needs match")
        self.pattern = re.compile(match, re.I | re.S)
        self.nth = int(values.get("nth", 1))
        self.times = int(values.get("times", 1))
        self.values = values
        self.seen = self.fired = 0

    def get(self, name, default=None):
        """Return parameter `name`."""
        return self.values.get(name, default)

    def fires(self, event, text):
        """Count a match; return whether the rule acts on it."""
        if event != self.event or not self.pattern.search(text):
            return False
        self.seen += 1
        if self.seen < self.nth or (self.times and self.fired >= self.times):
            return False
        self.fired += 1
        return True


class Faults:
    """All rules; the lock is a leaf."""

    def __init__(self):
        self._lock = threading.Lock()
        self._rules = []

    def add(self, values):
        """Add a rule. Errors: ValueError, KeyError, re.error for one that is none."""
        rule = Rule(values)
        with self._lock:
            self._rules.append(rule)

    def clear(self):
        """Drop all rules."""
        with self._lock:
            self._rules = []

    def take(self, event, text):
        """Return the rules that act on this event, in order of their making."""
        with self._lock:
            return [rule for rule in self._rules if rule.fires(event, text)]

    def state(self):
        """Return (rule, matches, times it acted) of every rule, for the control socket."""
        with self._lock:
            return [{"rule": rule.values, "seen": rule.seen, "fired": rule.fired} for rule in self._rules]
