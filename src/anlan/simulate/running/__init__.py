"""Runs on their way 运行: from a row to arrays, to a process beside the engine, and back into the records."""
