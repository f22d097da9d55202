"""Tables of any size, on an engine that exists: what of them is summed by group."""
