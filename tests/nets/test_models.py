"""Networks over the dict: shapes, live = whole, padding, one alone = one of many, learning."""

import copy
import dataclasses

import pytest
import torch
from torch import nn

from kineograph.nets.cells import OVER_TIME
from kineograph.nets.models import OF_CLIPS
from kineograph.nets.models.frame import FrameConfig
from kineograph.nets.models.lrcn import LRCN, LRCNConfig
from kineograph.nets.models.pconvlstm import PConvLSTMConfig
from kineograph.nets.models.two_stream import OneStream, TwoStream, TwoStreamConfig

B, T, CLASSES, SIZE = 3, 5, 4, (16, 18)
SMALL = {"filters": (4, 6), "pools": (4, 2)}
LRCN_VARIANTS = [
    *({"cell": cell} for cell in OVER_TIME),
    {"cell": "gru", "reset": "after", "layers": 2},
    {"features_norm": "layer", "recurrent_activation": "hard_sigmoid"},
    {"recurrent_input_dropout": 0.5, "recurrent_dropout": 0.5, "layers_dropout": 0.5, "layers": 2},
    {"both_directions": True, "bias": False, "start": "torch"},
    {"convolutions": 2, "first_kernel": 5, "last_convolutions": 2},
]
TINY = {
    "blocks": (1, 2),
    "time_kernels": (3, 3),
    "width": 4,
    "expansion": 2,
    "pyramid": 3,
    "dilations": (1, 2),
    "units": 5,
}
PCONVLSTM_VARIANTS = [
    {"causal": True},
    {"causal": True, "time_kernels": (1, 3), "norm": "group", "fusion": "concat"},
    {"causal": True, "time_dilation": 2, "over_time": "last", "memory_norm": "group"},
    {"both_directions": True, "layers": 1, "output_stride": 8, "dilations": (1,)},
    {"norm": "none", "frames_norm": "each", "features_dropout": 0.5},
    {"time_kernels": (1, 1), "pyramid_time_kernel": 1},
    {"time_kernels": (1, 1), "pyramid_time_kernel": 1, "memory": False, "over_time": "last"},
]
CONFIGS = {
    "frame": FrameConfig(**SMALL),
    "frame deep": FrameConfig(**SMALL, convolutions=2, hidden=6, features_dropout=0.5),
    "lrcn": LRCNConfig(**SMALL),
    "two_stream": TwoStreamConfig(LRCNConfig(**SMALL), LRCNConfig(units=5, **SMALL), (1.0, 2.0)),
    "pconvlstm": PConvLSTMConfig(**TINY),
    "two_stream pconvlstm": TwoStreamConfig(
        PConvLSTMConfig(**TINY, causal=True), PConvLSTMConfig(**TINY, causal=True), fusion="learned"
    ),
    **{f"pconvlstm {v}": PConvLSTMConfig(**{**TINY, **v}) for v in PCONVLSTM_VARIANTS},
    **{f"lrcn {v}": LRCNConfig(units=5, **SMALL, **v) for v in LRCN_VARIANTS},
}


@pytest.fixture(autouse=True)
def a_seed():
    torch.manual_seed(0)


def inputs_of(config) -> tuple[str, ...]:
    return ("rgb", "flow") if isinstance(config, TwoStreamConfig) else ("rgb",)


@pytest.fixture(params=CONFIGS)
def network(request):
    config = CONFIGS[request.param]
    return config.build(CLASSES, SIZE, inputs_of(config)).double().eval()


@pytest.fixture
def clips(network):
    channels = 6 if isinstance(network, TwoStream) else 3
    return torch.randint(0, 256, (B, T, channels, *SIZE), dtype=torch.uint8)


def test_every_kind_of_network_is_tried_here():
    assert {type(config) for config in CONFIGS.values()} == set(OF_CLIPS.values())


def test_every_frame_of_every_clip_gets_a_logit_a_class(network, clips):
    assert network(clips).shape == (B, T, CLASSES)


