"""What reads this room, by concern."""
