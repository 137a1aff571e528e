"""What others wrote: registers, reports, notices. Read in a process of its own (isolated.py)."""
