"""The reference transformer: Segment-spec events to table rows, slowly and plainly.

It exists to be compared with librsload cell by cell.  It shares no code with it and
was written from the specification of the transformation alone; the functions name the
section they follow (for example "4.10").  README.md lists what the specification left
open and how it is settled here.
"""
