"""Anybody's annual report, from Word, Excel, PDF, HTML or text."""
