"""Pages: one module per noun, named as its service."""

from flask import Flask


def register(app: Flask) -> None:
    """Register every blueprint."""
