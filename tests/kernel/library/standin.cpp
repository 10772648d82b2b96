#include "standin.hpp"

namespace saem {

ShapeError::~ShapeError() = default;

std::ostream& operator<<(std::ostream& stream, const Tensor& tensor) {
  return stream << "tf.Tensor(" << tensor.value() << ")";
}

Tensor add(const Tensor& left, const Tensor& right) { return Tensor(left.value() + right.value()); }

void fail() { throw ShapeError("matmul: inner dimensions differ"); }

namespace notebook {
namespace {
DisplayHandler current = nullptr;
}
void set_display_handler(DisplayHandler handler) { current = handler; }
void display(const MimeBundle& bundle) {
  if (current) current(bundle);
}
}  // namespace notebook

notebook::MimeBundle display(const Figure&) { return {{"image/svg+xml", "<svg/>"}}; }
std::ostream& operator<<(std::ostream& stream, const Figure&) { return stream << "figure"; }

}  // namespace saem
