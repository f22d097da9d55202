"""Which table, columns and groups a study uses, and the rows that it yields."""
