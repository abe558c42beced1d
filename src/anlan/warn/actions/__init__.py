"""What changes the world in this room, by concern."""
