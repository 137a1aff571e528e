"""Set-up, copies and their way back, inspection, health."""
