"""What databases say to a row that must not be, each in its own words."""

import sqlite3

BROKEN = (sqlite3.IntegrityError,)
