"""The database: tables, the mapping between rows and values, transactions, migrations."""
