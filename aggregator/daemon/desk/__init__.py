"""What the desk's pages need that reaches beyond the database: each port with what is behind it."""
