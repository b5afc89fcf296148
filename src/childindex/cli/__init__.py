"""The `childindex` command, a small file for each group, and the supervisor of the service's processes.

It reads the configuration, builds the index from it, and shows what operations and the client answer. A command that
asks the running index goes through `childindex.client`, as an agency would; only an operator's opens the store.
"""
