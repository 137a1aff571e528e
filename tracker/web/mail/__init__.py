"""The outbox and who is told."""
