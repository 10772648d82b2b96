"""TensorFlow reads the summaries that saem wrote, and finds what its own functions write."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import numpy as np
import pytest

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
tf = pytest.importorskip("tensorflow", reason="TensorFlow is not installed")
from tensorflow.core.util import event_pb2  # noqa: E402

BUCKETS = 7
IMAGES = 3


def sample_data() -> dict[str, np.ndarray]:
    random = np.random.default_rng(1)
    wide = random.normal(0, 1e300, 1000)
    data: dict[str, np.ndarray] = {
        "scalar/float32": np.float32(0.1), "scalar/float64": np.float64(1e-3),
        "scalar/int64": np.int64(12345), "scalar/bool": np.bool_(True),
        "scalar/nan": np.float32("nan"), "scalar/infinity": np.float32("inf"),
        "histogram/normal": random.normal(0, 1, (20, 30)).astype("f4"),
        "histogram/half": random.normal(0, 1, 100).astype("f2"), "histogram/wide": wide,
        "histogram/uniform": random.uniform(-3, 5, 5000), "histogram/equal": np.full(6, 2.5),
        "histogram/integers": random.integers(-9, 9, 500), "histogram/one": np.array([3]),
        "histogram/empty": np.zeros((0, 2), "f4"), "histogram/bool": random.normal(0, 1, 99) > 0,
        "histogram/edges": np.arange(BUCKETS + 1) / 10,
        "image/beyond": random.normal(0, 2, (2, 5, 4, 3)).astype("f4"),
        "image/float64": random.uniform(0, 1, (1, 9, 7, 1)),
    }
    for channels in [1, 2, 3, 4]:
        shape = (5, 6, 3, channels)
        data[f"image/float32/{channels}"] = random.uniform(0, 1, shape).astype("f4")
        data[f"image/uint8/{channels}"] = random.integers(0, 256, shape).astype("u1")
    return data


def events(folder: Path) -> list[event_pb2.Event]:
    """Every event of the one file there; TensorFlow's reader checks the checksums."""
    (file,) = folder.glob("events.out.tfevents.*")
    found = [event_pb2.Event.FromString(record.numpy())
             for record in tf.data.TFRecordDataset(str(file))]
    assert found[0].file_version == "brain.Event:2"
    assert found == list(tf.compat.v1.train.summary_iterator(str(file)))
    return found[1:]


Written = tuple[Path, dict[str, np.ndarray], dict[str, list[event_pb2.Event]]]


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Written:
    """The folder, what lies in it, and by its tag each event that saem wrote."""
    folder = tmp_path_factory.mktemp("summaries")
    data = sample_data()
    np.savez(folder / "data.npz", **data)
    subprocess.run([os.environ["SAEM_SUMMARIES"], str(folder)], check=True, timeout=120)
    by_tag: dict[str, list[event_pb2.Event]] = {}
    for event in events(folder / "logs"):
        by_tag.setdefault(event.summary.value[0].tag, []).append(event)
    return folder, data, by_tag


def value(event: event_pb2.Event) -> np.ndarray:
    return tf.make_ndarray(event.summary.value[0].tensor)


def check(event: event_pb2.Event, plugin: str, step: int, description: str = "") -> np.ndarray:
    metadata = event.summary.value[0].metadata
    assert metadata.plugin_data.plugin_name == plugin
    assert metadata.summary_description == description
    assert event.step == step
    assert event.wall_time > 1.7e9
    return value(event)


def named(data: dict[str, np.ndarray], kind: str) -> dict[str, np.ndarray]:
    return {name: array for name, array in data.items() if name.startswith(kind)}


def buckets(data: np.ndarray) -> np.ndarray:
    """The rows that TensorBoard documents: left, right, count."""
    numbers = data.astype("f8").ravel()
    rows = np.zeros((BUCKETS, 3))
    if numbers.size == 0:
        return rows
    low, high = numbers.min(), numbers.max()
    width = (high - low) / BUCKETS
    edges = low + width * np.arange(BUCKETS + 1)
    edges[-1] = high
    rows[:, 0], rows[:, 1] = edges[:-1], edges[1:]
    places = np.floor((numbers - low) / width) if width > 0 else np.full(numbers.size, BUCKETS)
    np.add.at(rows[:, 2], np.minimum(places, BUCKETS - 1).astype(int), 1)
    return rows


def test_scalars(written: Written) -> None:
    _, data, found = written
    for name, array in named(data, "scalar").items():
        number = check(*found[name], plugin="scalars", step=1)
        assert number.dtype == np.float32
        np.testing.assert_array_equal(number, array.astype("f4"))


def test_histograms(written: Written) -> None:
    _, data, found = written
    for name, array in named(data, "histogram").items():
        rows = check(*found[name], plugin="histograms", step=2, description="why")
        assert rows.dtype == np.float64
        np.testing.assert_array_equal(rows, buckets(array), err_msg=name)


def test_images(written: Written) -> None:
    _, data, found = written
    for name, array in named(data, "image").items():
        texts = check(*found[name], plugin="images", step=3)
        expected = tf.image.convert_image_dtype(array, tf.uint8, saturate=True)
        assert [int(text) for text in texts[:2]] == [array.shape[2], array.shape[1]]
        assert len(texts) == 2 + min(IMAGES, len(array))
        for text, picture in zip(texts[2:], expected, strict=False):
            np.testing.assert_array_equal(tf.io.decode_png(text), picture, err_msg=name)


def test_texts(written: Written) -> None:
    _, _, found = written
    assert check(*found["text"], plugin="text", step=5)[()] == b"**one**"
    assert check(*found["texts"], plugin="text", step=6).tolist() == [b"one", "둘".encode()]


def test_a_function(written: Written) -> None:
    """The step is a variable, the name stands in a scope."""
    _, _, found = written
    losses = found["model/loss"]
    assert [(event.step, float(value(event))) for event in losses] == [(11, 0.5), (12, 1.5),
                                                                       (13, 2.5)]


def test_as_tensorflow_writes_tensors(written: Written, tmp_path: Path) -> None:
    """tf.summary.write makes the same messages, whatever the dtype."""
    _, data, found = written
    metadata = tf.compat.v1.SummaryMetadata(
        plugin_data=tf.compat.v1.SummaryMetadata.PluginData(plugin_name="mine", content=b"x"))
    with tf.summary.create_file_writer(str(tmp_path)).as_default():
        for name, array in data.items():
            tf.summary.write(f"tensor/{name}", tf.constant(array), step=4, metadata=metadata)
    expected = events(tmp_path)
    assert len(expected) == len(data)
    for event in expected:
        (actual,) = found[event.summary.value[0].tag]
        assert actual.step == event.step
        assert actual.summary == event.summary


def test_as_tensorboard_writes_them(written: Written, tmp_path: Path) -> None:
    _, data, found = written
    with tf.summary.create_file_writer(str(tmp_path)).as_default():
        for name, array in named(data, "scalar").items():
            tf.summary.scalar(name, array, step=1)
        for name, array in named(data, "histogram").items():
            tf.summary.histogram(name, array, step=2, buckets=BUCKETS, description="why")
        for name, array in named(data, "image").items():
            tf.summary.image(name, array, step=3)
        tf.summary.text("text", "**one**", step=5)
        tf.summary.text("texts", ["one", "둘"], step=6)
    for event in events(tmp_path):
        (actual,) = found[event.summary.value[0].tag]
        assert actual.step == event.step
        assert actual.summary.value[0].metadata == event.summary.value[0].metadata
        if not event.summary.value[0].tag.startswith("image"):  # PNG has many ways
            np.testing.assert_array_equal(value(actual), value(event))
