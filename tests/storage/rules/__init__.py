"""Every scenario of the rule book once more, over a file: what holds in memory holds in the database.

Each module has the name of the one in ``tests/domain`` whose scenarios it runs.
"""
