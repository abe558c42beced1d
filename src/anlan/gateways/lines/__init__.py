"""Lines out 外呼线路: SMS by HTTP, group robots, e-mail. Each is a kind that the county sets up as a line of its own."""
