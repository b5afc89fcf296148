"""Recall by name origin: `python -m bench.origins --pairs 20000 --seed 7`.

Origins are a property of the generator. The product neither infers nor stores any: groups exist in this bench only.
"""
