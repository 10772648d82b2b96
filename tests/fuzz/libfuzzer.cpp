// The entry that libFuzzer calls: the preset `fuzz` builds it.
#include "fuzz/driver.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static saem::fuzz::Counts counts;
  saem::fuzz::run_case({data, size}, counts);
  return 0;
}
