#pragma once

#include <llvm/IR/Module.h>

#include <functional>
#include <string>
#include <vector>

namespace saem_kernel {

/// What must change in the code that clang makes of a cell, each change for one reason.

/// Static variables of functions that are private to their module (lambdas, mostly) exist once in
/// the session, not once in each cell that uses the function.
/// @param exists  tells whether an earlier module holds the variable
/// @return the names of those that this module holds for all later ones
std::vector<std::string> share_internal_variables(
    llvm::Module& module, const std::function<bool(const std::string&)>& exists);

/// Thread-local variables of libraries are reached through the dynamic linker: the JIT has its own
/// (emulated) scheme, which knows nothing of them.
void reach_library_thread_locals(llvm::Module& module,
                                 const std::function<bool(const std::string&)>& is_defined);

/// Moves the initialisers and statements into one function, in order. A plain function that is
/// called by the engine lets exceptions pass; the JIT's own initialiser calls do not.
/// @return its name, or an empty string if there is nothing to run
std::string make_entry(llvm::Module& module, unsigned cell);

/// Lets loops be interrupted: those that call something, or contain another loop, look at a flag.
/// The rest is left at full speed; it is interrupted by its place in memory.
/// Runs after optimisation, which the check would otherwise hinder.
void poll_for_interrupt(llvm::Module& module);

/// Names of the engine's functions that the passes call.
inline constexpr const char* kThreadLocalFunction = "saem_kernel_thread_local";
inline constexpr const char* kInterruptFlag = "saem_kernel_interrupt_flag";
inline constexpr const char* kInterruptFunction = "saem_kernel_interrupt";

}  // namespace saem_kernel
