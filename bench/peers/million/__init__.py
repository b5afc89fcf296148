"""Records that arrive, each to be found among a million children: childindex and Splink on the same two files.

The index is one record of every child on the list of a general practice; the queries are records of the same children
by the other custodians, each with its own errors, in the proportions in which those custodians hold children. Some
queries are of children the practice does not know: they have no right answer. Neither file bears identifiers.
"""
