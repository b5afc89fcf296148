"""Benches, the synthetic population and the demonstration: beside the product, never inside it."""
