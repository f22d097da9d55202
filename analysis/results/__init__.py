"""Every number of a report, computed once."""
