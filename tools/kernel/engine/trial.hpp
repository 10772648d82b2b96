#pragma once

#include <functional>
#include <nlohmann/json.hpp>
#include <string>

namespace saem_kernel {

/// Gives a trial its way to answer: what it passes here reaches the caller of run_trial, and the
/// trial ends.
using Answer = std::function<void(const nlohmann::json&)>;

/// Runs `work` in a forked copy of this process and returns its answer, or null if it died without
/// one. Whatever it does to the compiler's state, or the compiler does to itself, is gone with it.
///
/// Large memory of cells (a tensor of gigabytes) is not copied: trials only parse. Threads are not
/// copied either, and nothing in a trial may need them.
nlohmann::json run_trial(const std::function<void(const Answer&)>& work);

}  // namespace saem_kernel
