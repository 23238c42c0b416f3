"""P-ConvLSTM: any length whole = stepped = in chunks, every number reaches its part, refusals."""

import dataclasses

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from kineograph.nets.models.pconvlstm import PConvLSTMConfig, mean_so_far
from kineograph.nets.models.two_stream import TwoStreamConfig

CLASSES, SIZE = 3, (20, 24)
TINY = {
    "blocks": (1, 1),
    "time_kernels": (1, 3),
    "width": 3,
    "expansion": 2,
    "pyramid": 2,
    "dilations": (1, 2),
    "units": 3,
}
CAUSAL = PConvLSTMConfig(**TINY, causal=True)


def build(config, inputs=("rgb",)):
    torch.manual_seed(0)
    return config.build(CLASSES, SIZE, inputs).double().eval()


def clip_of(frames: int, channels: int = 3, batch: int = 1) -> torch.Tensor:
    torch.manual_seed(frames)
    return torch.randint(0, 256, (batch, frames, channels, *SIZE), dtype=torch.uint8)


def in_windows(network, clip, cuts):
    state, found = network.initial_state(len(clip)), []
    for part in torch.tensor_split(clip, cuts, 1):
        logits, state = network.go_on(part, state)
        found.append(logits)
    return torch.cat(found, 1)


@settings(max_examples=12, deadline=None)
@given(
    st.integers(1, 14),
    st.sampled_from(["mean", "last"]),
    st.sampled_from([1, 2]),
    st.sampled_from(["batch", "group", "none"]),
)
def test_causal_steps_are_the_whole_clip_at_any_length(frames, over_time, time_dilation, norm):
    config = dataclasses.replace(
        CAUSAL, over_time=over_time, time_dilation=time_dilation, norm=norm, fusion="concat"
    )
    network, clip = build(config), clip_of(frames, batch=2)
    assert network.can_step
    whole = network(clip)
    assert not frames > 1 or (whole[:, 0] - whole[:, -1]).abs().max() > 1e-9
    state = network.initial_state(2)
    for t in range(frames):
        logits, state = network.step(clip[:, t], state)
        torch.testing.assert_close(logits, whole[:, t])


@settings(max_examples=6, deadline=None)
@given(st.integers(2, 16), st.data())
def test_windows_with_a_carried_state_are_the_whole_video(frames, data):
    cuts = data.draw(st.lists(st.integers(1, frames - 1), max_size=4, unique=True).map(sorted))
    network, clip = build(CAUSAL), clip_of(frames)
    torch.testing.assert_close(in_windows(network, clip, cuts), network(clip))


def test_windows_of_ten_carry_the_memory_of_a_centred_network():
    """Exact where no convolution looks over the edge; else only the edges differ."""
    clip = clip_of(23)
    flat = build(PConvLSTMConfig(**{**TINY, "time_kernels": (1, 1)}, pyramid_time_kernel=1))
    torch.testing.assert_close(in_windows(flat, clip, [10, 20]), flat(clip))
    centred = build(PConvLSTMConfig(**TINY))
    assert not centred.can_step
    found, whole = in_windows(centred, clip, [10, 20]), centred(clip)
    torch.testing.assert_close(found[:, :8], whole[:, :8])  # two convolutions reach two frames
    assert (found[:, 9] - whole[:, 9]).abs().max() > 1e-12
    forgetful = centred(clip[:, 10:20])
    assert (found[:, 10:20] - forgetful).abs().max() > 1e-6  # what came before is remembered


def test_a_causal_network_does_not_see_ahead_and_a_centred_one_does():
    clip = clip_of(6)
    other = clip.clone()
    other[:, 4:] = 0
    for config, ahead in ((CAUSAL, False), (PConvLSTMConfig(**TINY), True)):
        network = build(config)
        moved = (network(clip)[:, 3] - network(other)[:, 3]).abs().max() > 1e-12
        assert bool(moved) == ahead
        assert network.can_step != ahead


def test_two_streams_step_together():
    network = build(TwoStreamConfig(CAUSAL, CAUSAL), ("rgb", "flow"))
    clip = clip_of(4, channels=6)
    whole, state = network(clip), network.initial_state(1)
    for t in range(4):
        logits, state = network.step(clip[:, t], state)
        torch.testing.assert_close(logits, whole[:, t])
    rgb, motion = (dict(part.named_parameters()) for part in (network.rgb, network.motion))
    assert {k: v.shape for k, v in rgb.items()} == {k: v.shape for k, v in motion.items()}
    assert not torch.equal(rgb["encoder.conv1.weight"], motion["encoder.conv1.weight"])


