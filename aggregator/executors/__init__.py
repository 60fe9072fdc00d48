"""Edge to processes: run a pure function over many items, here or in killable workers."""
