"""compare -- rsload against the reference, and the smallest event that tells them apart.

rsload runs the binary and reads what it staged (the only module that knows its files),
differ lists the differences, shrink makes a failing input small, __main__ is the command.
"""
