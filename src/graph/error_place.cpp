#include "graph/error_place.hpp"

#include <cxxabi.h>
#include <dlfcn.h>

#include <array>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <memory>

#include "base/message.hpp"

namespace saem {
namespace {

/// What addr2line (binutils, which comes with every compiler) says of a place in a program's file;
/// empty if it is not there or the program has no line numbers.
std::string ask_addr2line(const char* file, std::uintptr_t offset) {
  if (std::string(file).find('\'') != std::string::npos) return "";
  const std::string command =
      fmt::format("addr2line -e '{}' {:#x} 2>/dev/null </dev/null", file, offset);
  const auto close = [](std::FILE* pipe) { pclose(pipe); };
  const std::unique_ptr<std::FILE, decltype(close)> pipe(popen(command.c_str(), "r"), close);
  if (pipe == nullptr) return "";
  std::array<char, 1024> line{};
  if (std::fgets(line.data(), static_cast<int>(line.size()), pipe.get()) == nullptr) return "";
  std::string text = line.data();
  text.erase(text.find_last_not_of("\n") + 1);
  if (text.empty() || text[0] == '?' || text.ends_with(":?") || text.ends_with(":0")) return "";
  return text.substr(text.find_last_of('/') + 1);
}

std::string demangled(const char* symbol) {
  int status = 0;
  const std::unique_ptr<char, decltype(&std::free)> name(
      abi::__cxa_demangle(symbol, nullptr, nullptr, &status), &std::free);
  return status == 0 ? name.get() : symbol;
}

std::string place_text(const Graph& graph, int index) {
  const GraphNode& node = graph.nodes[static_cast<std::size_t>(index)];
  std::string text =
      fmt::format("\n  in tf::function {}, node %{} {}", graph.name, index, node.type());
  if (!node.name.empty()) text += fmt::format(", scope {}", node.name);
  const std::string line = source_line(node.caller);
  if (!line.empty()) text += fmt::format(", called at {}", line);
  return text;
}

template <class E>
[[noreturn]] void rethrow_as(const E& error, const Graph& graph, int node) {
  throw E(error.what() + place_text(graph, node));
}

}  // namespace

std::string source_line(const void* caller) {
  if (caller == nullptr) return "";
  // A return address: the call itself ends one byte before.
  const auto address = reinterpret_cast<std::uintptr_t>(caller) - 1;
  Dl_info info{};
  if (dladdr(reinterpret_cast<const void*>(address), &info) == 0) return "";
  if (info.dli_fname != nullptr) {
    // A program at a fixed address is known to addr2line by that, others by the place in the file.
    const auto base = reinterpret_cast<std::uintptr_t>(info.dli_fbase);
    std::string line = ask_addr2line(info.dli_fname, address - base);
    if (line.empty()) line = ask_addr2line(info.dli_fname, address);
    if (!line.empty()) return line;
  }
  return info.dli_sname == nullptr ? "" : demangled(info.dli_sname);
}

void rethrow_from(const Graph& graph, int node) {
  try {
    throw;
  } catch (const ShapeError& error) {
    rethrow_as(error, graph, node);
  } catch (const DTypeError& error) {
    rethrow_as(error, graph, node);
  } catch (const ValueError& error) {
    rethrow_as(error, graph, node);
  } catch (const IndexError& error) {
    rethrow_as(error, graph, node);
  } catch (const DeviceError& error) {
    rethrow_as(error, graph, node);
  } catch (const OutOfMemoryError& error) {
    rethrow_as(error, graph, node);
  } catch (const DataError& error) {
    rethrow_as(error, graph, node);
  } catch (const Error& error) {
    rethrow_as(error, graph, node);
  }
}

}  // namespace saem
