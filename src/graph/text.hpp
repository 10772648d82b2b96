#pragma once

#include <saem/graph/graph.hpp>
#include <span>
#include <string>
#include <string_view>

namespace saem {

/// What the text of graphs is made of, for who writes and who reads it.
namespace graph_text {

/// Constants up to so many elements are written out number by number.
inline constexpr std::int64_t kMostWritten = 16;

/// Whether `text` stands in a graph without quotes, as an op's name does.
bool is_word(std::string_view text);

/// `[1.0, 2.0]`: the elements in row-major order, exactly; base64 where numbers cannot say them.
std::string elements(const Tensor& tensor);
/// `base64 "AACAPw=="`: the same as bytes.
std::string packed_elements(const Tensor& tensor);
/// Reads `[1.0, 2.0]` into a tensor on the CPU; false where it does not fill one of that spec.
bool read_elements(std::string_view list, const TensorSpec& spec, Tensor& tensor);
/// Reads base64 into a tensor on the CPU.
bool read_packed(std::string_view text, const TensorSpec& spec, Tensor& tensor);

/// As `Graph::from_text`, with variables that are there already: the first one stands for the first
/// in the text, and so on. @throws ValueError if they are too few, or unlike what the text says
Graph read(std::string_view text, std::span<const Variable> variables);

/// `float32(2, 3)`.
std::string spec(const TensorSpec& spec);

}  // namespace graph_text

}  // namespace saem
