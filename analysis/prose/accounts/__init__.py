"""What the template of each reading knows: switches, and numbers as they are written."""
