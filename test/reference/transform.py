"""transform -- a window of event lines to tables, rows, discards, rejects and counts.

Source: transform.md; the functions cite its sections.
"""

from collections import Counter

from reference import columns, events, leaves, names, values
from reference.events import Standard
from reference.jsontext import Object, Repairs
from reference.leaves import flatten
from reference.values import VARCHAR, VARCHAR_LIMIT, Conflict

BYTE_ORDER_MARK = b"\xef\xbb\xbf"


# A value of context keeps its column against one of another tree that is as near.
CONTEXT_RANK = -1


class EventContext:
    """What an event needs to know of the line it came from."""

    def __init__(self, line, occurrence, fallback_received):
        self.line = line
        self.occurrence = occurrence
        self.fallback_received = fallback_received


class Transformer:
    """One run.  Give it objects with add_object, then ask result for everything.

    `catalog` maps the tables of the warehouse to {column: type as spelled there};
    `window` is (start, end), moments in UTC.
    """

    def __init__(self, options, window, catalog=None):
        self.options = options
        self.window = window
        self.catalog = {
            table.lower(): {name.lower(): kind for name, kind in there.items()}
            for table, there in (catalog or {}).items()
        }
        self.tables = {}
        self.discards = []
        self.rejects = []
        self.collisions = set()
        self.repairs = Repairs()
        self.counts = Counter()

    def add_object(self, name, data, last_modified=None):
        """Take in one unpacked object (1.1); `last_modified` is a moment or None (8)."""
        seen = Counter()
        offset = 0
        for number, raw in enumerate(data.split(b"\n"), 1):
            line = raw[:-1] if raw.endswith(b"\r") else raw
            if number == 1 and line.startswith(BYTE_ORDER_MARK):
                line = line[len(BYTE_ORDER_MARK) :]
            occurrence = seen[line]
            seen[line] += 1
            text = line
            if text.strip(b" \t\r"):
                context = EventContext(line, occurrence, last_modified or self.window[0])
                self._add_line(name, number, offset, text, context)
            offset += len(raw) + 1

    def _add_line(self, name, number, offset, text, context):
        """Turn one line into rows, or into a reject (1.3, 1.4)."""
        self.counts["read"] += 1
        repairs = Repairs()
        try:
            fields, event_type = events.read_line(text, repairs)
        except events.Rejected as reason:
            self.counts["rejected"] += 1
            self.rejects.append(
                {"object": name, "line": number, "offset": offset, "reason": str(reason)}
            )
            return
        self.repairs.replaced += repairs.replaced
        self.repairs.stripped += repairs.stripped
        self._add_event(fields, event_type, context)

    def _add_event(self, fields, event_type, context):
        """Write the rows of one event, unless it is filtered (1.5, 1.6, section 2)."""
        if self.options.integrations == "respect" and not events.is_for_warehouses(fields):
            self.counts["filtered"] += 1
            return
        noted = Counter()
        standard = Standard(fields, event_type, context, self.options, noted)
        start, end = self.window
        if self.options.filter_received and not start <= standard.received < end:
            self.counts["filtered"] += 1
            return
        self.counts.update(noted)
        self.counts["events"] += 1
        found = self._leaves(fields, event_type)
        if event_type in ("page", "screen"):
            found = self._page_columns(standard, found)
        fixed = self._table(events.TABLES[event_type], event_type)
        for column, value, reason in standard.odd:
            text = events.any_text(value)
            self._discard(fixed, standard.cells["id"].text, column, text, reason)
        if event_type != "track":
            self._add_row(events.TABLES[event_type], event_type, standard, found)
            return
        only_context = [leaf for leaf in found if leaf.root == "context"]
        self._add_row("tracks", event_type, standard, only_context)
        name = standard.event_name
        if name and (self.options.unnamed_events == "hex"
                     or names.slug(name, self.options.naming)):
            table = names.event_table(name, self.options.naming)
            self._add_row(table, event_type, standard, found)

    def _leaves(self, fields, event_type):
        """Return the leaves of context and of the type's trees in document order (3.2)."""
        trees = events.TREES[event_type]
        found = []
        self.odd_containers = []
        for field, value in fields.items():
            if field != "context" and field not in trees:
                continue
            if isinstance(value, Object):
                rank = trees.index(field) if field in trees else CONTEXT_RANK
                found.extend(flatten(field, value, self.options, rank))
            elif value not in (None, "", []):
                self.counts["bad_container"] += 1
                self.odd_containers.append((field, value))
        if self.options.rudder_columns:
            # context.ip is what the standard column context_ip is made from (3.1).
            found = [
                leaf for leaf in found
                if leaf.source != "context.ip" or not leaf.is_scalar
            ]
        for order, leaf in enumerate(found):
            leaf.order = order
        return found

    def _page_columns(self, standard, found):
        """Put name and category; return the leaves that are not used up (3.1)."""
        for column in ("name", "category"):
            standard.note_odd_text(column, column)
            standard.put(column, standard.text_of(column))
            for leaf in found:
                if leaf.source != "properties." + column or not leaf.is_scalar:
                    continue
                if column not in standard.cells:
                    standard.put(column, leaf.cell.text)
                if standard.cells[column].text == leaf.cell.text:
                    found = [other for other in found if other is not leaf]
        return found

    def _add_row(self, table_name, event_type, standard, found):
        """Add one row to a table, each leaf in the column that it belongs to."""
        table = self._table(table_name, event_type)
        row = {name: standard.cells.get(name) for name in table.standard}
        row_id = standard.cells["id"].text
        for root, value in self.odd_containers:
            if root == "context" or table_name != "tracks":
                column = names.slug(root, "segment")
                self._discard(table, row_id, column, events.any_text(value), "not_an_object")
        by_name = {}
        for leaf in found:
            bare = leaves.bare_name(leaf, self.options)
            if bare is None:
                self.counts["unnamed_dropped"] += 1
                continue
            name = leaves.column_name(bare, table, self.options)
            if name is None:
                self._discard(table, row_id, bare, leaf.cell.text, "standard_column")
                continue
            by_name.setdefault(name, []).append(leaf)
        for name, cell in self._settle(table, row_id, by_name):
            if table.add_column(name) is None:
                self._discard(table, row_id, name, cell.text, "too_many_columns")
            else:
                row[name] = cell
        for name, cell in row.items():
            if cell is not None:
                table.columns[name].see(cell)
        table.rows.append(row)

    def _settle(self, table, row_id, by_name):
        """Return (column, Cell) for the row, one path a column (4.10)."""
        settled = {}
        losing = []
        for name, rivals in by_name.items():
            winner, *losers = leaves.by_preference(rivals, name)
            settled[name] = winner.cell
            losing.extend((name, winner, leaf) for leaf in losers)
        if self.options.on_name_collision == "suffix":
            losing.sort(key=lambda lost: (lost[0], lost[2].source.encode("utf-8")))
        for name, winner, leaf in losing:
            if leaf.cell.text == winner.cell.text:
                continue
            self.collisions.add((table.name, name, winner.source, leaf.source))
            if self.options.on_name_collision == "suffix":
                settled[leaves.free_name(name, settled, table)] = leaf.cell
            else:
                self._discard(table, row_id, name, leaf.cell.text, "name_collision")
        return list(settled.items())

    def _table(self, name, event_type):
        """Return the table, made on its first row."""
        if name not in self.tables:
            standard = columns.standard_columns(event_type, self.options.rudder_columns)
            there = self.catalog.get(name, {})
            self.tables[name] = columns.Table(
                name, standard, there, self.options.max_columns
            )
        return self.tables[name]

    def _discard(self, table, row_id, column, text, reason):
        """Keep a value that its row cannot hold (4.10, 6.2, 6.4, 6.6)."""
        self.discards.append({
            "table": table.name,
            "row_id": values.cut_bytes(row_id, VARCHAR_LIMIT),
            "column": column,
            "value": values.cut_bytes(text, VARCHAR_LIMIT),
            "reason": reason,
        })
        self.counts[reason] += 1

    def result(self):
        """Return the whole outcome as plain dicts and lists; call it once, at the end.

        Shape: README.md, "What comes out".
        """
        tables = {name: self._finish(self.tables[name]) for name in sorted(self.tables)}
        self.counts["rows"] = sum(len(table["rows"]) for table in tables.values())
        self.counts["replaced_utf8"] = self.repairs.replaced
        self.counts["stripped_nul"] = self.repairs.stripped
        return {
            "tables": tables,
            "discards": self.discards,
            "rejects": self.rejects,
            "collisions": sorted(list(pair) for pair in self.collisions),
            "counts": dict(sorted(self.counts.items())),
        }

    def _finish(self, table):
        """Return a table's columns with their final types and its rows as loaded."""
        rows = [self._loaded_row(table, row) for row in table.rows]
        described = [
            {
                "name": column.name,
                "type": column.final_type(),
                "bytes": column.final_bytes(self.options.varchar),
                "existing": not column.is_new,
            }
            for column in table.columns.values()
        ]
        return {"columns": described, "rows": rows}

    def _loaded_row(self, table, row):
        """Return the row's cells in the order of the table's columns (6.2, 6.4)."""
        loaded = []
        for column in table.columns.values():
            cell = row.get(column.name)
            if cell is not None:
                cell = self._loaded_cell(table, column, row["id"].text, cell)
            loaded.append(cell)
        return loaded

    def _loaded_cell(self, table, column, row_id, cell):
        """Return the text that the warehouse will hold, None after a conflict."""
        column_type = column.final_type()
        try:
            text = values.loaded(cell, column_type)
        except Conflict:
            self._discard(table, row_id, column.name, cell.text, "type_conflict")
            return None
        if column_type == VARCHAR:
            kept = values.cut_bytes(text, VARCHAR_LIMIT)
            if kept != text:
                self._discard(table, row_id, column.name, text, "truncated")
            column.longest_bytes = max(column.longest_bytes, len(kept.encode("utf-8")))
            return kept
        return text


def transform(objects, window, options, catalog=None):
    """Return the result of a run over `objects`, (name, bytes, last modified) each."""
    run = Transformer(options, window, catalog)
    for name, data, last_modified in objects:
        run.add_object(name, data, last_modified)
    return run.result()
