#include "ir_passes.hpp"

#include <llvm/ADT/STLExtras.h>
#include <llvm/Analysis/LoopInfo.h>
#include <llvm/IR/Constants.h>
#include <llvm/IR/Dominators.h>
#include <llvm/IR/IRBuilder.h>
#include <llvm/IR/InstIterator.h>
#include <llvm/IR/IntrinsicInst.h>
#include <llvm/Transforms/Utils/BasicBlockUtils.h>

#include <algorithm>
#include <set>
#include <vector>

namespace saem_kernel {
namespace {

/// Whether `function`, which clang made to initialise one variable, initialises one of `variables`:
/// stores into it, has a result written there, or sees to its destruction.
bool initialises(const llvm::Function& function, const std::set<const llvm::Value*>& variables) {
  const auto is_one = [&](const llvm::Value* value) {
    return variables.contains(value->stripInBoundsConstantOffsets());
  };
  for (const auto& instruction : llvm::instructions(function)) {
    if (const auto* store = llvm::dyn_cast<llvm::StoreInst>(&instruction)) {
      if (is_one(store->getPointerOperand())) return true;
    }
    const auto* call = llvm::dyn_cast<llvm::CallBase>(&instruction);
    if (call == nullptr) continue;
    const auto* called = call->getCalledFunction();
    const bool at_exit = called != nullptr && called->getName() == "__cxa_atexit";
    if (at_exit && is_one(call->getArgOperand(1))) return true;
    if (call->hasStructRetAttr() && is_one(call->getArgOperand(0))) return true;
  }
  return false;
}

/// What exists is not initialised a second time.
void drop_initialisers(llvm::Module& module, const std::set<const llvm::Value*>& existing) {
  if (existing.empty()) return;
  for (auto& function : module) {
    if (function.isDeclaration() || !function.getName().starts_with("__cxx_global_var_init") ||
        !initialises(function, existing)) {
      continue;
    }
    const auto linkage = function.getLinkage();
    function.deleteBody();
    function.setLinkage(linkage);
    llvm::ReturnInst::Create(module.getContext(),
                             llvm::BasicBlock::Create(module.getContext(), "", &function));
  }
}

}  // namespace

std::vector<std::string> share_internal_variables(
    llvm::Module& module, const std::function<bool(const std::string&)>& exists) {
  std::vector<std::string> shared;
  std::set<const llvm::Value*> existing;
  for (auto& variable : module.globals()) {
    variable.setDLLStorageClass(llvm::GlobalValue::DefaultStorageClass);
    if (!variable.hasInternalLinkage() || !variable.getName().starts_with("_Z")) continue;
    if (variable.isConstant()) continue;  // a copy of a constant is as good as the constant
    if (exists(variable.getName().str())) {
      variable.setInitializer(nullptr);
      existing.insert(&variable);
    } else {
      shared.push_back(variable.getName().str());
    }
    variable.setComdat(nullptr);
    variable.setLinkage(llvm::GlobalValue::ExternalLinkage);
  }
  drop_initialisers(module, existing);
  for (auto& function : module) {
    function.setDLLStorageClass(llvm::GlobalValue::DefaultStorageClass);
  }
  return shared;
}

void reach_library_thread_locals(llvm::Module& module,
                                 const std::function<bool(const std::string&)>& is_defined) {
  auto& context = module.getContext();
  auto* pointer = llvm::PointerType::getUnqual(context);
  for (auto& variable : module.globals()) {
    if (!variable.isThreadLocal() || !variable.isDeclaration()) continue;
    if (is_defined(variable.getName().str())) continue;
    const auto function = module.getOrInsertFunction(kThreadLocalFunction, pointer, pointer);
    for (auto* user : llvm::make_early_inc_range(variable.users())) {
      auto* address = llvm::dyn_cast<llvm::IntrinsicInst>(user);
      if (!address || address->getIntrinsicID() != llvm::Intrinsic::threadlocal_address) continue;
      llvm::IRBuilder<> builder(address);
      auto* name = builder.CreateGlobalString(variable.getName());
      address->replaceAllUsesWith(builder.CreateCall(function, {name}));
      address->eraseFromParent();
    }
  }
}

std::string make_entry(llvm::Module& module, unsigned cell) {
  auto* list = module.getNamedGlobal("llvm.global_ctors");
  if (!list) return "";
  struct Constructor {
    std::uint64_t priority;
    llvm::Function* function;
  };
  std::vector<Constructor> constructors;
  if (auto* entries = llvm::dyn_cast<llvm::ConstantArray>(list->getInitializer())) {
    for (auto& operand : entries->operands()) {
      auto* entry = llvm::cast<llvm::ConstantStruct>(operand);
      auto* function = llvm::dyn_cast<llvm::Function>(entry->getOperand(1)->stripPointerCasts());
      if (!function) continue;
      const auto* priority = llvm::cast<llvm::ConstantInt>(entry->getOperand(0));
      constructors.push_back({priority->getZExtValue(), function});
    }
  }
  list->eraseFromParent();
  if (constructors.empty()) return "";
  std::stable_sort(constructors.begin(), constructors.end(),
                   [](const auto& a, const auto& b) { return a.priority < b.priority; });
  auto& context = module.getContext();
  const std::string name = "saem_cell_entry_" + std::to_string(cell);
  auto* type = llvm::FunctionType::get(llvm::Type::getVoidTy(context), false);
  auto* entry = llvm::Function::Create(type, llvm::Function::ExternalLinkage, name, module);
  entry->setUWTableKind(llvm::UWTableKind::Async);
  llvm::IRBuilder<> builder(llvm::BasicBlock::Create(context, "", entry));
  for (const auto& constructor : constructors) builder.CreateCall(constructor.function);
  builder.CreateRetVoid();
  // The code of a cell runs once, but what it calls in a loop deserves all the optimiser has:
  // initialisers are marked cold for start-up code, which this is not.
  for (auto& function : module) {
    if (function.getSection() == ".text.startup") function.setSection("");
  }
  return name;
}

namespace {

bool calls_something(const llvm::Loop& loop) {
  for (const auto* block : loop.blocks()) {
    for (const auto& instruction : *block) {
      const auto* call = llvm::dyn_cast<llvm::CallBase>(&instruction);
      if (call && !llvm::isa<llvm::IntrinsicInst>(call) && !call->isInlineAsm()) return true;
    }
  }
  return false;
}

}  // namespace

void poll_for_interrupt(llvm::Module& module) {
  auto& context = module.getContext();
  auto* byte = llvm::Type::getInt8Ty(context);
  std::vector<llvm::BasicBlock*> headers;
  for (auto& function : module) {
    // The poll throws, and callers of a function that cannot throw do not expect that.
    if (function.isDeclaration() || function.doesNotThrow()) continue;
    const llvm::DominatorTree dominators(function);
    const llvm::LoopInfo loops(dominators);
    for (const auto* loop : loops.getLoopsInPreorder()) {
      if (loop->isInnermost() && !calls_something(*loop)) continue;
      auto* header = loop->getHeader();
      if (!header->isEHPad() && !header->empty()) headers.push_back(header);
    }
  }
  if (headers.empty()) return;
  auto* flag = module.getOrInsertGlobal(kInterruptFlag, byte);
  const auto interrupt =
      module.getOrInsertFunction(kInterruptFunction, llvm::Type::getVoidTy(context));
  for (auto* header : headers) {
    auto* first = &*header->getFirstInsertionPt();
    llvm::IRBuilder<> builder(first);
    // Every instruction of a function with line tables needs a line, inlined calls most of all.
    auto location = first->getDebugLoc();
    if (!location && header->getParent()->getSubprogram()) {
      location = llvm::DILocation::get(context, 0, 0, header->getParent()->getSubprogram());
    }
    builder.SetCurrentDebugLocation(location);
    auto* value = builder.CreateLoad(byte, flag, /*isVolatile=*/true);
    auto* wanted = builder.CreateICmpNE(value, llvm::ConstantInt::get(byte, 0));
    auto* then = llvm::SplitBlockAndInsertIfThen(wanted, first, /*Unreachable=*/false);
    builder.SetInsertPoint(then);
    builder.SetCurrentDebugLocation(location);
    builder.CreateCall(interrupt);
  }
}

}  // namespace saem_kernel
