"""柳林合成地形: the made-up land under the night of Liulin, with its hydrology. Synthetic throughout."""
