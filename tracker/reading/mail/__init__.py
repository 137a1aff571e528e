"""Mails that others sent."""
