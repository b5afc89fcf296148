"""Makes the tables of name communities that the children's model ships: `python -m bench.communities`."""
