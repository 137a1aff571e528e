"""Jobs: when each runs, what it tells and whom."""
