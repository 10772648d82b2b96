#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <ostream>
#include <string>
#include <string_view>
#include <typeinfo>

/// The functions of the engine that the prelude calls. They are compiled once, into the engine:
/// a cell that shows a number must not compile a formatter first.
namespace saem_kernel {

using MimeBundle = std::map<std::string, std::string>;

/// Longer containers are cut, with "..." where.
inline constexpr std::size_t kMaximumElements = 1000;

/// A text that grows.
class Text {
 public:
  Text();
  ~Text();
  Text(const Text&) = delete;
  Text& operator=(const Text&) = delete;

  void add(std::string_view text);
  void add_quoted(std::string_view text);
  void add_bool(bool value);
  void add_character(char value);
  void add_signed(long long value);
  void add_unsigned(unsigned long long value);
  void add_float(float value);  // the shortest digits that read back as the same value
  void add_double(double value);
  void add_long_double(long double value);
  void add_pointer(const void* value);
  void add_type(const std::type_info& type);
  std::ostream& stream();
  std::string string() const;

 private:
  struct Content;
  std::unique_ptr<Content> content_;
};

/// Sends the value of the last expression to whoever shows the notebook.
void show_text(const Text& text);
void show_bundle(const MimeBundle& bundle);

}  // namespace saem_kernel
