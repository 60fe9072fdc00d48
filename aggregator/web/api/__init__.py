"""The read-only HTTP API under /api/v1."""
