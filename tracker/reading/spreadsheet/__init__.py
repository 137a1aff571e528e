"""Registers as offices keep them, in any spreadsheet."""
