"""Files and memory are exchanged with the real NumPy, in both directions."""

from __future__ import annotations

import ctypes
import io
import os
import weakref
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

try:
    import ml_dtypes
except ImportError:  # comes with TensorFlow, which only the tests install
    ml_dtypes = None

LIBRARY = ctypes.CDLL(os.environ["SAEM_EXCHANGE"])
for name in ["load", "transpose", "to_dlpack", "from_dlpack"]:
    getattr(LIBRARY, f"exchange_{name}").restype = ctypes.c_void_p
LIBRARY.exchange_error.restype = ctypes.c_char_p

CAPSULE = ctypes.pythonapi
CAPSULE.PyCapsule_New.restype = ctypes.py_object
CAPSULE.PyCapsule_New.argtypes = [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_void_p]
CAPSULE.PyCapsule_GetPointer.restype = ctypes.c_void_p
CAPSULE.PyCapsule_GetPointer.argtypes = [ctypes.py_object, ctypes.c_char_p]
CAPSULE.PyCapsule_SetName.argtypes = [ctypes.py_object, ctypes.c_char_p]
# A capsule keeps the pointer to its name.
NAMES = {(False, False): b"dltensor", (True, False): b"dltensor_versioned",
         (False, True): b"used_dltensor", (True, True): b"used_dltensor_versioned"}

DTYPES = ["?", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "f2", "f4", "f8", "c8", "c16"]
SHAPES = [(), (1,), (5,), (2, 3), (0,), (2, 0, 3), (1, 2, 1, 2, 1, 2, 1, 3)]


def error() -> str:
    return LIBRARY.exchange_error().decode()


def call(name: str, *arguments: object) -> None:
    given = [bytes(each) if isinstance(each, Path) else each for each in arguments]
    assert getattr(LIBRARY, f"exchange_{name}")(*given) == 0, error()


def sample(shape: tuple[int, ...], dtype: str) -> np.ndarray:
    random = np.random.default_rng(1)
    numbers = random.normal(0, 50, shape)
    if np.dtype(dtype).kind == "c":
        numbers = numbers + 1j * random.normal(0, 50, shape)
    if np.dtype(dtype).kind == "u":
        numbers = abs(numbers)
    return np.asarray(numbers).astype(dtype)


def equal(actual: np.ndarray, expected: np.ndarray) -> bool:
    return (actual.dtype == expected.dtype and actual.shape == expected.shape
            and actual.tobytes() == expected.tobytes())


class Exported:
    """A tensor of saem, as an object that NumPy takes."""

    def __init__(self, tensor: int, *, versioned: bool = True, copy: bool = False) -> None:
        self.tensor, self.versioned, self.copy = tensor, versioned, copy

    def __dlpack__(self, **_: object) -> object:
        managed = LIBRARY.exchange_to_dlpack(ctypes.c_void_p(self.tensor), self.versioned,
                                             self.copy)
        assert managed, error()
        return CAPSULE.PyCapsule_New(managed, NAMES[self.versioned, False], None)

    def __dlpack_device__(self) -> tuple[int, int]:
        return (1, 0)


def taken(array: np.ndarray, *, versioned: bool) -> int:
    """A tensor of saem on NumPy's elements."""
    options = {"max_version": (1, 0)} if versioned else {}
    capsule = array.__dlpack__(**options)
    pointer = CAPSULE.PyCapsule_GetPointer(capsule, NAMES[versioned, False])
    tensor = LIBRARY.exchange_from_dlpack(ctypes.c_void_p(pointer), versioned)
    assert tensor, error()
    CAPSULE.PyCapsule_SetName(capsule, NAMES[versioned, True])
    return tensor


def free(tensor: int) -> None:
    LIBRARY.exchange_free(ctypes.c_void_p(tensor))


def tensors(array: np.ndarray, folder: Path) -> Iterator[int]:
    np.save(folder / "x.npy", array)
    tensor = LIBRARY.exchange_load(bytes(folder / "x.npy"))
    assert tensor, error()
    yield tensor
    free(tensor)


@pytest.mark.parametrize("mmap", [False, True])
@pytest.mark.parametrize("dtype", DTYPES)
def test_npy(tmp_path: Path, dtype: str, mmap: bool) -> None:
    for shape in SHAPES:
        for array in [sample(shape, dtype), np.asarray(sample(shape, dtype), order="F"),
                      sample(shape, dtype).astype(np.dtype(dtype).newbyteorder(">"))]:
            np.save(tmp_path / "from.npy", array)
            call("copy_npy", tmp_path / "from.npy", tmp_path / "to.npy", mmap)
            assert equal(np.load(tmp_path / "to.npy"), sample(shape, dtype))


def test_the_same_bytes_as_numpy(tmp_path: Path) -> None:
    for dtype in DTYPES:
        for shape in SHAPES:
            np.save(tmp_path / "from.npy", sample(shape, dtype))
            call("copy_npy", tmp_path / "from.npy", tmp_path / "to.npy", False)
            assert (tmp_path / "to.npy").read_bytes() == (tmp_path / "from.npy").read_bytes()


@pytest.mark.parametrize("version", [(1, 0), (2, 0), (3, 0)])
def test_versions(tmp_path: Path, version: tuple[int, int]) -> None:
    array = sample((2, 3), "f4")
    with open(tmp_path / "from.npy", "wb") as file:
        np.lib.format.write_array(file, array, version=version)
    call("copy_npy", tmp_path / "from.npy", tmp_path / "to.npy", False)
    assert equal(np.load(tmp_path / "to.npy"), array)


