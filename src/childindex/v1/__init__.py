"""Generated from proto/childindex/v1 by `make proto`; never edited."""
