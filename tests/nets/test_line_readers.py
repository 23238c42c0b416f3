"""Line readers over the dict: any width, padding, one alone = one of many, bytes, learning."""

import copy
import dataclasses
import json

import pytest
import torch
from pydantic import TypeAdapter
from torch import Tensor, nn

from kineograph.nets.cells import OVER_TIME
from kineograph.nets.encoders.columns import ColumnEncoder, rows_left
from kineograph.nets.line_maps import LineNorm, _NormaliseBatch, alive_columns
from kineograph.nets.models import OF_LINES
from kineograph.nets.models.line_reader import RETSINAS, LineReaderConfig
from kineograph.nets.models.mdlstm_line import MDLSTMLineConfig

ALPHABET, HEIGHT = 7, 16
SMALL = {
    "filters": (4, 6),
    "convolutions": (1, 2),
    "height_pools": (2, 2),
    "width_pools": (2, 2),
    "units": 5,
}
STEM = {"stem_filters": 3, "stem_kernel": 7, "stem_stride": (4, 2), "residual": True}
READERS = [
    *({"cell": cell} for cell in OVER_TIME),
    {"columns": "max", "norm": "group", "start": "torch"},
    {"columns": "summary", "summary_units": 4, "layers": 3},
    {"norm": "none", "both_directions": False, "width_pools": (3, 1)},
    {"auxiliary": True, "dropout": 0.5, "layers_dropout": 0.5, "outputs_dropout": 0.5},
    {**STEM, "columns": "max", "auxiliary": True},
    {**STEM, "norm": "group", "width_pools": (1, 3), "kernel": 5, "stem_stride": (2, 1)},
]
MDLSTMS = [
    {},
    {"peepholes": False, "stable": True, "start": "torch"},
    {"units": (3,), "between": (), "block_heights": (5,), "block_widths": (1,), "dropout": 0.5},
]
CONFIGS = {
    **{f"reader {v}": LineReaderConfig(**{**SMALL, **v}) for v in READERS},
    **{
        f"mdlstm {v}": MDLSTMLineConfig(
            **{"units": (2, 3, 4), "between": (3, 5), "block_widths": (3, 2, 1), **v}
        )
        for v in MDLSTMS
    },
}
WIDTHS = [37, 1, 12, 24]


@pytest.fixture(autouse=True)
def a_seed():
    torch.manual_seed(0)


def with_learned_norms(network: nn.Module) -> nn.Module:
    """As after some training: a norm that does nothing yet would hide what it does wrong."""
    for module in network.modules():
        if isinstance(module, LineNorm) and module.norm != "none":
            nn.init.normal_(module.weight)
            nn.init.normal_(module.bias)
            if module.norm == "batch":
                nn.init.normal_(module.running_mean)
                nn.init.uniform_(module.running_var, 0.5, 2.0)
    return network


@pytest.fixture(params=CONFIGS)
def network(request):
    return with_learned_norms(CONFIGS[request.param].build(ALPHABET, HEIGHT)).double().eval()


@pytest.fixture
def alone() -> list[Tensor]:
    return [torch.randint(0, 256, (1, 1, HEIGHT, width), dtype=torch.uint8) for width in WIDTHS]


def together(lines: list[Tensor], background: int = 255, extra: int = 0) -> Tensor:
    """One batch, padded on the right."""
    widest = max(line.shape[3] for line in lines) + extra
    batch = torch.full((len(lines), 1, HEIGHT, widest), background, dtype=torch.uint8)
    for row, line in zip(batch, lines, strict=True):
        row[:, :, : line.shape[3]] = line[0]
    return batch


def test_every_kind_of_reader_is_tried_here():
    assert {type(config) for config in CONFIGS.values()} == set(OF_LINES.values())


@pytest.mark.parametrize("config", [*CONFIGS.values(), RETSINAS], ids=str)
def test_a_config_comes_back_from_a_recipe_as_it_went(config):
    written = json.loads(json.dumps(dataclasses.asdict(config)))
    assert TypeAdapter(type(config)).validate_python(written) == config


@pytest.mark.parametrize(("background", "extra"), [(255, 0), (0, 0), (90, 23)])
def test_neither_padding_nor_company_changes_a_line(network, alone, background, extra):
    logits, lengths = network(together(alone, background, extra), torch.tensor(WIDTHS))
    for row, length, line in zip(logits, lengths, alone, strict=True):
        expected, (columns,) = network(line, torch.tensor([line.shape[3]]))
        assert columns == length == expected.shape[1]
        torch.testing.assert_close(row[None, :length], expected)


