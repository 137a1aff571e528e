"""The office, its people and what they may do."""
