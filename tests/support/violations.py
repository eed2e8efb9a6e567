"""What stores say to a row that must not be, each in its own words."""

import sqlite3

from tests.support.memory import ConstraintBroken

BROKEN = (ConstraintBroken, sqlite3.IntegrityError)
