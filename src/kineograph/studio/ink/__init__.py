"""Lines that a person writes by hand, and what a network writes in that hand."""
