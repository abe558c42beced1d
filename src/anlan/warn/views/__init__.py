"""Pages of this room, by concern."""
