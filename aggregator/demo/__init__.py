"""The demo newsroom: outlets of our own on loopback, with the truth about what they publish."""
