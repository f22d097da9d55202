"""Linear mixed models with one grouping factor, by the sums of the groups alone."""
