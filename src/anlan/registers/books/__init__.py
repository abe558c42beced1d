"""表册: the tables that counties keep, read and written. Bytes and text only: no Django, no settings, no rows of ours."""
