"""Tables and collections: spreadsheets, delimited text, JSON lines."""
