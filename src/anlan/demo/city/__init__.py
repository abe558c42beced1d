"""The demo city (合成数据): real names and codes, everything else generated from one seed."""
