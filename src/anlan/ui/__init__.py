"""The kit that every page shares: base page, parts, words, palette, charts as SVG, the one map element."""
