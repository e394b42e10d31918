"""The adapter: LoRA weights put onto a base, checked to fit, and described."""

from __future__ import annotations

import copy
import hashlib
import warnings
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import torch
from safetensors.torch import load_file, save_file

from pricer.errors import ModelError
from pricer.hub import commit_of, folders_with
from pricer.model.adapter_files import check_start, checked_weights
from pricer.model.info import Adapter
from pricer.model.library_errors import reading_files
from pricer.model.registry import ADAPTER_CONFIG, ModelRow

WEIGHTS = "adapter_model.safetensors"


def with_adapter(base: Any, row: ModelRow, folder: Path) -> tuple[Any, tuple[str, ...]]:
    """`base` with the row's adapter, and remarks as sentences about what was mended or is odd.

    The adapter stays unmerged: merging into 4-bit weights would round it away. Raises ModelError if it is damaged, of
    another kind, or does not fit the base.
    """
    from peft import LoraConfig, PeftConfig, PeftModel, get_peft_model_state_dict

    _check_complete(row, folder)
    with reading_files(lambda reason: f"The adapter {row.adapter} is damaged ({reason}): fetch it again."):
        config = PeftConfig.from_pretrained(folder)
        stored = load_file(folder / WEIGHTS)
    if not isinstance(config, LoraConfig):
        raise ModelError(f"The adapter {row.adapter} is of the kind {config.peft_type.value}: choose a LoRA adapter.")
    check_start(row.adapter, config.init_lora_weights)
    weights, remarks = checked_weights(row.adapter, stored, base)
    misfit = f"The adapter {row.adapter} does not fit the base model {row.base}"
    remedy = "choose the base that it was trained on (PRICER_BASE_MODEL)."
    with TemporaryDirectory() as mended:
        if any(weights.get(name) is not tensor for name, tensor in stored.items()):
            save_file(weights, Path(mended, WEIGHTS), {"format": "pt"})
            folder = Path(mended)
        with warnings.catch_warnings(), reading_files(lambda reason: f"{misfit} ({reason}): {remedy}"):
            warnings.simplefilter("ignore", FutureWarning)  # between the libraries; nobody here can mend it
            # Read on the CPU, for a GPU that is lent is not there yet; the layers that take the weights up place them.
            model = PeftModel.from_pretrained(base, folder, config=config, torch_device="cpu")
    # PEFT loads what has the right name and only warns about the rest. The embedding is none of the adapter's: left to
    # itself, PEFT would ask the Hub about it.
    loaded = get_peft_model_state_dict(model, save_embedding_layers=False)
    if set(filter(is_adapter, weights)) != set(filter(is_adapter, loaded)):
        raise ModelError(f"{misfit} (their layers differ): {remedy}")
    return model, remarks


def _check_complete(row: ModelRow, folder: Path) -> None:
    """Raise ModelError unless settings and weights lie in `folder`; where they lie deeper, name the newest."""
    for file in (ADAPTER_CONFIG, WEIGHTS):
        if (folder / file).is_file():
            continue
        if file == ADAPTER_CONFIG and (inside := folders_with(file, row.adapter, row.adapter_revision)):
            raise ModelError(
                f"The adapter {row.adapter} has no {file}, but holds {', '.join(inside[-3:])}: name one of these "
                f"folders, such as PRICER_ADAPTER={row.adapter.rstrip('/')}/{inside[-1]}."
            )
        raise ModelError(f"The adapter {row.adapter} has no {file}: save it with save_pretrained again.")


def twin(model: Any) -> Any:
    """A second `model` over the same weights: a weight that is replaced in one of the two stays as it was in the other.

    What is written *into* a weight shows in both.
    """
    weights = {id(weight): torch.nn.Parameter(weight.data, requires_grad=False) for weight in model.parameters()}
    return copy.deepcopy(model, weights)


def layers_of(model: Any) -> Any:
    """The modules of `model` as they are now, over the same weights: to be looked at once `model` was unpacked."""
    return copy.deepcopy(model, {id(weight): weight for weight in model.parameters()})


def module_tree(model: Any, stored: Any | None = None) -> str:
    """What `print(model)` writes: modules with their shapes, those of `stored`, if given, beneath the same adapter."""
    from peft import get_peft_model

    if stored is None or not hasattr(model, "peft_config"):
        return repr(model if stored is None else stored)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that the base is called otherwise here
        empty = get_peft_model(stored, copy.deepcopy(model.peft_config["default"]), low_cpu_mem_usage=True)
    return repr(empty).replace("torch.meta.", "torch.")  # the kind of its weights, which are left out here


def merged(model: Any) -> Any:
    """The plain model that answers as `model` does with its adapter. For whole weights: there is nothing to round."""
    from peft.utils.other import TrainableTokensWrapper

    head = model.get_output_embeddings()
    plain = model.merge_and_unload(safe_merge=True)  # else it would write into weights that the base shares
    if isinstance(head, TrainableTokensWrapper):
        head.token_adapter.get_base_layer().bias = None  # which PEFT leaves out where a head's rows were trained
    return plain


def describe_adapter(model: Any, row: ModelRow, folder: Path) -> Adapter:
    """What there is to tell of the adapter of `model`, which was read from `folder`."""
    config = model.peft_config["default"]
    weights = [parameter for name, parameter in model.named_parameters() if is_adapter(name)]
    layers = sum(1 for name, _ in model.named_modules() if name.endswith("lora_A"))
    targets = config.target_modules
    return Adapter(
        name=row.adapter,
        revision=commit_of(folder),
        rank=config.r,
        alpha=config.lora_alpha,
        dropout=config.lora_dropout,
        target_modules=(targets,) if isinstance(targets, str) else tuple(sorted(targets)),
        layers=layers,
        megabytes=sum(weight.numel() * weight.element_size() for weight in weights) / 1e6,
        fingerprint=_fingerprint(folder / WEIGHTS),
    )


def _fingerprint(file: Path) -> str:
    with file.open("rb") as stored:
        return hashlib.file_digest(stored, "sha256").hexdigest()


def is_adapter(name: str) -> bool:
    """Whether a weight of that name is the adapter's."""
    return "lora_" in name or "trainable_tokens" in name
