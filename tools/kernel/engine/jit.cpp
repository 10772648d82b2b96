#include "jit.hpp"

#include <clang/Basic/TargetInfo.h>
#include <clang/CodeGen/BackendUtil.h>
#include <dlfcn.h>
#include <llvm/Demangle/Demangle.h>
#include <llvm/ExecutionEngine/JITLink/EHFrameSupport.h>
#include <llvm/ExecutionEngine/Orc/EPCEHFrameRegistrar.h>
#include <llvm/ExecutionEngine/Orc/JITTargetMachineBuilder.h>
#include <llvm/ExecutionEngine/Orc/MapperJITLinkMemoryManager.h>
#include <llvm/ExecutionEngine/Orc/MemoryMapper.h>
#include <llvm/ExecutionEngine/Orc/ObjectLinkingLayer.h>
#include <llvm/Support/Process.h>
#include <llvm/Support/raw_ostream.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstdint>
#include <cstring>
#include <regex>

#include "ir_passes.hpp"

namespace saem_kernel {
namespace {

namespace orc = llvm::orc;

constexpr std::size_t kSlabSize = std::size_t{1} << 30;

struct Slab {
  const char* begin = nullptr;
  const char* end = nullptr;
};
std::vector<Slab>& slabs() {
  static auto* const instance = new std::vector<Slab>();
  return *instance;
}

/// All code of the session in one reservation: a signal handler can tell a cell's code from a
/// library's by its address, and a forked trial, which runs no cell code, need not copy it.
class SlabMapper : public orc::InProcessMemoryMapper {
 public:
  using InProcessMemoryMapper::InProcessMemoryMapper;

