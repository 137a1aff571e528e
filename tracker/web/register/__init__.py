"""The registers behind the report."""
