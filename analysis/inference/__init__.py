"""What fits say together: comparison and intervals."""
