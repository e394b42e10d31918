"""app.py on a Space of ZeroGPU's without its GPU: all is the platform's own package, but for what only hardware can do.

The package plays a GPU to the program that loads the model, and asks a GPU for it in another process. Here that process
gets none: it finds the weights where they were put, on the CPU. And torch, built for CPUs, is given the three names by
which the package knows a build for GPUs.
"""

import runpy
import sys
from pathlib import Path

import bitsandbytes  # noqa: F401 -- before a GPU is played, or it wants the libraries of one
import torch

ROOT = Path(__file__).parent.parent.parent


def in_bad_fork() -> bool:
    """Whether a GPU was in use before the process was forked."""
    return False


if torch.version.cuda is None:
    torch.version.cuda, torch._C._cuda_init, torch.cuda._is_in_bad_fork = "13.0", lambda: None, in_bad_fork

import spaces.zero.torch as hardware  # noqa: E402 -- the package looks at torch as it is imported
from spaces.zero.torch.patching import cuda_aliases  # noqa: E402


def put_on_the_gpu(callback: object) -> None:  # noqa: ARG001
    """The weights, moved to where they are; `callback` would be told of each."""
    torch.set_num_threads(1)  # a process that was forked cannot use the threads of another
    for played, real in cuda_aliases.items():
        played.data = real


hardware.init = lambda _: None
hardware.move = put_on_the_gpu
hardware.pack = lambda: 0  # to the disk, from where a GPU reads them faster

if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    runpy.run_path(str(ROOT / "app.py"), run_name="__main__")
