"""What the program writes: the annual report as Word, PDF, HTML and workbook, charts, lists."""
