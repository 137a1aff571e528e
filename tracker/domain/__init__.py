"""The law: pure rules and data. Imports the standard library and ``transitions`` alone."""
