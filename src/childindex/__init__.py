"""childindex: a unique child identifier and information-sharing index.

The nouns are files of this package, the rooms are its folders; imports go down only (see README).
"""
