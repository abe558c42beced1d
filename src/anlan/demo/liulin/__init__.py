"""The night of Liulin (2021-08-11 21:00 to 2021-08-12 09:00) as data and pure functions."""
