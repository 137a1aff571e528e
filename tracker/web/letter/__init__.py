"""Pages of letters, their numbers and templates."""
