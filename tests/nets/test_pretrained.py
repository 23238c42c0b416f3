"""Pretrained encoders, with a stand-in for timm: what it is asked, and what is made of it."""

import sys
from dataclasses import replace
from types import ModuleType

import pytest
import torch
from torch import nn

from kineograph.data.cache import build_cache
from kineograph.errors import InputError
from kineograph.evaluation.job import Experiment, make_network
from kineograph.nets.encoders.pretrained import PretrainedEncoder, take_pretrained
from kineograph.nets.layer_table import layer_table
from kineograph.nets.learning import set_to_learn
from kineograph.nets.models import FrameConfig, LRCNConfig, PConvLSTMConfig
from kineograph.nets.models.attending_captioner import AttendingCaptionerConfig
from kineograph.recipes import change_all, find_recipe
from kineograph.training.optimise import freeze

MEAN, STD = (0.5, 0.4, 0.3), (0.25, 0.2, 0.1)
LEARNED = 0.125  # every weight of the stand-in's "pretrained" network


class Small(nn.Module):
    """(M, 3, H, W) -> (M, 5); from 8x8 pixels on."""

    def __init__(self) -> None:
        super().__init__()
        self.convolution = nn.Conv2d(3, 5, 8)
        self.norm = nn.BatchNorm2d(5)

    def forward_features(self, pixels):
        return self.norm(self.convolution(pixels))

    def forward(self, pixels):
        return self.forward_features(pixels).mean((2, 3))


@pytest.fixture
def timm(monkeypatch):
    """A module of that name in sys.modules; `asked` lists what was created."""
    library = ModuleType("timm")
    library.asked = []

    def create_model(name, *, pretrained, num_classes):
        library.asked.append((name, pretrained, num_classes))
        if name != "small":
            raise RuntimeError(f"Unknown model ({name})")
        model = Small()
        if pretrained:
            for parameter in model.parameters():
                nn.init.constant_(parameter, LEARNED)
        return model

    library.create_model = create_model
    library.data = ModuleType("timm.data")
    library.data.resolve_model_data_config = lambda model: {"mean": MEAN, "std": STD}
    monkeypatch.setitem(sys.modules, "timm", library)
    return library


def test_frames_are_normalised_as_it_was_trained_with(timm):
    encoder = PretrainedEncoder((12, 16), name="small").eval()
    assert encoder.features == 5 and timm.asked == [("small", False, 0)]
    frames = torch.randint(0, 256, (4, 3, 12, 16), dtype=torch.uint8)
    by_hand = (frames / 255 - torch.tensor(MEAN)[:, None, None]) / torch.tensor(STD)[:, None, None]
    torch.testing.assert_close(encoder(frames), encoder.body(by_hand))
    torch.testing.assert_close(encoder(frames / 255), encoder(frames))
    assert set(encoder.state_dict()) == {f"body.{name}" for name in encoder.body.state_dict()}
    with pytest.raises(ValueError, match="frames of 8x8 pixels: this network was built for 12x16"):
        encoder(frames[:, :, :8, :8])


def test_a_captioner_looks_at_its_places_before_they_are_pooled(timm, monkeypatch):
    config = AttendingCaptionerConfig(encoder="timm:small", units=4, embedding=4, attention=4)
    network = config.build(9, 11).eval()
    pictures = torch.randint(0, 256, (2, 3, 11, 11), dtype=torch.uint8)
    places = network.see(pictures).places
    assert network.sight.grid == (4, 4) and places.shape == (2, 16, 5)
    torch.testing.assert_close(places.mean(1), network.sight.encoder(pictures))
    monkeypatch.setattr(
        Small, "forward", lambda self, pixels: self.convolution(pixels).mean((2, 3))
    )
    monkeypatch.setattr(Small, "forward_features", Small.forward)
    with pytest.raises(ValueError) as error:
        config.build(9, 11)
    assert "encoder=timm:small: gives (5,) numbers a picture, and no grid" in str(error.value)


def test_a_frozen_one_keeps_its_batch_statistics(timm):
    network = LRCNConfig(encoder="timm:small", units=4).build(2, (12, 16))
    frames = torch.rand(2, 3, 3, 12, 16)
    freeze(network, ("encoder",))
    before = network.encoder.body.norm.running_mean.clone()
    set_to_learn(network)
    network(frames)
    assert network.training and torch.equal(network.encoder.body.norm.running_mean, before)
    freeze(network, ())
    set_to_learn(network)
    network(frames)
    assert not torch.equal(network.encoder.body.norm.running_mean, before)


@pytest.mark.parametrize("config", [LRCNConfig, FrameConfig])
def test_models_are_built_on_it_and_step_as_they_read(timm, config):
    network = config(encoder="timm:small").build(3, (12, 16)).eval()
    frames = torch.rand(2, 4, 3, 12, 16)
    whole = network(frames)
    state = network.initial_state(2)
    for t in range(4):
        logits, state = network.step(frames[:, t], state)
    torch.testing.assert_close(logits, whole[:, -1])
    assert whole.shape == (2, 4, 3)
    frames_row, encoder_row, *_, total = layer_table(network, 4)
    assert frames_row.shape == (4, 12, 16, 3) and encoder_row[:2] == ("small, pretrained", (4, 5))
    assert total.weights == sum(p.numel() for p in network.parameters())


