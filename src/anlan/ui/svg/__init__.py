"""Charts as SVG, drawn on the server: they need no script, print as they stand, and carry a table for who cannot see them.

Pure functions from frozen data to safe strings. Colours come by CSS class, never by attribute (strict CSP, themes).
"""
