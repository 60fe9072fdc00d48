"""How good the program is, measured on data made by others, with floors that hold it there."""
