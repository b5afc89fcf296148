"""The demonstration: `python -m bench.demo [--once]`, which is `make run`.

It makes an index under var/ with keys and a development authority, starts the service, lets three custodians register
their extracts through the API, and shows what each caller is told. Every child is invented (`bench.population`). A
second run opens the same index and registers nothing twice.
"""
