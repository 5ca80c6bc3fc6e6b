"""hostile -- events made to break a loader, the same ones for the same seed.

pools holds the ingredients, generate puts lines together, __main__ prints them.
"""
