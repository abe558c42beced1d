"""Map files 图层文件: GeoJSON, Shapefile, GeoPackage, KML to shapes in longitude and latitude. Bytes in, shapes out; no records."""
