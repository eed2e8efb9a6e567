"""``make bench``: how fast the bot is, as ratios to a reference that is measured in the same run.

Absolute figures of these machines say little; a ratio holds where both sides run in turn on the same machine.
"""
