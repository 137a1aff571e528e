"""What each decree sets."""
