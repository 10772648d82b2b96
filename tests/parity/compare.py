"""When two arrays count as the same."""

from __future__ import annotations

import numpy as np

# (relative, absolute): a few roundings of the dtype.
TOLERANCES = {
    "float64": (1e-12, 1e-13), "float32": (4e-6, 1e-6),
    "float16": (4e-3, 2e-3), "bfloat16": (3.2e-2, 1.6e-2),
    "complex64": (4e-6, 1e-6), "complex128": (1e-12, 1e-13),
}
# Gradients are several ops one after the other.
GRADIENT_FACTOR = 4


def as_float64(array: np.ndarray) -> np.ndarray:
    if array.dtype.kind == "c":
        return array.reshape(-1).view(array.real.dtype).astype(np.float64)
    return array.reshape(-1).astype(np.float64)


def unit_places(array: np.ndarray) -> np.ndarray:
    """Floating-point numbers counted from zero, in the order of their size."""
    width = array.dtype.itemsize
    bits = np.ascontiguousarray(array).reshape(-1).view(f"i{width}").astype(object)
    return np.where(bits < 0, -(bits + 2 ** (8 * width - 1)), bits)


def difference(ours: np.ndarray, theirs: np.ndarray, tolerances: dict[str, tuple[float, float]],
               ulp: int | None, exact: bool, factor: int) -> str | None:
    """What differs, in words; None where nothing does."""
    if ours.dtype != theirs.dtype:
        return f"dtype {ours.dtype.name}, TensorFlow {theirs.dtype.name}"
    if ours.shape != theirs.shape:
        return f"shape {ours.shape}, TensorFlow {theirs.shape}"
    if ours.dtype.kind in "iub":
        wrong = (ours != theirs).reshape(-1)
    else:
        a, b = as_float64(ours), as_float64(theirs)
        with np.errstate(invalid="ignore", over="ignore"):
            same = (a == b) | (np.isnan(a) & np.isnan(b))
            if exact:
                wrong = ~(same & ((np.signbit(a) == np.signbit(b)) | np.isnan(a)))
            elif ulp is not None:
                places = np.abs(unit_places(ours) - unit_places(theirs))
                finite = np.isfinite(a) & np.isfinite(b)
                wrong = ~(same | (finite & (places <= ulp)))
            else:
                relative, absolute = (TOLERANCES | tolerances)[ours.dtype.name]
                close = np.isfinite(a) & np.isfinite(b)
                close &= np.abs(a - b) <= factor * (absolute + relative * np.abs(b))
                wrong = ~(same | close)
    if not wrong.any():
        return None
    at = int(np.argmax(wrong))
    flat_ours, flat_theirs = (
        (array.reshape(-1).view(array.real.dtype) if array.dtype.kind == "c" else
         array.reshape(-1)) for array in (ours, theirs))
    return (f"{int(wrong.sum())} of {wrong.size} elements of shape {ours.shape}; element {at}: "
            f"{flat_ours[at]!r}, TensorFlow {flat_theirs[at]!r}")
