// saem-fuzz-cases CASES [SEED]: so many cases from random bytes, the same ones for the same seed.
#include <sys/resource.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <vector>

#include "fuzz/calls.hpp"
#include "fuzz/driver.hpp"

namespace {

/// A number of segments or a shape may ask for any amount of memory: the system's refusal, which
/// the library turns into OutOfMemoryError, shall come before the machine is full. (The sanitizers
/// reserve terabytes of addresses and have a limit of their own.)
void limit_memory() {
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
  constexpr rlim_t kBytes = rlim_t{4} << 30;
  const rlimit limit{kBytes, kBytes};
  (void)setrlimit(RLIMIT_AS, &limit);
#endif
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) {
    std::fprintf(stderr, "usage: saem-fuzz-cases CASES [SEED]\n");
    return 2;
  }
  limit_memory();
  const long long cases = std::atoll(argv[1]);
  const unsigned long long seed = argc > 2 ? std::strtoull(argv[2], nullptr, 10) : 1;
  const auto start = std::chrono::steady_clock::now();
  saem::fuzz::Counts counts;
  std::vector<std::uint8_t> bytes;
  for (long long number = 0; number < cases; ++number) {
    std::mt19937_64 random(seed * 1000003 + static_cast<unsigned long long>(number));
    bytes.resize(64 + random() % 192);
    for (std::uint8_t& byte : bytes) byte = static_cast<std::uint8_t>(random() >> 56);
    try {
      saem::fuzz::run_case(bytes, counts);
    } catch (const std::exception& error) {
      std::printf("case %lld of seed %llu threw what is no tf::Error: %s\n", number, seed,
                  error.what());
      return 1;
    }
  }
  const std::chrono::duration<double> time = std::chrono::steady_clock::now() - start;
  std::printf("%lld cases of %zu calls: %lld results, %lld refusals, %lld gradients, %.1f s\n",
              cases, saem::fuzz::call_count(), static_cast<long long>(counts.ops),
              static_cast<long long>(counts.refused), static_cast<long long>(counts.gradients),
              time.count());
  return counts.ops > 0 && counts.refused > 0 && (cases < 1000 || counts.gradients > 0) ? 0 : 1;
}
