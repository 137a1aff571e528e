"""Jobs: the table of what runs when, and the process that runs it."""
