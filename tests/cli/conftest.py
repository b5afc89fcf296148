from collections.abc import Iterator

import pytest

from tests.cli.founded import Service, found, serve


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """An index of its own for each module, served; it ends well."""
    served = serve(found(tmp_path_factory.mktemp("served") / "var"))
    try:
        yield served
    finally:
        assert served.stop() == 0
