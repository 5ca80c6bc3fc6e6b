"""leaves -- the single values below properties, traits and context, and their columns.

Source: transform.md 3.2 to 3.4, 4.3 to 4.10 and section 5.
"""

from reference import names
from reference.jsontext import Object
from reference.values import cell_of


class Leaf:
    """One value that becomes a cell: where it stood, in which order, and the Cell.

    `root` is the top-level field, `path` the keys below it; `rank` orders the trees that
    are merged into one (0 wins), `order` counts the leaves of the event; `is_scalar`
    tells strings, numbers and booleans from arrays and objects kept as JSON text.
    """

    def __init__(self, root, path, cell, rank=0, is_scalar=True):
        self.root = root
        self.path = path
        self.cell = cell
        self.rank = rank
        self.is_scalar = is_scalar
        self.order = 0

    @property
    def source(self):
        """Return the source path as the summary prints it."""
        return ".".join((self.root,) + self.path)

    def is_spelled(self, name):
        """Tell whether the path is a single key spelled like the column (4.10)."""
        prefix = "context_" if self.root == "context" else ""
        return len(self.path) == 1 and prefix + self.path[0] == name


def flatten(root, container, options, rank=0):
    """Return the leaves below the object `container` in document order (5.1 to 5.3)."""
    found = []
    _descend(root, (), container, options, rank, found)
    return found


def _descend(root, path, container, options, rank, found):
    """Append the leaves of `container`, whose own keys are `path`, to `found`."""
    for key, value in container.fields().items():
        here = path + (key,)
        if is_nothing(value, options):
            continue
        if isinstance(value, Object) and len(here) < options.max_depth:
            _descend(root, here, value, options, rank, found)
            continue
        cell = cell_of(value, options.types, options.timestamps == "on")
        is_scalar = not isinstance(value, (list, Object))
        found.append(Leaf(root, here, cell, rank, is_scalar))


def is_nothing(value, options):
    """Tell whether the value makes neither a cell nor a column (3.4, 5.3)."""
    if value is None:
        return True
    if isinstance(value, Object):
        return not value.pairs
    if isinstance(value, list):
        return not value
    return value == "" and options.empty_string == "null"


def bare_name(leaf, options):
    """Return the leaf's name before conflicts are looked at, None to drop it (4.8)."""
    name = names.join_path(leaf.path, options.naming)
    if leaf.root == "context":
        # The prefix is part of the name, so no key of context begins it.
        words = name.lstrip("_") if options.naming == "rudder" else name
        if words:
            return "context_" + words
    elif name:
        return name
    if options.unnamed == "drop":
        return None
    prefix = "context_" if leaf.root == "context" else ""
    return prefix + names.unnamed(leaf.path)


def column_name(name, table, options):
    """Return the final column of a bare name; None where 3.3 drops the value.

    Shape: at most 127 bytes, prefixes included (4.7).  A reserved word keeps its plain
    spelling where the warehouse has such a column already (4.9).
    """
    if table.is_protected(name):
        return names.cut("_" + name) if options.on_standard_column == "prefix" else None
    final = names.cut(names.guarded(name))
    if name in names.RESERVED and final not in table.there and name in table.there:
        return name
    return final


def by_preference(leaves, name):
    """Return the leaves of one column, the winner first (4.10)."""

    def preference(leaf):
        return (not leaf.is_spelled(name), len(leaf.path), leaf.rank, leaf.order)

    return sorted(leaves, key=preference)


def free_name(name, taken, table):
    """Return `name` with the first number from 2 on that no column of the row has."""
    number = 2
    while True:
        numbered = names.cut(f"{name}_{number}")
        if numbered not in taken and not table.is_protected(numbered):
            return numbered
        number += 1
