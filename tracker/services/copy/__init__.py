"""Copies of the office: what they hold and what proves them."""
