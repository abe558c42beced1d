"""Hazard × exposure × vulnerability in one sparse pass: who and what an event strikes, with ranges, and why nobody.

Curves come in as data (pack `vulnerability`). What people need (pack `relief_needs`) follows those who must leave.
"""
