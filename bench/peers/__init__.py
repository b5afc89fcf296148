"""childindex beside its peers, on the same files in the same run: `bench.peers` and `bench.peers.million`.

The peers live in an environment of their own (`make bench-peers` makes it), where the modules `with_*` run: they read
files and write the probability of every pair they scored. All figures are made here, by one code for all tools.
"""
