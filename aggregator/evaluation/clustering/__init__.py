"""How good the copies and stories are, measured on labels made by others."""