  void reserve(size_t size, OnReservedFunction on_reserved) override {
    InProcessMemoryMapper::reserve(size, [on_reserved = std::move(on_reserved)](
                                             llvm::Expected<orc::ExecutorAddrRange> range) mutable {
      if (range) {
        auto* begin = range->Start.toPtr<char*>();
        slabs().push_back({begin, begin + range->size()});
        madvise(begin, range->size(), MADV_DONTFORK);
      }
      on_reserved(std::move(range));
    });
  }
};

template <typename T>
T value_or_throw(llvm::Expected<T> value) {
  if (!value) throw std::runtime_error("saem-engine: " + llvm::toString(value.takeError()));
  return std::move(*value);
}

void succeed_or_throw(llvm::Error error) {
  if (error) throw std::runtime_error("saem-engine: " + llvm::toString(std::move(error)));
}

std::string readable(const std::string& symbol) {
  static const std::regex tags("\\[abi:c[0-9]+\\]");
  return std::regex_replace(llvm::demangle(symbol), tags, "");
}

bool is_needed(const llvm::GlobalValue& value) {
  return value.isDeclaration() && !value.use_empty() && !value.hasExternalWeakLinkage() &&
         !value.getName().starts_with("llvm.");
}

}  // namespace

bool is_cell_code(const void* address) {
  const auto* place = static_cast<const char*>(address);
  for (const auto& slab : slabs()) {
    if (place >= slab.begin && place < slab.end) return true;
  }
  return false;
}

Jit::Jit(clang::CompilerInstance& compiler, orc::ThreadSafeContext context)
    : compiler_(compiler), context_(std::move(context)) {
  auto target = value_or_throw(orc::JITTargetMachineBuilder::detectHost());
  target.setRelocationModel(llvm::Reloc::PIC_);
  const bool optimized = compiler.getCodeGenOpts().OptimizationLevel > 0;
  target.setCodeGenOptLevel(optimized ? llvm::CodeGenOptLevel::Default
                                      : llvm::CodeGenOptLevel::None);
  orc::LLJITBuilder builder;
  builder.setJITTargetMachineBuilder(std::move(target));
  builder.setPlatformSetUp(orc::setUpInactivePlatform);
  builder.setObjectLinkingLayerCreator(
      [](orc::ExecutionSession& session,
         const llvm::Triple&) -> llvm::Expected<std::unique_ptr<orc::ObjectLayer>> {
        auto page = llvm::sys::Process::getPageSize();
        if (!page) return page.takeError();
        auto layer = std::make_unique<orc::ObjectLinkingLayer>(
            session, std::make_unique<orc::MapperJITLinkMemoryManager>(
                         kSlabSize, std::make_unique<SlabMapper>(*page)));
        layer->addPlugin(std::make_unique<orc::EHFrameRegistrationPlugin>(
            session, std::make_unique<llvm::jitlink::InProcessEHFrameRegistrar>()));
        return layer;
      });
  jit_ = value_or_throw(builder.create());
}

Jit::~Jit() = default;

void Jit::define(const std::string& name, void* address) {
  orc::SymbolMap symbols;
  symbols[jit_->mangleAndIntern(name)] = {orc::ExecutorAddr::fromPtr(address),
                                          llvm::JITSymbolFlags::Exported};
  succeed_or_throw(jit_->getMainJITDylib().define(orc::absoluteSymbols(std::move(symbols))));
  absolute_.insert(name);
}

void Jit::optimize(llvm::Module& module) {
  clang::EmitBackendOutput(compiler_.getDiagnostics(), compiler_.getHeaderSearchOpts(),
                           compiler_.getCodeGenOpts(), compiler_.getTargetOpts(),
                           compiler_.getLangOpts(), compiler_.getTarget().getDataLayoutString(),
                           &module, clang::Backend_EmitNothing, &compiler_.getVirtualFileSystem(),
                           nullptr);
}

Jit::Entry Jit::add(std::unique_ptr<llvm::Module> module, unsigned cell) {
  const auto shared = share_internal_variables(
      *module, [this](const std::string& name) { return shared_.contains(name); });
  reach_library_thread_locals(*module,
                              [this](const std::string& name) { return is_defined(name); });
  const std::string entry = make_entry(*module, cell);
  const auto replacements = rename_redefinitions(*module, cell);
  optimize(*module);
  poll_for_interrupt(*module);
  check_symbols(*module);
  shared_.insert(shared.begin(), shared.end());
  for (const auto& value : module->global_values()) {
    if (value.isDeclaration() || value.hasLocalLinkage()) continue;
    (value.isWeakForLinker() ? weak_ : defined_).insert(value.getName().str());
  }
  succeed_or_throw(jit_->addIRModule(orc::ThreadSafeModule(std::move(module), context_)));
  for (const auto& replacement : replacements) redirect(replacement);
  if (entry.empty()) return nullptr;
  return reinterpret_cast<Entry>(address_of(entry));
}

/// A member function defined again outside its class keeps its symbol, because the class is the
/// same; the second code gets another one, and the first code is made to jump to it.
std::vector<Jit::Replacement> Jit::rename_redefinitions(llvm::Module& module, unsigned cell) {
  std::vector<Replacement> replacements;
  for (auto& function : module) {
    if (function.isDeclaration() || function.hasLocalLinkage() || function.isWeakForLinker()) {
      continue;
    }
    const std::string name = function.getName().str();
    if (!defined_.contains(name)) continue;
    const std::string renamed = name + ".r" + std::to_string(cell);
    function.setName(renamed);
    replacements.push_back({name, renamed});
  }
  return replacements;
}

void Jit::check_symbols(const llvm::Module& module) const {
  std::string missing;
  for (const auto& value : module.global_values()) {
    if (!is_needed(value)) continue;
    const std::string name = value.getName().str();
    if (defined_.contains(name) || weak_.contains(name) || absolute_.contains(name)) continue;
    if (dlsym(RTLD_DEFAULT, name.c_str()) != nullptr) continue;
    missing += "\n  " + readable(name);
  }
  if (!missing.empty()) {
    throw LinkError("declared but defined nowhere:" + missing +
                    "\nDefine it in this cell or in an earlier one, or load the library that has "
                    "it.");
  }
}

void* Jit::find(const std::string& symbol) {
  if (!defined_.contains(symbol) && !weak_.contains(symbol)) return nullptr;
  return address_of(symbol);
}

void* Jit::address_of(const std::string& symbol) {
  return value_or_throw(jit_->lookupLinkerMangled(symbol)).toPtr<void*>();
}

void Jit::redirect(const Replacement& replacement) {
  auto* old_code = static_cast<unsigned char*>(address_of(replacement.old_symbol));
  const auto target = reinterpret_cast<std::uintptr_t>(address_of(replacement.new_symbol));
#if defined(__x86_64__)
  unsigned char jump[14] = {0xff, 0x25, 0, 0, 0, 0};  // jmp *[rip]; functions are 16 bytes apart
  std::memcpy(jump + 6, &target, sizeof target);
#elif defined(__aarch64__)
  unsigned char jump[16] = {0x50, 0, 0, 0x58, 0, 0x02, 0x1f, 0xd6};  // ldr x16, #8; br x16
  std::memcpy(jump + 8, &target, sizeof target);
#else
#error "how does this processor jump to an address that follows the instruction?"
#endif
  const auto page = static_cast<std::uintptr_t>(getpagesize());
  const auto begin = reinterpret_cast<std::uintptr_t>(old_code) & ~(page - 1);
  const auto last = reinterpret_cast<std::uintptr_t>(old_code) + sizeof jump;
  const auto end = (last + page - 1) & ~(page - 1);
  auto* pages = reinterpret_cast<void*>(begin);
  if (mprotect(pages, end - begin, PROT_READ | PROT_WRITE | PROT_EXEC) != 0) {
    throw std::runtime_error("saem-engine: the old code cannot be changed");
  }
  std::memcpy(old_code, jump, sizeof jump);
  mprotect(pages, end - begin, PROT_READ | PROT_EXEC);
  __builtin___clear_cache(reinterpret_cast<char*>(old_code),
                          reinterpret_cast<char*>(old_code + sizeof jump));
}

}  // namespace saem_kernel
