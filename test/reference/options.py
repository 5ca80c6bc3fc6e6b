"""options -- the knobs of a run and the three presets of them.

Source: transform.md section 0 and the option of each rule.
"""

from dataclasses import dataclass, fields

PRESETS = {
    "segment": {
        "naming": "segment", "on_standard_column": "prefix", "types": "infer",
        "varchar": "ladder", "rudder_columns": False,
    },
    "rudder": {
        "naming": "rudder", "on_standard_column": "drop", "types": "infer",
        "varchar": "max", "rudder_columns": True,
    },
    "metarouter": {
        "naming": "segment", "on_standard_column": "prefix", "types": "varchar",
        "varchar": "max", "rudder_columns": False,
    },
}

CHOICES = {
    "layout": tuple(PRESETS),
    "naming": ("segment", "rudder"),
    "on_standard_column": ("prefix", "drop"),
    "types": ("infer", "varchar"),
    "varchar": ("ladder", "max"),
    "empty_string": ("null", "keep"),
    "unnamed": ("hex", "drop"),
    "unnamed_events": ("hex", "tracks-only"),
    "timestamps": ("on", "off"),
    "on_name_collision": ("discard", "suffix"),
    "on_type_conflict": ("discard",),
    "integrations": ("ignore", "respect"),
    "filter_received": (False, True),
    "rudder_columns": (False, True),
}


@dataclass
class Options:
    """One run's rules.  A preset's knob left None takes the value of `layout`."""

    layout: str = "segment"
    naming: str = None
    on_standard_column: str = None
    types: str = None
    varchar: str = None
    rudder_columns: bool = None
    empty_string: str = "null"
    unnamed: str = "hex"
    unnamed_events: str = "hex"
    timestamps: str = "on"
    on_name_collision: str = "discard"
    on_type_conflict: str = "discard"
    integrations: str = "ignore"
    filter_received: bool = False
    max_depth: int = 64
    max_columns: int = 1500

    def __post_init__(self):
        """Fill in the preset and refuse values that no rule knows (ValueError)."""
        if self.layout not in PRESETS:
            raise ValueError(f"layout: {self.layout!r} is not one of {CHOICES['layout']}")
        for name, value in PRESETS[self.layout].items():
            if getattr(self, name) is None:
                setattr(self, name, value)
        for name, choices in CHOICES.items():
            if getattr(self, name) not in choices:
                raise ValueError(f"{name}: {getattr(self, name)!r} is not one of {choices}")
        if self.max_depth < 1 or self.max_columns < 1:
            raise ValueError("max_depth and max_columns are at least 1")

    @classmethod
    def from_dict(cls, given):
        """Return the Options of a dict; dashes in names stand for underscores."""
        known = {field.name for field in fields(cls)}
        named = {name.replace("-", "_"): value for name, value in given.items()}
        for name in named:
            if name not in known:
                raise ValueError(f"{name}: no such option")
        return cls(**named)
