"""What of a run can be carried away 导出: rasters, polygons, tables, a sheet. Each says by itself whose word it is.

A refused run is not exported: a file that has left the page has lost the word 拒用, whatever stands in its name.
"""
