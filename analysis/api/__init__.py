"""What `from analysis import …` offers: models and studies fitted, compared and shown in Python."""
