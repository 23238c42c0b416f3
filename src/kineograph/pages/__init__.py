"""Pages: scans and PDFs, their lines in reading order, and text written where it stands."""
