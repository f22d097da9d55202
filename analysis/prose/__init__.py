"""Words and sentences from results."""
