"""Mail and other channels: what is written, and how it leaves."""
