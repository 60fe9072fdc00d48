"""Pure core: understands bytes and decides; no I/O, no clock, no randomness, no logging."""
