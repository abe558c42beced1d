"""Pages of public alerts 预警: list, one, composer, import."""