def test_bytes_are_floats_times_255(network, clips):
    torch.testing.assert_close(network(clips), network(clips.double() / 255))


def test_live_steps_equal_the_whole_clip(network, clips):
    state = network.initial_state(B)
    if not network.can_step:
        with pytest.raises(ValueError, match="cannot step"):
            network.step(clips[:, 0], state)
        return
    whole = network(clips)
    for t in range(T):
        logits, state = network.step(clips[:, t], state)
        torch.testing.assert_close(logits, whole[:, t])


def test_encoding_first_and_reading_later_is_the_same(network, clips):
    features = network.encode(clips.flatten(0, 1)).unflatten(0, (B, T))
    torch.testing.assert_close(network.read(features), network(clips))


def test_padding_changes_nothing(network, clips):
    lengths = torch.tensor([5, 1, 3])
    logits = network(clips, lengths)
    for b, length in enumerate(lengths):
        alone = network(clips[b : b + 1, :length])
        torch.testing.assert_close(logits[b : b + 1, :length], alone)


def test_a_clip_alone_is_the_clip_among_others(network, clips):
    torch.testing.assert_close(network(clips[1:2]), network(clips)[1:2])


def test_every_weight_learns(network, clips):
    network.train()
    for _ in range(3):  # dropout or a closed ReLU may silence a weight once
        network(clips, torch.tensor([5, 1, 3])).square().sum().backward()
    for name, weight in network.named_parameters():
        assert weight.grad is not None and weight.grad.abs().sum() > 0, name


def test_weights_saved_and_loaded_give_the_same_answers(network, clips, request):
    config = CONFIGS[request.node.callspec.params["network"]]
    again = config.build(CLASSES, SIZE, inputs_of(config)).double().eval()
    again.load_state_dict(copy.deepcopy(network.state_dict()))
    torch.testing.assert_close(again(clips), network(clips))


def test_weights_lie_in_memory_as_they_are_saved(network):
    """safetensors writes contiguous tensors only."""
    assert all(weight.is_contiguous() for weight in network.state_dict().values())


def test_autocast_trains(network, clips):
    network.float().train()
    with torch.autocast("cpu", dtype=torch.bfloat16):
        logits = network(clips)
    loss = nn.functional.cross_entropy(logits.float().flatten(0, 1), torch.zeros(B * T).long())
    loss.backward()
    assert torch.isfinite(loss)


def test_an_lrcn_remembers_and_a_single_frame_network_does_not():
    clips = torch.rand(1, 2, 3, *SIZE)
    other_start = torch.cat([torch.rand(1, 1, 3, *SIZE), clips[:, 1:]], 1)
    lrcn, frame = (CONFIGS[name].build(CLASSES, SIZE).eval() for name in ("lrcn", "frame"))
    assert (lrcn(clips)[:, 1] - lrcn(other_start)[:, 1]).abs().max() > 1e-6
    torch.testing.assert_close(frame(clips)[:, 1], frame(other_start)[:, 1])


