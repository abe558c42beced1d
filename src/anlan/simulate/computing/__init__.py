"""A run computed 推演计算, without a database: arrays in, a verdict's figures and the villages' water out."""