class Flat(nn.Module):
    """A 2D ResNet of one bottleneck, as timm names its parts."""

    def __init__(self) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(3, 4, 7, 2, 3, bias=False)
        self.bn1 = nn.BatchNorm2d(4)
        block = nn.Module()
        for n, (channels, count, kernel) in enumerate(((4, 4, 1), (4, 4, 3), (4, 8, 1)), 1):
            convolution = nn.Conv2d(channels, count, kernel, padding=kernel // 2, bias=False)
            setattr(block, f"conv{n}", convolution)
            setattr(block, f"bn{n}", nn.BatchNorm2d(count))
        block.downsample = nn.Sequential(nn.Conv2d(4, 8, 1, bias=False), nn.BatchNorm2d(8))
        self.layer1 = nn.Sequential(block)


ONE_BLOCK = {"blocks": (1,), "width": 4, "expansion": 2, "time_kernels": (3,), "dilations": (1,)}


def test_a_2d_resnet_s_weights_are_made_3d_for_a_new_training_alone(timm, square_data, tmp_path):
    flat = Flat()
    timm.create_model = lambda name, *, pretrained, num_classes: timm.asked.append(name) or flat
    model = PConvLSTMConfig(**ONE_BLOCK, encoder="timm:flat", units=3, pyramid=2)
    recipe = change_all(find_recipe("lrcn-kth"), ["data.size_pixels=12,16"])
    recipe = replace(recipe, model=model)
    network = make_network(Experiment(recipe, square_data, tmp_path)).eval()
    assert timm.asked == ["flat"]
    kernel = network.encoder.layer1[0].conv1.weight
    torch.testing.assert_close(kernel.sum(2), flat.layer1[0].conv1.weight)
    torch.testing.assert_close(network.encoder.mean.flatten(), torch.tensor(MEAN))
    frames = torch.randint(0, 256, (2, 3, 12, 16), dtype=torch.uint8)
    by_hand = (frames / 255 - torch.tensor(MEAN)[:, None, None]) / torch.tensor(STD)[:, None, None]
    stem = nn.functional.max_pool2d(flat.eval().bn1(flat.conv1(by_hand)).relu(), 3, 2, 1)
    torch.testing.assert_close(network.encoder.frame_maps(frames), stem)
    again_ = recipe.model.build(2, (12, 16)).eval()  # read back as a run: timm is not asked
    again_.load_state_dict(network.state_dict())
    torch.testing.assert_close(again_(frames[None]), network(frames[None]))
    assert timm.asked == ["flat"]
    wrong = replace(recipe, model=replace(model, width=8))
    with pytest.raises(InputError, match="encoder=timm:flat: conv1.weight: this network has .*2D"):
        make_network(Experiment(wrong, square_data, tmp_path))


def test_for_motion_the_2d_weights_lose_their_colours_and_its_numbers_stay(timm):
    flat = Flat()
    timm.create_model = lambda name, *, pretrained, num_classes: flat
    network = PConvLSTMConfig(**ONE_BLOCK, encoder="timm:flat").build(2, (12, 16), ("flow",))
    take_pretrained(network)
    first = network.encoder.conv1.weight
    torch.testing.assert_close(first[:, 0, 0], flat.conv1.weight.mean(1))
    assert not network.encoder.mean.any() and (network.encoder.std == 1).all()


def test_its_weights_are_fetched_for_a_new_training_alone(timm, square_data, tmp_path):
    words = ["model.encoder=timm:small", "data.size_pixels=12,16", "training.freeze=encoder"]
    recipe = change_all(find_recipe("lrcn-kth"), words)
    network = make_network(Experiment(recipe, square_data, tmp_path))
    assert [asked[1] for asked in timm.asked] == [False, True]
    assert all((p == LEARNED).all() for p in network.encoder.parameters())
    assert not (network.head.dense.weight == LEARNED).any()
    again = recipe.model.build(2, (12, 16))  # as a trained run is read back: nothing is fetched
    assert [asked[1] for asked in timm.asked] == [False, True, False]
    again.load_state_dict(network.state_dict())
    take_pretrained(LRCNConfig().build(2, (60, 60)))  # a plain one asks for nothing
    assert len(timm.asked) == 3
    cache, _ = build_cache(square_data, square_data.annotations[:1], size_pixels=(12, 16))
    frames = torch.from_numpy(cache[square_data.annotations[0]][0].copy()).permute(0, 3, 1, 2)
    torch.testing.assert_close(again.eval()(frames[None]), network.eval()(frames[None]))


def test_what_it_cannot_do_is_one_line(timm):
    for words, said in (
        ({"encoder": "resnet18"}, r"encoder='resnet18': must be plain, or timm: and a name\."),
        ({"encoder": "timm:"}, r"encoder='timm:': must be plain"),
        ({"encoder": "timm:small", "frames_norm": "each"}, r"frames_norm='each': timm:small was"),
    ):
        with pytest.raises(ValueError, match=said):
            LRCNConfig(**words)
    with pytest.raises(ValueError, match=r"timm:big: timm cannot make it \(Unknown model \(big\)"):
        LRCNConfig(encoder="timm:big").build(2, (60, 60))
    with pytest.raises(ValueError, match=r"timm:small: cannot read frames of 4x4 pixels \(.*224"):
        LRCNConfig(encoder="timm:small").build(2, (4, 4))
    with pytest.raises(ValueError, match="inputs=flow: timm:small has learned from photographs"):
        LRCNConfig(encoder="timm:small").build(2, (60, 60), ("flow",))


def test_without_timm_one_line_says_what_to_install(monkeypatch, square_data, tmp_path):
    monkeypatch.setitem(sys.modules, "timm", None)  # as if it were not there
    recipe = change_all(find_recipe("lrcn-kth"), ["model.encoder=timm:resnet18"])
    with pytest.raises(InputError) as caught:
        make_network(Experiment(recipe, square_data, tmp_path))
    assert str(caught.value) == (
        "lrcn-kth: encoder=timm:resnet18: needs the library timm, which is not installed here. "
        "Run: pip install 'kineograph[pretrained]', or write encoder=plain."
    )
