"""Tables, as SQLAlchemy 2 typed mappings; the named reads stand in ``reads``."""
