#include <ostream>
#include <saem/core/dtype.hpp>

namespace saem {

std::string_view DType::name() const {
  constexpr std::string_view kNames[kCount] = {
      "invalid", "bool",    "int8",          "int16",       "int32",     "int64",
      "uint8",   "uint16",  "uint32",        "uint64",      "float16",   "bfloat16",
      "float32", "float64", "float8_e4m3fn", "float8_e5m2", "complex64", "complex128"};
  return kNames[code_];
}

std::ostream& operator<<(std::ostream& out, DType dtype) { return out << dtype.name(); }

}  // namespace saem
