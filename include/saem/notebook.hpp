#pragma once

#include <map>
#include <saem/base/export.hpp>
#include <string>

/// How pictures reach a notebook without the library knowing any notebook.
namespace saem::notebook {

/// Mime type to content; binary content (PNG) is base64.
using MimeBundle = std::map<std::string, std::string>;
using DisplayHandler = void (*)(const MimeBundle&);

/// Set by the notebook engine when it starts; null means a plain program. Not thread-safe.
SAEM_API void set_display_handler(DisplayHandler handler);

/// True when somebody shows what `display` is given.
SAEM_API bool active();

/// Shows `bundle` at this place of the cell's output; does nothing in a plain program.
SAEM_API void display(const MimeBundle& bundle);

}  // namespace saem::notebook
