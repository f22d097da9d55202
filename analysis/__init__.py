"""Fit, tabulate and draw multilevel linear models for the report."""
