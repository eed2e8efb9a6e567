"""What databases say to a row that must not be, each in its own words."""

import sqlite3

import psycopg

BROKEN = (sqlite3.IntegrityError, psycopg.IntegrityError)
