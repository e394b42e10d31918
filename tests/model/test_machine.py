"""The machine: what it has, and the number type in which a model computes on it."""

from types import SimpleNamespace

import torch

from pricer.model.machine import Machine, compute_dtype, look_at_machine

GIGABYTE = 10**9


def test_the_compute_dtype_follows_the_compute_capability():
    assert torch.bfloat16 == compute_dtype(Machine(gpu="H100", capability=(9, 0)))
    assert torch.bfloat16 == compute_dtype(Machine(gpu="A100", capability=(8, 0)))
    assert torch.float16 == compute_dtype(Machine(gpu="Tesla T4", capability=(7, 5)))
    assert torch.float32 == compute_dtype(Machine())


def test_a_machine_is_what_torch_sees_and_what_a_space_says(monkeypatch):
    monkeypatch.setenv("ACCELERATOR", "t4-small")
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    without = look_at_machine()
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(
        torch.cuda, "get_device_properties", lambda _: SimpleNamespace(name="Tesla T4", total_memory=15 * GIGABYTE)
    )
    monkeypatch.setattr(torch.cuda, "get_device_capability", lambda _: (7, 5))
    with_gpu = look_at_machine()

    assert (None, 0.0, "t4-small") == (without.gpu, without.gpu_gb, without.accelerator)
    assert 0.1 < without.memory_gb < 10_000
    assert ("Tesla T4", 15.0, (7, 5)) == (with_gpu.gpu, with_gpu.gpu_gb, with_gpu.capability)
