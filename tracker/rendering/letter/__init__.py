"""Letters as Word files: our own templates, how one is filled, how a letter is shown on a page."""
