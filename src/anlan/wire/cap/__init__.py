"""CAP 1.2 and the national (12379) form: bytes to alerts and back, checked and signed. No sockets, no clock."""
