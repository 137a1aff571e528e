"""Use cases: one function, one transaction. Callers pass ``actor``, ``on`` and ``now``."""
