"""Makes the systematic table of forename spellings: `python -m bench.spellings`."""
