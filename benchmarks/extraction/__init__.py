"""What extraction costs: beside trafilatura on one core, and on two cores beside one."""
