"""The ideas behind a plan, each in a few sentences."""

from collections.abc import Mapping, Sequence

from app.web.i18n import later

CONCEPTS: Mapping[str, str] = {
    "zero": later("ZeRO stages"),
    "tensor": later("Tensor parallelism"),
    "pipeline": later("Pipeline parallelism"),
    "three-d": later("3D parallelism"),
    "precision": later("BF16 and FP16"),
    "bf16-optimizer": later("BF16Optimizer"),
    "nccl": later("NCCL collectives"),
}
COLLECTIVES: Mapping[str, str] = {
    "data": later("all-reduce; or reduce-scatter and all-gather"),
    "tensor": later("all-reduce; with sequence parallelism reduce-scatter and all-gather"),
    "pipeline": later("send and receive"),
    "context": later("all-gather of keys and values"),
    "expert": later("all-to-all"),
}
EXPLANATIONS: Mapping[str, Sequence[str]] = {
    "zero": (
        later(
            "Mixed-precision Adam keeps 16 bytes per parameter: 2 for the weight, 2 for its"
            " gradient, 12 for master copy and moments. Plain data parallelism keeps all of it on"
            " every GPU."
        ),
        later(
            "ZeRO divides it over the data-parallel group: stage 1 the optimizer states, stage 2"
            " the gradients too, stage 3 the weights too. Stages 1 and 2 send no more than an"
            " all-reduce does; stage 3 sends half as much again, since weights are gathered."
        ),
    ),
    "tensor": (
        later(
            "Each weight matrix is cut: attention by heads, the feed-forward block by columns and"
            " then by rows. Each layer then sums its result over the group, twice forward and twice"
            " backward, and full recomputation repeats the forward two."
        ),
        later(
            "That is much traffic in the middle of the computation, so the group belongs inside a"
            " node. The size must divide the heads."
        ),
    ),
    "pipeline": (
        later(
            "Layers are dealt out to stages, and micro-batches go through one after the other."
            " While the pipeline fills and drains, stages idle: (p − 1) of (m + p − 1) slots with p"
            " stages and m micro-batches."
        ),
        later(
            "With 1F1B the first stage holds the activations of p micro-batches, the last stage"
            " those of one. Several chunks of layers on a GPU (virtual stages) divide the bubble;"
            " they cost activations and messages."
        ),
    ),
    "three-d": (
        later(
            "Tensor parallelism inside the node, the pipeline across nodes, data parallelism over"
            " what is left: each axis where its traffic is cheapest. The sizes multiply to the"
            " GPUs."
        ),
        later(
            "BLOOM trained on 4 × 12 × 8 = 384 GPUs that way. Context parallelism divides long"
            " sequences, expert parallelism the experts of a mixture."
        ),
    ),
    "precision": (
        later(
            "Both formats have 16 bits. FP16 has more digits and a small range: its largest number"
            " is 65504, and small gradients vanish unless the loss is scaled. BF16 has the range of"
            " FP32 and only 8 significant bits."
        ),
        later(
            "That is why large models train in BF16 without loss scaling, and why sums of many"
            " gradients are kept in FP32. FP8 needs a scale for each tensor: E4M3 for what goes"
            " forward, E5M2, which has the wider range, for gradients."
        ),
    ),
    "bf16-optimizer": (
        later(
            "DeepSpeed’s BF16Optimizer keeps BF16 weights and gradients, and beside them FP32"
            " gradients in which micro-batches are summed: a sum in BF16 stops growing when an"
            " addend is below half of the distance to the next number."
        ),
        later(
            "Optimizer states are divided as in ZeRO stage 1, although its configuration says stage"
            " 0; the FP32 gradients are not divided. BLOOM was trained with it."
        ),
    ),
    "nccl": (
        later(
            "Every axis of parallelism speaks through a collective operation. In a ring of n GPUs"
            " an all-gather or a reduce-scatter sends (n − 1)/n of the tensor from each, an"
            " all-reduce twice that."
        ),
        later(
            "Inside a node a GPU sends many times as fast as over the network, so what is sent most"
            " stays there. What does not hide behind computation makes the step longer."
        ),
    ),
}
