"""What all tests share: the canary that no output may hold, and properties that are not held to a clock."""

from hypothesis import settings

pytest_plugins = ["tests.canary"]

settings.register_profile("unhurried", deadline=None)  # machines are shared: times are for the benches
settings.load_profile("unhurried")
