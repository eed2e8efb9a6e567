"""The errors by which the databases refuse a row that must not exist."""

import sqlite3

import psycopg

BROKEN = (sqlite3.IntegrityError, psycopg.IntegrityError)
