"""The oracle posterior: what an ideal scorer that knows the generator's own error model would believe.

**Definition.** Records arrive one after the other. A child that is indexed has a profile: its records R so far. For a
new record r of custodian b, with every child i of the index and the hypothesis that r's child is not indexed,

    P(child i | r) = w(i) / (w(absent) + sum of all w(j))
    w(i)      = P(r | R of i) * (1 if i has no record of b yet, else the rate at which b holds a child twice)
    w(absent) = N * u(age) * P(r)  +  sum over i of k * u(age) * P(r | r is a brother, sister or twin of i)

where N is the number of children of the population, u(age) the share of that age that none of the indexed extracts
covers, and k how many twins, brothers and sisters a child has. P(r | R) = P(r, R) / P(R), and

    P(rows) = P(birth) * P(place) * P(numbers) * sum over origins and sexes of share * P(forenames) * P(family names)

each factor summed over what may be true of the child (its names, birth date, addresses, numbers), with the frequencies
by which the generator draws truth and the channels by which its custodians write it (`profiles.toml`, `slips`, `dates`,
`writing`). The oracle reads records only; truth is used to keep profiles (as if all earlier links were right) and to
say afterwards whether it was right.

**Approximations**, all of second order in the error rates: names that nobody wrote are not considered as the truth
unless a written one is unknown to the tables; two errors that lead to the same wrong date are not; addresses are
independent of how often the family moved; given and family names are taken as exchanged only where that makes sense of
them; children's records within one extract are weighed one by one, not assigned one to one. Only children that share
something with the record (see `judging`) are weighed; what others would add is below the threshold's resolution.
"""

from bench.population.oracle.judging import Summary, Verdict, judge, summary
from bench.population.oracle.reading import Reading, read
from bench.population.oracle.weighing import likelihood

__all__ = ["Reading", "Summary", "Verdict", "judge", "likelihood", "read", "summary"]
