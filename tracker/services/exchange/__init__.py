"""Files that offices keep and exchange."""
