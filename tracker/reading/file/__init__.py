"""Files of a case as others made them: what one is, what it says, how its pages look."""
