"""Pages of files that old registers come in by."""