REACHES = {
    "filters": ((4, 5), lambda net: tuple(block[0].out_channels for block in net.encoder.blocks)),
    "pools": ((3, 2), lambda net: tuple(block[1].kernel_size for block in net.encoder.blocks)),
    "kernel": (5, lambda net: net.encoder.blocks[0][0].kernel_size[0]),
    "convolutions": (2, lambda net: sum(type(p) is nn.Conv2d for p in net.encoder.blocks[0])),
    "first_kernel": (5, lambda net: net.encoder.blocks[0][0].kernel_size[0]),
    "last_convolutions": (2, lambda net: sum(type(p) is nn.Conv2d for p in net.encoder.last)),
    "features_dropout": (0.5, lambda net: net.head.before[0].share),
    "hidden": (7, lambda net: net.head.dense.in_features),
    "dropout": (0.5, lambda net: net.encoder.blocks[0][3].share),
    "dropout_last": (False, lambda net: net.encoder.blocks[-1][3].share > 0),
    "frames_norm": ("each", lambda net: net.encoder.pixels.frames_norm),
    "features_norm": ("layer", lambda net: "layer" if len([*net.norm.parameters()]) else "none"),
    "cell": ("gru", lambda net: type(net.recurrent.layers[0][0]).__name__[:3].lower()),
    "units": (7, lambda net: net.recurrent.layers[0][0].units),
    "layers": (2, lambda net: len(net.recurrent.layers)),
    "both_directions": (True, lambda net: not net.can_step),
    "activation": ("relu", lambda net: net.recurrent.layers[0][0].squash.__name__),
    "recurrent_activation": ("tanh", lambda net: net.recurrent.layers[0][0].gate.__name__),
    "recurrent_input_dropout": (0.5, lambda net: net.recurrent.layers[0][0].dropout),
    "recurrent_dropout": (0.5, lambda net: net.recurrent.layers[0][0].recurrent_dropout),
    "layers_dropout": (0.5, lambda net: net.recurrent.between_layers.p),
    "reset": ("after", lambda net: net.recurrent.layers[0][0].reset),
    "bias": (False, lambda net: net.recurrent.layers[0][0].from_input.bias is not None),
    "start": ("torch", lambda net: "torch" if net.head.dense.bias.abs().sum() > 0 else "keras"),
}


@pytest.mark.parametrize(
    ("config", "name"),
    [
        (config, f.name)
        for config in (LRCNConfig, FrameConfig)
        for f in dataclasses.fields(config)
        if f.name != "encoder"  # test_pretrained.py
    ],
)
def test_every_number_of_a_config_reaches_its_part(config, name):
    value, read = REACHES[name]
    numbers = {**SMALL, name: value} | ({"cell": "gru"} if name == "reset" else {})
    network = config(**numbers).build(CLASSES, SIZE)
    assert read(network) == value
    assert network(torch.rand(1, 2, network.encoder.channels, *SIZE)).shape == (1, 2, CLASSES)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"cell": "ltsm"}, "cell='ltsm': must be one of .* Did you mean 'lstm'"),
        ({"units": 0}, "units=0: must be a whole number"),
        ({"layers": 1.5}, "layers=1.5: must be a whole number"),
        ({"features_norm": "batch"}, "features_norm='batch': must be one of layer, none"),
        ({"recurrent_input_dropout": 1.0}, "recurrent_input_dropout=1.0: must be a share"),
        ({"recurrent_dropout": -1}, "recurrent_dropout=-1: must be a share"),
        ({"activation": "gelu"}, "activation='gelu': must be one of"),
        ({"recurrent_activation": "hardsigmoid"}, "Did you mean 'hard_sigmoid'"),
        ({"reset": "late", "cell": "gru"}, "reset='late': must be one of after, before"),
        ({"reset": "after"}, "reset='after': only a GRU has a reset gate, and cell='lstm'. Leave"),
        ({"cell": "rnn", "recurrent_activation": "relu"}, "a plain RNN has no gates"),
        ({"cell": "mingru", "activation": "relu"}, "minGRU comes with its own"),
        ({"convolutions": 0}, "convolutions=0: must be a whole number"),
        ({"first_kernel": 4}, "first_kernel=4: must be odd.* Write first_kernel=3 or 5"),
        ({"last_convolutions": -1}, "last_convolutions=-1: must be a whole number. Write 0"),
        ({"start": "he"}, "start='he': must be one of keras, torch"),
    ],
)
def test_an_lrcn_that_cannot_be_is_refused_before_it_is_built(change, words):
    with pytest.raises(ValueError, match=words):
        LRCNConfig(**change)


@pytest.mark.parametrize("config", [LRCNConfig, FrameConfig])
@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"pools": (4,)}, "each block needs one number of both"),
        ({"kernel": 2}, "kernel=2: must be odd"),
        ({"dropout": 2}, "dropout=2: must be a share"),
    ],
)
def test_an_encoder_that_cannot_be_is_refused_by_every_config(config, change, words):
    with pytest.raises(ValueError, match=words):
        config(**change)


