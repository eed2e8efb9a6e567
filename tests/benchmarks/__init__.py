"""``make bench``: how fast it is, as ratios against a reference in the same run.

Absolute figures of these machines say little; a ratio holds when both sides run in turn on the same machine.
"""
