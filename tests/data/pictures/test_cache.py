import tarfile
from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image

from kineograph.data.augment import Augmentation
from kineograph.data.pictures.augment import change_picture
from kineograph.data.pictures.cache import build_picture_cache, fit_picture
from kineograph.data.pictures.files import PictureFiles
from kineograph.data.pictures.split import same_pictures, split_pictures
from kineograph.data.pictures.tensor import picture_tensor
from kineograph.errors import InputError


def drawn(seed=0, height=24, width=40):
    return np.random.default_rng(seed).integers(0, 256, (height, width, 3), dtype=np.uint8)


def save(path, seed=0, **size):
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(drawn(seed, **size)).save(path)


def build(tmp_path, names, **options):
    return build_picture_cache(
        tmp_path / "cache", tmp_path, names, **{"size_pixels": 16, **options}
    )


def test_a_picture_is_read_from_a_folder_and_from_an_archive_alike(tmp_path):
    save(tmp_path / "a.png", 1)
    with tarfile.open(tmp_path / "all.tar", "w") as tar:
        tar.add(tmp_path / "a.png", "inner/a.png")
    files = PictureFiles(tmp_path)
    for name in ("a.png", "all.tar/inner/a.png"):
        assert files.has(name)
        np.testing.assert_array_equal(files.rgb(name), drawn(1))
    assert not files.has("b.png") and not files.has("all.tar/b.png")


def test_each_picture_is_read_once_and_again_where_its_file_changed(tmp_path, monkeypatch):
    names = ["a.png", "b.png"]
    for seed, name in enumerate(names):
        save(tmp_path / name, seed)
    cache, faults = build(tmp_path, [*names, "a.png"])
    assert not faults and len(cache) == 2 and "a.png" in cache
    for seed, name in enumerate(names):
        np.testing.assert_array_equal(cache[name], fit_picture(drawn(seed), 16, "crop"))
    save(tmp_path / "b.png", 7, height=30)
    read, real = [], PictureFiles.rgb
    monkeypatch.setattr(PictureFiles, "rgb", lambda self, n: read.append(n) or real(self, n))
    cache, _ = build(tmp_path, names)
    assert read == ["b.png"]
    np.testing.assert_array_equal(cache["b.png"], fit_picture(drawn(7, height=30), 16, "crop"))


def test_what_cannot_be_read_is_told_and_the_rest_is_there(tmp_path):
    save(tmp_path / "a.png")
    (tmp_path / "broken.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    told = []
    cache, faults = build(
        tmp_path, ["a.png", "broken.png", "none.png"], progress=lambda *now: told.append(now)
    )
    assert len(cache) == 1 and told[-1] == (3, 3)
    assert "none.png: not found" in faults["none.png"]
    assert "broken.png" in faults["broken.png"]
    with pytest.raises(InputError, match=r"none\.png: it is not in"):
        cache["none.png"]


@pytest.mark.parametrize("options", [{"size_pixels": 4}, {"fit": "stretch"}])
def test_a_look_that_cannot_be_is_refused(tmp_path, options):
    with pytest.raises(InputError, match=r"Write (8|fit=crop)"):
        build(tmp_path, [], **options)


def test_crop_keeps_proportions_and_squash_keeps_everything():
    wide = np.zeros((20, 60, 3), dtype=np.uint8)
    wide[:, 20:40] = 200  # the middle square
    assert (fit_picture(wide, 10, "crop") == 200).all()
    squashed = fit_picture(wide, 12, "squash")
    assert (squashed[:, 4:8] == 200).all() and (squashed[:, :4] == 0).all()
    square = drawn(0, 16, 16)
    assert fit_picture(square, 16, "crop") is square


def test_a_changed_picture_is_the_same_for_the_same_chance_and_keeps_its_shape():
    picture = drawn(0, 16, 16)
    config = Augmentation(mirror=True, crop=0.3, brightness=0.2, noise=0.1)
    one, same, other = (
        change_picture(picture, np.random.default_rng(seed), config) for seed in (1, 1, 2)
    )
    np.testing.assert_array_equal(one, same)
    assert one.shape == picture.shape and (one != other).any()
    unchanged = change_picture(picture, np.random.default_rng(0), Augmentation())
    np.testing.assert_array_equal(unchanged, picture)


def test_a_batch_has_colours_second_and_every_pixel_in_its_place():
    pictures = [drawn(seed, 16, 16) for seed in range(3)]
    batch = picture_tensor(pictures)
    assert batch.shape == (3, 3, 16, 16)
    np.testing.assert_array_equal(batch[2, 1].numpy(), pictures[2][:, :, 1])


def about(picture, *, split=None, group=None, source=None):
    return SimpleNamespace(picture=picture, split=split, group=group, source=source)


@pytest.mark.parametrize("seed", range(5))
def test_no_picture_and_no_group_is_on_two_sides(seed):
    records = [about(f"{n % 30}.png", group=f"g{n % 30 // 2}") for n in range(120)]
    split = split_pictures(records, "group", seed=seed)
    seen = {side: {record.group for record in of} for side, of in split.sides.items()}
    assert sum(map(len, seen.values())) == len(set.union(*seen.values())) == 15
    assert sum(map(len, split.sides.values())) == 120
    backwards = split_pictures(records[::-1], "group", seed=seed)
    assert {r.picture for r in backwards.test} == {r.picture for r in split.test}


def test_a_given_side_is_kept_and_a_picture_given_to_two_is_refused():
    records = [about("a.png", split="train"), about("a.png", split="train")]
    records += [about("b.png", split="val"), about("c.png", split="test")]
    split = split_pictures(records)
    assert split.how == "given" and split.train == records[:2] and split.test == records[3:]
    with pytest.raises(InputError, match=r"a\.png: given to train and to test"):
        split_pictures([*records, about("a.png", split="test")])
    with pytest.raises(InputError, match=r"Did you mean 'picture'"):
        split_pictures(records, "pictur")


def test_the_same_picture_under_two_names_is_found_on_two_sides(tmp_path):
    for name, seed in (("a.png", 1), ("b.png", 2), ("c.png", 1)):
        save(tmp_path / name, seed)
    names = ["a.png", "b.png", "c.png"]
    cache, _ = build(tmp_path, names)
    sides = dict(zip(names, ("train", "val", "test"), strict=True))
    split = split_pictures([about(name, split=side) for name, side in sides.items()])
    assert same_pictures(split, cache) == ["c.png in test is a.png in train"]