@pytest.mark.parametrize("config", [LRCNConfig(), FrameConfig()])
def test_frames_too_small_for_the_pools_are_refused(config):
    with pytest.raises(ValueError, match="size_pixels=32x32: .* Enlarge the frames, or pool less"):
        config.build(CLASSES, (32, 32))


@pytest.fixture
def two():
    return CONFIGS["two_stream"].build(CLASSES, SIZE, ("rgb", "flow")).double().eval()


def test_two_streams_answer_with_the_weighted_mean_of_each_alone(two):
    """By hand: weights 1:2 of two softmaxes; each stream sees its own three channels."""
    clips = torch.randint(0, 256, (B, T, 6, *SIZE), dtype=torch.uint8)
    rgb = two.rgb(clips[:, :, :3]).softmax(-1)
    motion = two.motion(clips[:, :, 3:]).softmax(-1)
    torch.testing.assert_close(two(clips).exp(), (rgb + 2 * motion) / 3)
    torch.testing.assert_close(OneStream(two, "flow")(clips).softmax(-1), motion)


def test_motion_of_zero_is_read_as_zero(two):
    still = torch.full((1, 3, *SIZE), 128, dtype=torch.uint8)
    assert two.motion.encoder.pixels(still, torch.float64).abs().max() == 0
    faster = two.motion.encoder.pixels(still + 16, torch.float64)
    torch.testing.assert_close(faster, torch.ones_like(faster))


def test_a_network_of_mixed_inputs_reads_each_as_what_it_is():
    network = LRCNConfig(frames_norm="each", **SMALL).build(CLASSES, SIZE, ("rgb", "difference"))
    frames = torch.randint(0, 256, (2, 6, *SIZE), dtype=torch.uint8)
    found = network.encoder.pixels(frames, torch.float32)
    assert found[:, :3].mean().abs() < 1e-5
    torch.testing.assert_close(found[:, 3:], (frames[:, 3:].float() - 128) / 16)


@pytest.mark.parametrize("inputs", [("flow", "rgb"), ("rgb", "flow", "difference")])
def test_two_streams_want_pictures_and_one_kind_of_motion(inputs):
    with pytest.raises(ValueError, match="two streams read two inputs, pictures first"):
        TwoStreamConfig().build(CLASSES, (60, 60), inputs)


@pytest.mark.parametrize(("inputs", "units"), [("rgb", 32), ("flow", 5), ("difference", 5)])
def test_of_one_input_that_stream_alone_is_built(inputs, units):
    alone = CONFIGS["two_stream"].build(CLASSES, SIZE, (inputs,))
    assert type(alone) is LRCN and alone.recurrent.outputs == units
    assert alone.encoder.pixels.inputs == (inputs,)


def test_a_learned_fusion_begins_as_the_geometric_mean():
    network = TwoStreamConfig(LRCNConfig(**SMALL), LRCNConfig(**SMALL), fusion="learned").build(
        CLASSES, SIZE
    )
    one, other = torch.randn(2, B, T, CLASSES)
    middle = (one.softmax(-1) * other.softmax(-1)).sqrt()
    expected = middle / middle.sum(-1, keepdim=True)
    torch.testing.assert_close(network.fuse([one, other]).exp(), expected)


def test_a_fusion_that_cannot_be_is_refused():
    with pytest.raises(ValueError, match="fusion='max': must be one of learned, mean"):
        TwoStreamConfig(fusion="max")
    with pytest.raises(ValueError, match=r"fusion=learned finds its own. Write weights=1,1\."):
        TwoStreamConfig(fusion="learned", weights=(1.0, 2.0))


@pytest.mark.parametrize("weights", [(-1.0, 2.0), (0.0, 0.0)])
def test_weights_of_streams_that_weigh_nothing_are_refused(weights):
    with pytest.raises(ValueError, match="zero or more each, and not both zero"):
        TwoStreamConfig(weights=weights)
