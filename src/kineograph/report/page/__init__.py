"""The report: sections of plain blocks, written as one HTML page and as Markdown."""