@pytest.mark.skipif(ml_dtypes is None, reason="ml_dtypes is not installed")
def test_bfloat16(tmp_path: Path) -> None:
    array = sample((2, 3), "f4").astype(ml_dtypes.bfloat16)
    np.save(tmp_path / "from.npy", array)
    call("copy_npy", tmp_path / "from.npy", tmp_path / "to.npy", False)
    assert (tmp_path / "to.npy").read_bytes() == (tmp_path / "from.npy").read_bytes()
    assert equal(np.load(tmp_path / "to.npy").view(ml_dtypes.bfloat16), array)


def test_what_is_no_tensor(tmp_path: Path) -> None:
    for array in [np.array(["text"]), np.array([b"text"]), np.array([{}], dtype=object),
                  np.array(["2020-01-01"], dtype="M8[D]"), np.zeros(2, dtype=[("a", "i4")]),
                  np.zeros(2, dtype=np.longdouble)]:
        np.save(tmp_path / "x.npy", array, allow_pickle=True)
        assert LIBRARY.exchange_copy_npy(bytes(tmp_path / "x.npy"), b"/nowhere/x", 0) == 1
        assert error().startswith("numpy.load: ")
        assert "no tensor can hold" in error()


@pytest.mark.parametrize("save", [np.savez, np.savez_compressed])
@pytest.mark.parametrize("compressed", [False, True])
def test_npz(tmp_path: Path, save: object, compressed: bool) -> None:
    arrays = {"weights": sample((30, 40), "f4"), "a/b": sample((3,), "c16"), "샘": sample((), "i8"),
              "nothing": sample((0, 2), "f8"), "zeros": np.zeros((1000, 1000), "u1")}
    save(tmp_path / "from.npz", **arrays)
    call("copy_npz", tmp_path / "from.npz", tmp_path / "to.npz", compressed)
    with np.load(tmp_path / "to.npz") as copy:
        assert set(copy.files) == set(arrays)
        for name, array in arrays.items():
            assert equal(copy[name], array), name
    assert ((tmp_path / "to.npz").stat().st_size < 100_000) == compressed


def test_positional_npz(tmp_path: Path) -> None:
    np.savez(tmp_path / "from.npz", sample((2,), "i4"), sample((3,), "f4"))
    call("copy_npz", tmp_path / "from.npz", tmp_path / "to.npz", False)
    with np.load(tmp_path / "to.npz") as copy:
        assert copy.files == ["arr_0", "arr_1"]


@pytest.mark.parametrize("versioned", [False, True])
@pytest.mark.parametrize("copy", [False, True])
def test_numpy_takes_a_tensor(tmp_path: Path, versioned: bool, copy: bool) -> None:
    for dtype in DTYPES:
        for shape in SHAPES:
            for tensor in tensors(sample(shape, dtype), tmp_path):
                taken_array = np.from_dlpack(Exported(tensor, versioned=versioned, copy=copy))
                assert equal(taken_array, sample(shape, dtype))
                if versioned:
                    assert taken_array.flags.writeable == copy


def test_numpy_keeps_the_elements(tmp_path: Path) -> None:
    for tensor in tensors(sample((3, 2), "f4"), tmp_path):
        turned = LIBRARY.exchange_transpose(ctypes.c_void_p(tensor))
        array = np.from_dlpack(Exported(turned))
        free(turned)
    assert array.strides == (4, 8)
    assert equal(np.ascontiguousarray(array), np.ascontiguousarray(sample((3, 2), "f4").T))


@pytest.mark.parametrize("versioned", [False, True])
def test_a_tensor_on_numpys_elements(tmp_path: Path, versioned: bool) -> None:
    for dtype in DTYPES:
        for array in [sample((2, 3), dtype), sample((4, 6), dtype)[::-2, ::2], sample((), dtype),
                      np.broadcast_to(sample((3,), dtype), (2, 3)).copy().T]:
            tensor = taken(array, versioned=versioned)
            call("save", tmp_path / "x.npy", ctypes.c_void_p(tensor))
            assert equal(np.load(tmp_path / "x.npy"), np.ascontiguousarray(array).reshape(
                array.shape))
            free(tensor)


def test_a_read_only_array(tmp_path: Path) -> None:
    array = sample((2, 3), "f4")
    array.flags.writeable = False
    tensor = taken(array, versioned=True)
    call("save", tmp_path / "x.npy", ctypes.c_void_p(tensor))
    assert equal(np.load(tmp_path / "x.npy"), array)
    free(tensor)


@pytest.mark.parametrize("versioned", [False, True])
def test_an_array_lives_until_the_tensor_is_gone(versioned: bool) -> None:
    array = sample((100,), "f4").view(type("Watched", (np.ndarray,), {}))
    watch = weakref.ref(array)
    tensor = taken(array, versioned=versioned)
    del array
    assert watch() is not None
    free(tensor)
    assert watch() is None


def test_trailing_bytes(tmp_path: Path) -> None:
    file = io.BytesIO()
    np.save(file, sample((2,), "i4"))
    np.save(file, sample((2,), "i4"))
    (tmp_path / "x.npy").write_bytes(file.getvalue())
    assert LIBRARY.exchange_copy_npy(bytes(tmp_path / "x.npy"), b"/nowhere/x", 0) == 1
    assert "a file of several arrays is to be a .npz" in error()
