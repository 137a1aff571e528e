"""Tables, as SQLAlchemy 2 typed mappings, and the named reads."""
