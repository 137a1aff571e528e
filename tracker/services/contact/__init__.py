"""Letters, visits and calls."""
