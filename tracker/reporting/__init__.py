"""The annual report: cells from the cases, JSON, workbook."""
