"""What of a run can be carried away 导出: rasters, polygons, tables, a sheet. Each says by itself whose word it is.

A refused run is not exported: a file that has left the page has lost the word 拒用, whatever stands in its name.
"""

from anlan.simulate.exports.polygons import geojson
from anlan.simulate.exports.provenance import About, about, file_name
from anlan.simulate.exports.rasters import geotiffs
from anlan.simulate.exports.sheet import pdf
from anlan.simulate.exports.tables import villages_csv

__all__ = ["About", "about", "file_name", "geojson", "geotiffs", "pdf", "villages_csv"]
