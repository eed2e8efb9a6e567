"""How what is owed reaches people: dispatcher, order, one file for each channel."""