def test_recomputing_changes_no_number():
    """Answers, gradients and the statistics of batch norms; the maps inside are not kept."""
    found = []
    for recompute in (False, True):
        network = build(PConvLSTMConfig(**TINY, recompute=recompute)).train()
        calls = []
        network.encoder.layer2[0].conv3.register_forward_hook(lambda *_, c=calls: c.append(1))
        logits = network(clip_of(4, batch=2))
        logits.square().sum().backward()
        assert len(calls) == 1 + recompute
        state = {k: v for k, v in network.state_dict().items() if not k.endswith("tracked")}
        found.append((logits, [p.grad for p in network.parameters()], state))
    torch.testing.assert_close(found[0], found[1])


def test_the_mean_so_far_is_the_mean_of_what_was_seen():
    xs = torch.randn(2, 5, 3, dtype=torch.float64)
    means, state = mean_so_far(xs)
    for t in range(5):
        torch.testing.assert_close(means[:, t], xs[:, : t + 1].mean(1))
    more = torch.randn(2, 4, 3, dtype=torch.float64)
    later, _ = mean_so_far(more, state)
    torch.testing.assert_close(later[:, -1], torch.cat([xs, more], 1).mean(1))


def test_without_memory_frames_are_answered_alone():
    network = build(PConvLSTMConfig(**TINY, both_directions=True).without_memory())
    clip = clip_of(5)
    assert network.can_step and network.memory is None
    torch.testing.assert_close(network(clip)[:, 3:4], network(clip[:, 3:4]))


def moving_squares(count: int, generator: torch.Generator) -> tuple[torch.Tensor, torch.Tensor]:
    """Clips (B, 8, 3, 24, 24) of a square that goes right, or left (0); one frame tells nothing."""
    right = torch.randint(0, 2, (count,), generator=generator)
    clips = 0.1 * torch.rand(count, 8, 3, 24, 24, generator=generator)
    for clip, goes_right in zip(clips, right.tolist(), strict=True):
        row = int(torch.randint(1, 17, (1,), generator=generator))
        for t in range(8):
            column = 1 + 2 * t if goes_right else 15 - 2 * t
            clip[t, :, row : row + 6, column : column + 6] += 0.8
    return clips, right


@pytest.mark.slow
def test_it_learns_which_way_a_square_goes_and_without_memory_it_cannot():
    config = PConvLSTMConfig(
        **{**TINY, "width": 8, "pyramid": 4, "units": 8}, norm="group", frames_norm="each"
    )
    found = []
    for each in (config, config.without_memory()):
        torch.manual_seed(0)
        generator = torch.Generator().manual_seed(1)
        network = each.build(2, (24, 24))
        optimiser = torch.optim.AdamW(network.parameters(), 3e-3)
        for _ in range(60):
            clips, right = moving_squares(8, generator)
            optimiser.zero_grad()
            torch.nn.functional.cross_entropy(network(clips).mean(1), right).backward()
            optimiser.step()
        clips, right = moving_squares(100, generator)
        with torch.inference_mode():
            answers = network.eval()(clips).mean(1).argmax(1)
        found.append(float((answers == right).float().mean()))
    assert found[0] > 0.95 and 0.3 < found[1] < 0.7


def test_the_sum_of_branches_is_each_branch_alone():
    network = build(PConvLSTMConfig(**TINY))
    xs = torch.randn(1, 4, network.encoder.channels + 4, 5, 6, dtype=torch.float64)
    found, _ = network.memory(xs)
    one, other = (branch(xs)[0] for branch in network.memory.branches)
    torch.testing.assert_close(found, one + other)
    network.memory.fusion = "concat"
    torch.testing.assert_close(network.memory(xs)[0], torch.cat([one, other], 2))


