"""The evidence bundle of a reconsideration or suit, as one PDF or as an archive."""
