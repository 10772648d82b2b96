#pragma once

#include <saem/base/export.hpp>
#include <stdexcept>
#include <string>
#include <string_view>

namespace saem {

/// The root of every exception that saem throws. `what()` names the op, what came, what was needed
/// and the cure: `matmul: inner dimensions differ: (2, 2) x (3, 2); pass transpose_b ...`.
/// After an exception every object is as it was before the call.
class SAEM_API Error : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
  ~Error() override;
};

/// Shapes that do not fit together, or an axis that is out of range.
class SAEM_API ShapeError : public Error {
 public:
  using Error::Error;
  ~ShapeError() override;
};

/// A dtype that the operation does not take, or dtypes that do not mix.
class SAEM_API DTypeError : public Error {
 public:
  using Error::Error;
  ~DTypeError() override;
};

/// An argument whose value makes no sense, or a call in the wrong state.
class SAEM_API ValueError : public Error {
 public:
  using Error::Error;
  ~ValueError() override;
};

/// An index outside its tensor.
class SAEM_API IndexError : public Error {
 public:
  using Error::Error;
  ~IndexError() override;
};

/// A device that is not there, or a tensor on another device than is needed.
class SAEM_API DeviceError : public Error {
 public:
  using Error::Error;
  ~DeviceError() override;
};

/// Memory that could not be had; the message says how much was asked for and how much is held.
class SAEM_API OutOfMemoryError : public Error {
 public:
  using Error::Error;
  ~OutOfMemoryError() override;
};

/// A file, a download or a data set that is missing, damaged or cannot be written.
class SAEM_API DataError : public Error {
 public:
  using Error::Error;
  ~DataError() override;
};

}  // namespace saem
