#include "core/memory_tags.hpp"

#include <array>
#include <atomic>
#include <mutex>
#include <saem/core/memory.hpp>
#include <vector>

#include "base/message.hpp"
#include "core/thread_state.hpp"

namespace saem {
namespace {

constexpr std::size_t kMostTags = 255;

struct Counter {
  std::atomic<std::int64_t> current{0};
  std::atomic<std::int64_t> peak{0};
};

struct TagTable {
  std::array<Counter, kMostTags + 1> counters;
  std::mutex mutex;
  std::vector<std::string> names{""};  // tag 0 counts nothing
};

TagTable& tag_table() {
  static auto* table = new TagTable;  // never destroyed: tensors may outlive statics
  return *table;
}

}  // namespace

void count_tagged_memory(std::uint8_t tag, std::int64_t bytes) noexcept {
  Counter& counter = tag_table().counters[tag];
  const std::int64_t now = counter.current.fetch_add(bytes, std::memory_order_relaxed) + bytes;
  std::int64_t peak = counter.peak.load(std::memory_order_relaxed);
  while (now > peak && !counter.peak.compare_exchange_weak(peak, now, std::memory_order_relaxed)) {
  }
}

namespace config {

MemoryTag::MemoryTag(std::string_view name) : previous_(thread_state.memory_tag) {
  if (name.empty()) raise<ValueError>("MemoryTag", "the name is empty");
  TagTable& table = tag_table();
  const std::scoped_lock lock(table.mutex);
  std::size_t tag = 1;
  while (tag < table.names.size() && table.names[tag] != name) ++tag;
  if (tag > kMostTags) {
    raise<ValueError>("MemoryTag", "there are {} tags already; use one of them", kMostTags);
  }
  if (tag == table.names.size()) table.names.emplace_back(name);
  thread_state.memory_tag = static_cast<std::uint8_t>(tag);
}

MemoryTag::~MemoryTag() { thread_state.memory_tag = previous_; }

std::map<std::string, TaggedMemory> memory_by_tag() {
  TagTable& table = tag_table();
  const std::scoped_lock lock(table.mutex);
  std::map<std::string, TaggedMemory> memory;
  for (std::size_t tag = 1; tag < table.names.size(); ++tag) {
    memory[table.names[tag]] = {.current = table.counters[tag].current.load(),
                                .peak = table.counters[tag].peak.load()};
  }
  return memory;
}

void reset_memory_tags() {
  TagTable& table = tag_table();
  const std::scoped_lock lock(table.mutex);
  for (Counter& counter : table.counters) counter.peak = counter.current.load();
}

}  // namespace config
}  // namespace saem
