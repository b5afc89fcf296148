"""What all tests share: the canary that no output may hold."""

pytest_plugins = ["tests.canary"]
