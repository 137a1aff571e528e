"""The annual report."""
