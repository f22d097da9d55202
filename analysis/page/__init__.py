"""
The complete visualization: data and charts of the interactive page, from the results alone.

The charts are Vega-Lite specifications, the grammar of Altair: a chart is data, which Python writes
and a schema checks, and Vega's own script draws it, offline.
"""

from analysis.page.page import files

__all__ = ["files"]
