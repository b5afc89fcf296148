"""What runs in the peers' environment: each peer's configuration for each set, and a program that writes scored pairs.

A configuration is what the tool's own documentation and demonstrations advise for such data, made in our own words.
None of it sees the truth, but for dedupe, which learns from labels and is given some.
"""