REACHES = {
    "blocks": ((2, 1), lambda net: tuple(len(stage) for stage in net.encoder.stages)),
    "width": (5, lambda net: net.encoder.conv1.count),
    "expansion": (3, lambda net: net.encoder.stages[0][0].conv3.count // 3),
    "time_kernels": (
        (3, 1),
        lambda net: tuple(stage[0].conv1.time_kernel for stage in net.encoder.stages),
    ),
    "output_stride": (8, lambda net: -(-SIZE[0] // net.encoder.map_size[0]) + 1),
    "norm": ("group", lambda net: type(net.encoder.bn1).__name__[:5].lower()),
    "pyramid": (4, lambda net: net.pyramid.branches[0].count),
    "dilations": ((1, 2, 3), lambda net: tuple(b.dilation for b in net.pyramid.branches)),
    "pyramid_time_kernel": (5, lambda net: net.pyramid.branches[1].time_kernel),
    "time_dilation": (2, lambda net: net.pyramid.branches[1].time_dilation),
    "units": (7, lambda net: net.memory.branches[0].layers[0][0].units),
    "layers": (3, lambda net: len(net.memory.branches[1].layers)),
    "memory_dilations": (
        (1, 2, 3),
        lambda net: tuple(b.layers[1][0].from_state.dilation[0] for b in net.memory.branches),
    ),
    "memory_kernel": (5, lambda net: net.memory.branches[0].layers[0][0].from_state.kernel_size[0]),
    "memory_norm": (
        "group",
        lambda net: type(net.memory.branches[0].layers[0][0].state_norm).__name__[:5].lower(),
    ),
    "memory": (False, lambda net: net.memory is not None),
    "fusion": ("concat", lambda net: net.memory.fusion),
    "both_directions": (True, lambda net: len(net.memory.branches[0].layers[0]) == 2),
    "over_time": ("last", lambda net: net.over_time),
    "features_dropout": (0.5, lambda net: net.head.before[0].share),
    "frames_norm": ("each", lambda net: net.encoder.pixels.frames_norm),
    "causal": (True, lambda net: net.can_step),
    "recompute": (True, lambda net: net.encoder.recompute),
}


@pytest.mark.parametrize(
    "name", [f.name for f in dataclasses.fields(PConvLSTMConfig) if f.name != "encoder"]
)
def test_every_number_of_the_config_reaches_its_part(name):
    value, read = REACHES[name]
    numbers = TINY | {name: value} | ({"dilations": (1, 2)} if name == "output_stride" else {})
    network = PConvLSTMConfig(**numbers).build(CLASSES, SIZE)
    if name == "output_stride":
        assert network.encoder.map_size == (3, 3)
    else:
        assert read(network) == value
    assert network(torch.rand(1, 2, 3, *SIZE)).shape == (1, 2, CLASSES)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"blocks": ()}, "1 to 4 stages need one number of both each"),
        ({"output_stride": 2}, "output_stride=2: must be one of 4, 8, 16, 32"),
        ({"pyramid": 0}, "pyramid=0: must be a whole number"),
        ({"pyramid_time_kernel": 4}, "pyramid_time_kernel=4: must be odd.*=3 or 5"),
        ({"dilations": ()}, "dilations=none: name one or more. Write dilations=1,2."),
        ({"memory_dilations": (0,)}, "memory_dilations=0: must be a whole number"),
        ({"fusion": "max"}, "fusion='max': must be one of concat, sum"),
        ({"over_time": "first"}, "over_time='first': must be one of last, mean"),
        ({"encoder": "resnet50"}, "encoder='resnet50': must be resnet3d, or timm: and the name"),
        ({"encoder": "timm:resnet50", "norm": "none"}, "norm='none': timm:resnet50 has learned"),
        ({"causal": True, "both_directions": True}, "one sees the past only, the other the future"),
        ({"features_dropout": 1}, "features_dropout=1: must be a share"),
    ],
)
def test_what_cannot_be_is_refused_before_it_is_built(change, words):
    with pytest.raises(ValueError, match=words):
        PConvLSTMConfig(**{**TINY, **change})


def test_a_pyramid_that_reads_nothing_is_refused_with_a_remedy():
    with pytest.raises(ValueError, match="dilation 4: on maps of 3x3 .* Write output_stride=4, or"):
        PConvLSTMConfig(**{**TINY, "dilations": (4,)}, output_stride=8).build(CLASSES, SIZE)


def test_a_centred_network_says_why_it_cannot_step():
    network = build(PConvLSTMConfig(**TINY))
    with pytest.raises(ValueError, match="causal=False: .* cannot step. .* model.causal=true"):
        network.step(clip_of(1)[:, 0], network.initial_state(1))
    both = build(PConvLSTMConfig(**TINY, both_directions=True))
    with pytest.raises(ValueError, match="both_directions=True: .* Give it whole clips"):
        both.go_on(clip_of(2), both.initial_state(1))