@pytest.mark.parametrize("change", [{}, {"columns": "summary"}, {**STEM, "norm": "group"}])
def test_nor_do_they_change_the_second_answer(change, alone):
    network = LineReaderConfig(**{**SMALL, **change, "auxiliary": True}).build(ALPHABET, HEIGHT)
    network = with_learned_norms(network).double().eval()
    columns, lengths = network.encode(together(alone, 90, 23), torch.tensor(WIDTHS))
    found = network.read_auxiliary(columns)
    for row, length, line in zip(found, lengths, alone, strict=True):
        own, _ = network.encode(line, torch.tensor([line.shape[3]]))
        torch.testing.assert_close(row[None, :length], network.read_auxiliary(own))


def test_a_column_is_so_many_pixels_and_a_begun_one_counts(network, alone):
    logits, lengths = network(together(alone), torch.tensor(WIDTHS))
    each = round(1 / network.columns_per_pixel)
    assert network.columns_per_pixel == pytest.approx(1 / each)
    assert lengths.tolist() == [-(-width // each) for width in WIDTHS]
    assert logits.shape == (len(WIDTHS), max(lengths), ALPHABET)


def test_bytes_are_floats_times_255(network, alone):
    batch, widths = together(alone), torch.tensor(WIDTHS)
    torch.testing.assert_close(network(batch, widths), network(batch.double() / 255, widths))


def test_encoding_first_and_reading_later_is_the_same(network, alone):
    batch, widths = together(alone), torch.tensor(WIDTHS)
    columns, lengths = network.encode(batch, widths)
    assert columns.shape[2] == network.encoder.features
    logits, same = network(batch, widths)
    torch.testing.assert_close(network.read(columns, lengths), logits)
    torch.testing.assert_close(lengths, same)


def test_what_a_line_shows_matters(network, alone):
    batch, widths = together(alone), torch.tensor(WIDTHS)
    changed, _ = network(255 - batch, widths)
    assert not torch.allclose(changed, network(batch, widths)[0])


def test_another_height_is_refused(network):
    with pytest.raises(ValueError, match="lines of 15 pixels: .* 16 high. Resize them, their"):
        network(torch.zeros(1, 1, 15, 20), torch.tensor([20]))


def test_both_answers_are_learned_from_and_padding_gives_no_gradient(network, alone):
    network.train()
    batch = together(alone).double().div(255).requires_grad_()
    columns, lengths = network.encode(batch, torch.tensor(WIDTHS))
    answers = [network.read(columns, lengths)]
    if network.auxiliary is not None:
        answers.append(network.read_auxiliary(columns))
    loss = sum(
        nn.functional.ctc_loss(
            logits.log_softmax(2).transpose(0, 1),
            torch.tensor([[1, 2], [3, 0], [2, 0], [4, 5]]),
            lengths,
            torch.tensor([2, 1, 1, 1]),
        )
        for logits in answers
    )
    loss.backward()
    untouched = [name for name, p in network.named_parameters() if p.grad is None]
    assert not untouched
    for row, width in zip(batch.grad, WIDTHS, strict=True):
        assert row[:, :, :width].any() and not row[:, :, width:].any()


@pytest.mark.parametrize(
    "config",
    [
        LineReaderConfig(**SMALL, auxiliary=True),
        MDLSTMLineConfig(units=(3, 8), between=(6,), block_heights=(4, 4), block_widths=(2, 2)),
    ],
    ids=["reader", "mdlstm"],
)
def test_it_learns_to_read_bars(config):
    """Thin bars and thick ones, in several orders."""
    words = torch.tensor([[1, 2, 1], [2, 2, 1], [1, 1, 2], [2, 1, 2]])
    lines = torch.ones(4, 1, HEIGHT, 40)
    for line, word in zip(lines, words, strict=True):
        for place, bar in enumerate(word):
            line[:, 2:14, 4 + 12 * place : 4 + 12 * place + (2 if bar == 1 else 7)] = 0.0
    network = config.build(3, HEIGHT)
    optimiser = torch.optim.Adam(network.parameters(), 0.02)
    sizes = torch.full((4,), 40), torch.full((4,), 3)
    for _ in range(80):
        logits, lengths = network(lines, sizes[0])
        log_shares = logits.log_softmax(2).transpose(0, 1)
        loss = nn.functional.ctc_loss(log_shares, words, lengths, sizes[1])
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    network.eval()
    best = network(lines, sizes[0])[0].argmax(2)
    read = [[int(x) for x in row.unique_consecutive() if x] for row in best]
    assert read == words.tolist()


# --- the strongest plain recipe


def test_retsinas_network_is_the_published_one():
    network = RETSINAS.build(80, 128)
    assert network.encoder.rows == 8 and network.encoder.features == 256
    assert 1 / network.columns_per_pixel == 8
    assert [len(stage.parts) for stage in network.encoder.stages] == [2, 4, 4]
    assert [part.first.convolution.out_channels for stage in network.encoder.stages
            for part in stage.parts] == [64] * 2 + [128] * 4 + [256] * 4  # fmt: skip
    assert len(network.recurrent.layers) == 3 and network.recurrent.outputs == 512
    # by hand: a block of a width: 9 c n + 9 n n + 4 n, and c n + 2 n where its way around is one
    blocks = sum(
        9 * c * n + 9 * n * n + 4 * n + (c * n + 2 * n if c != n else 0)
        for c, n in [
            (32, 64),
            (64, 64),
            (64, 128),
            *[(128, 128)] * 3,
            (128, 256),
            *[(256, 256)] * 3,
        ]
    )
    lstm = sum(2 * 4 * (d * 256 + 256 * 256 + 256) for d in (256, 512, 512))
    answers = (512 * 80 + 80) + (3 * 256 * 80 + 80)
    total = 32 * 49 + 32 + blocks + lstm + answers
    assert sum(p.numel() for p in network.parameters()) == total


def test_without_a_second_answer_there_is_none_to_read():
    network = LineReaderConfig(**SMALL).build(ALPHABET, HEIGHT)
    with pytest.raises(ValueError, match="auxiliary=False: .* Train one with model.auxiliary=true"):
        network.read_auxiliary(torch.zeros(1, 2, network.encoder.features))


def test_the_papers_hierarchy_has_its_own_count_of_weights():
    network = MDLSTMLineConfig().build(80, 64)

    def level(d: int, n: int) -> int:
        return 4 * (5 * (d * n + 2 * n * n + n) + 5 * n)

    gathers = (12 * 8 * 6 + 6) + (8 * 40 * 20 + 20)
    total = level(12, 2) + level(6, 10) + level(20, 50) + gathers + 200 * 80 + 80
    assert sum(p.numel() for p in network.parameters()) == total
    assert 1 / network.columns_per_pixel == pytest.approx(18)


# --- the norm


def test_over_full_widths_batch_norm_is_torchs_in_training_and_after():
    ours, theirs = LineNorm("batch", 6).double(), nn.BatchNorm2d(6).double()
    nn.init.normal_(ours.weight)
    theirs.load_state_dict(ours.state_dict(), strict=False)
    maps = torch.randn(3, 6, 4, 5, dtype=torch.float64, requires_grad=True)
    whole = alive_columns(maps, torch.tensor([5, 5, 5]))
    other = maps.detach().clone().requires_grad_()
    for _ in range(3):
        torch.testing.assert_close(ours(maps, whole), theirs(other))
    ours(maps, whole).square().sum().backward()
    theirs(other).square().sum().backward()
    torch.testing.assert_close(maps.grad, other.grad)
    torch.testing.assert_close(ours.running_var, theirs.running_var)
    torch.testing.assert_close(ours.eval()(maps, whole), theirs.eval()(other))


def test_batch_norm_counts_true_columns_only():
    """The same as torch's over a picture made of the true columns side by side."""
    ours, theirs = LineNorm("batch", 6).double(), nn.BatchNorm2d(6).double()
    maps, widths = torch.randn(2, 6, 4, 5, dtype=torch.float64), [2, 5]
    found = ours(maps, alive_columns(maps, torch.tensor(widths)))
    joined = torch.cat([maps[:1, :, :, :2], maps[1:]], 3)
    expected = theirs(joined)
    torch.testing.assert_close(found[0, :, :, :2], expected[0, :, :, :2])
    torch.testing.assert_close(found[1], expected[0, :, :, 2:])
    torch.testing.assert_close(ours.running_mean, theirs.running_mean)
    torch.testing.assert_close(ours.running_var, theirs.running_var)


def test_the_gradient_of_a_batch_norm_over_true_columns_is_that_of_its_own_definition():
    """By central differences, also of weights and biases: autograd cannot be asked, it is ours."""
    norm, widths = LineNorm("batch", 3).double(), torch.tensor([2, 5])
    maps = torch.randn(2, 3, 4, 5, dtype=torch.float64, requires_grad=True)
    alive = alive_columns(maps, widths)
    weight = torch.randn(3, dtype=torch.float64, requires_grad=True)
    bias = torch.randn(3, dtype=torch.float64, requires_grad=True)

    def found(*given):
        return _NormaliseBatch.apply(given[0], alive.double(), *given[1:])[0]

    assert torch.autograd.gradcheck(found, (maps, weight, bias))
    assert not norm(maps, alive)[0, :, :, 2:].any()


@pytest.mark.parametrize(("channels", "groups"), [(6, 3), (48, 3), (5, 5)])
def test_group_norm_is_torchs_of_each_line_alone(channels, groups):
    ours, theirs = LineNorm("group", channels).double(), nn.GroupNorm(groups, channels).double()
    maps, widths = torch.randn(2, channels, 4, 5, dtype=torch.float64), [2, 5]
    found = ours(maps, alive_columns(maps, torch.tensor(widths)))
    torch.testing.assert_close(found[:1, :, :, :2], theirs(maps[:1, :, :, :2]))
    torch.testing.assert_close(found[1:], theirs(maps[1:]))


def test_under_autocast_a_norm_rounds_its_maps_but_not_its_statistics():
    norm, maps = LineNorm("batch", 4), (torch.randn(2, 4, 3, 50) + 100).bfloat16()
    alive = alive_columns(maps, torch.tensor([50, 50]))
    assert norm(maps, alive).dtype == torch.bfloat16
    mean = maps.float().mean((0, 2, 3))
    torch.testing.assert_close(norm.running_mean, 0.1 * mean)


# --- what is refused


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"filters": (4,)}, r"filters=\(4,\), .*: each stage needs one number of all four. Write"),
        ({"height_pools": (2, 0)}, "height_pools=0: must be a whole number"),
        ({"kernel": 4}, "kernel=4: must be odd"),
        ({"columns": "sum"}, "columns='sum': must be one of fold, max, summary"),
        ({"norm": "layer"}, "norm='layer': must be one of batch, group, none"),
        ({"cell": "lsmt"}, "cell='lsmt': must be one of .* Did you mean 'lstm'"),
        ({"outputs_dropout": 1.0}, "outputs_dropout=1.0: must be a share"),
        ({"stem_stride": (0, 2)}, "stem_stride=0: must be a whole number"),
    ],
)
def test_a_reader_that_cannot_be_is_refused(change, words):
    with pytest.raises(ValueError, match=words):
        LineReaderConfig(**{**SMALL, **change})


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"between": (6,)}, r"between=\(6,\), .* Write one number less of between"),
        ({"block_widths": (3, 3, 0)}, "block_widths=0: must be a whole number"),
        ({"stable": True}, "stable=True, peepholes=True: .* Write peepholes=False"),
    ],
)
def test_a_hierarchy_that_cannot_be_is_refused(change, words):
    with pytest.raises(ValueError, match=words):
        MDLSTMLineConfig(**change)


def test_a_line_too_low_for_its_pools_is_refused():
    assert rows_left(48, (2, 2, 2, 2)) == 3 and rows_left(33, (2, 2), 4) == 2
    with pytest.raises(ValueError, match="height_pixels=15: .* 16 times, so it must be 16 pixels"):
        LineReaderConfig().build(ALPHABET, 15)


def test_a_column_walked_down_is_the_state_after_its_last_row():
    encoder = ColumnEncoder(8, filters=(3,), convolutions=(1,), height_pools=(2,), width_pools=(2,),
                            columns="summary", summary_units=5).double().eval()  # fmt: skip
    folded = copy.deepcopy(encoder)
    folded.columns, folded.down = "fold", None
    lines, widths = torch.rand(2, 1, 8, 6, dtype=torch.float64), torch.tensor([6, 4])
    found, _ = encoder(lines, widths)
    stacks = folded(lines, widths)[0].unflatten(2, (4, 3))  # (B, T, rows, C)
    _, ((h, _),) = encoder.down(stacks[0])
    torch.testing.assert_close(found[0], h)
    assert not found[1, 2:].any()
