#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <saem/core/op.hpp>
#include <saem/formats/summary.hpp>
#include <string>
#include <vector>

namespace saem::summary {

/// What becomes of the data.
enum class SummaryKind { kTensor, kScalar, kHistogram, kImage, kText };

/// Options of the op behind every summary. Its inputs are the data (not for texts), the step unless
/// it is in here, and the condition if there is one; each is read in host memory.
struct WriteSummaryOptions {
  static constexpr const char* kName = "WriteSummaryOptions";
  static constexpr bool kSerializable = false;  // no text holds an open file
  SummaryKind kind = SummaryKind::kTensor;
  std::string tag = {};
  std::optional<std::int64_t> step = {};
  bool conditional = false;
  std::int64_t buckets = 0;      ///< of a histogram
  std::int64_t max_outputs = 0;  ///< of pictures
  std::vector<std::string> texts = {};
  bool column = false;  ///< texts have a rank of 1
  SummaryMetadata metadata = {};
  std::shared_ptr<EventWriter> writer = {};
  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("tag", self.tag);
    visit("step", self.step);
  }
};

/// Options of the op that writes what waits.
struct FlushSummaryOptions {
  static constexpr const char* kName = "FlushSummaryOptions";
  static constexpr bool kSerializable = false;  // no text holds an open file
  std::string path = {};
  std::shared_ptr<EventWriter> writer = {};
  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("path", self.path);
  }
};

extern OpDef write_summary_op;
extern OpDef flush_summary_op;

}  // namespace saem::summary
