"""A program that prices a plan on a cluster, telling each shard, until it is done or killed.

python -m tests.support.priced_on_ray ADDRESS FOLDER
"""

import sys
from pathlib import Path

from pricer.catalogue.on_ray import Workers, on_ray
from pricer.catalogue.plan import Folder
from tests.support.fakes import FakePricer


def slow(_: str | None) -> FakePricer:
    """A pricer that leaves time to be killed."""
    return FakePricer(seconds=0.5)


def main() -> None:
    """Price what is open."""
    folder = Folder(Path(sys.argv[2]))
    numbers = folder.open_shards(folder.read_existing())
    for done in on_ray(Workers(sys.argv[1], cpus_per_actor=1), folder, numbers, None, slow, lambda: False):
        print(done.shard, flush=True)


if __name__ == "__main__":
    main()
