#include "session.hpp"

#include <dlfcn.h>

#include <chrono>
#include <set>
#include <stdexcept>

#include "completion.hpp"
#include "display.hpp"
#include "lifetime.hpp"
#include "trial.hpp"

namespace saem_kernel {
namespace {

/// Each round hides what the compiler called a conflict, and may show the next. A cell that needs
/// more rounds than this is going in circles.
constexpr int kMaximumRounds = 24;

using Clock = std::chrono::steady_clock;

double milliseconds_since(Clock::time_point start) {
  return std::chrono::duration<double, std::milli>(Clock::now() - start).count();
}

nlohmann::json failure(const std::string& kind, const std::string& name,
                       const std::string& message) {
  return {{"status", "error"}, {"kind", kind}, {"name", name}, {"message", message}};
}

nlohmann::json outcome_to_json(const Outcome& outcome) {
  switch (outcome.kind) {
    case Outcome::Kind::kDone:
      return {{"status", "ok"}};
    case Outcome::Kind::kException:
      return failure("exception", outcome.name, outcome.message);
    case Outcome::Kind::kExit:
      return failure("exit", outcome.name, outcome.message);
    case Outcome::Kind::kInterrupt:
      return failure("interrupt", outcome.name, "the cell was interrupted");
    case Outcome::Kind::kCrash:
      break;
  }
  return failure("crash", outcome.name, outcome.message);
}

nlohmann::json trial_answer(bool clean, DiagnosticCollector& diagnostics) {
  auto conflicts = nlohmann::json::array();
  for (const auto& key : diagnostics.conflicts()) conflicts.push_back({key.location, key.name});
  auto edits = nlohmann::json::array();
  for (const auto& edit : diagnostics.edits()) {
    edits.push_back({edit.offset, edit.removed, edit.inserted});
  }
  return {
      {"clean", clean}, {"text", diagnostics.text()}, {"conflicts", conflicts}, {"edits", edits}};
}

/// From the last to the first, so that the places of those before stay right.
void apply_edits(std::string& code, const nlohmann::json& edits) {
  for (auto edit = edits.rbegin(); edit != edits.rend(); ++edit) {
    code.replace((*edit)[0].get<std::size_t>(), (*edit)[1].get<std::size_t>(),
                 (*edit)[2].get<std::string>());
  }
}

}  // namespace

Session::Session(SessionOptions options, Channel& channel)
    : options_(std::move(options)),
      channel_(channel),
      context_(std::make_unique<llvm::LLVMContext>()) {
  load_libraries();
  set_display_channel(channel);
  connect_library_display();
  open_compiler();
  jit_ = std::make_unique<Jit>(*compiler_, context_);
  install_guard(*jit_);
  install_lifetime(*jit_);
  // Static objects of the headers (std::ios_base::Init, inline variables of the library).
  if (const auto entry = jit_->add(parser_->take_module(), 0)) entry();
}

Session::~Session() = default;

void Session::load_libraries() {
  for (const auto& library : options_.libraries) {
    if (dlopen(library.c_str(), RTLD_NOW | RTLD_GLOBAL) == nullptr) {
      throw std::runtime_error(std::string("saem-engine: cannot load the library: ") + dlerror());
    }
  }
}

void Session::open_compiler() {
  if (options_.precompiled_header.empty()) {
    open_parser("");
  } else {
    open_with_precompiled_header();
  }
}

void Session::open_with_precompiled_header() {
  const auto& path = options_.precompiled_header;
  std::string problem = "it is missing or was made of other headers";
  if (precompiled_header_fits(options_.compiler, path)) {
    try {
      return open_parser(path);
    } catch (const std::runtime_error& error) {
      problem = error.what();
    }
  }
  // A header has changed, or the compiler: make it again. It takes seconds, so say why.
  channel_.send(
      {{"event", "notice"},
       {"text", "precompiling the headers again (" + problem.substr(0, problem.find('\n')) + ")"}});
  try {
    make_precompiled_header(options_.compiler, path);
    return open_parser(path);
  } catch (const std::exception& error) {
    channel_.send(
        {{"event", "notice"},
         {"text", std::string("no precompiled header, so this start is slow: ") + error.what()}});
  }
  open_parser("");
}

void Session::open_parser(const std::string& precompiled_header) {
  parser_.reset();
  declarations_.reset();
  diagnostics_.reset();
  compiler_ = create_compiler(options_.compiler, precompiled_header);
  diagnostics_ = std::make_unique<DiagnosticCollector>(compiler_->getDiagnosticOpts());
  declarations_ = std::make_unique<Declarations>(
      *compiler_, [this](const std::string& symbol) { return jit_ && jit_->is_defined(symbol); });
  parser_ = std::make_unique<CellParser>(*compiler_, *declarations_, *diagnostics_,
                                         *context_.getContext());
}

void Session::serve() {
  channel_.send({{"event", "ready"}, {"protocol", 1}});
  while (const auto request = channel_.receive()) {
    const std::string operation = request->value("op", "");
    nlohmann::json answer;
    if (operation == "shutdown") return;
    if (operation == "execute") {
      answer = execute({request->value("code", ""), request->value("label", "cell"),
                        request->value("cell_id", "")});
    } else if (operation == "complete") {
      answer = complete(*parser_, query(*request), request->value("offset", 0U));
    } else if (operation == "inspect") {
      answer = inspect(*parser_, query(*request), request->value("offset", 0U));
    } else {
      answer = failure("protocol", "ProtocolError", "unknown operation: " + operation);
    }
    answer["event"] = "done";
    answer["id"] = request->value("id", 0);
    channel_.send(answer);
  }
}

Cell Session::query(const nlohmann::json& request) {
  // Only a trial sees this cell, so the number is free again afterwards.
  return {runs_ + 1, "query", request.value("code", ""), {}, 0};
}

nlohmann::json Session::execute(const Request& request) {
  forget_interrupts();
  Cell cell;
  cell.number = ++runs_;
  cell.label = request.label;
  cell.code = request.code;
  if (!request.cell_id.empty()) {
    const auto previous = last_run_.find(request.cell_id);
    if (previous != last_run_.end()) cell.previous_run = previous->second;
  }
  nlohmann::json answer;
  try {
    answer = compile_and_run(cell);
  } catch (const std::exception& error) {
    answer = failure("engine", "EngineError", error.what());
  }
  if (!request.cell_id.empty() && answer.value("kind", "") != "compile") {
    last_run_[request.cell_id] = cell.number;
  }
  flush_standard_streams();
  return answer;
}

nlohmann::json Session::compile_and_run(Cell& cell) {
  const auto start = Clock::now();
  nlohmann::json answer;
  if (!settle(cell, &answer)) return answer;
  const double tried = milliseconds_since(start);
  answer = run(cell);
  answer["trial_ms"] = tried;
  answer["total_ms"] = milliseconds_since(start);
  return answer;
}

/// Tries the cell until it compiles: each try tells which older declarations are in the way.
/// @return false with `failure` set if what remains are mistakes
bool Session::settle(Cell& cell, nlohmann::json* problem) {
  for (int round = 0; round < kMaximumRounds; ++round) {
    const auto answer = run_trial([&](const Answer& give) {
      parser_->make_trial();
      diagnostics_->on_too_many_errors([&] { give(trial_answer(false, *diagnostics_)); });
      const bool clean = parser_->parse(cell);
      give(trial_answer(clean, *diagnostics_));
    });
    if (answer.is_null()) {
      *problem = failure("compile", "CompilerCrash",
                         "the compiler itself crashed on this cell; nothing of it was kept. "
                         "Write it differently, or in smaller cells");
      return false;
    }
    if (answer["clean"].get<bool>()) return true;
    bool changed = false;
    for (const auto& conflict : answer["conflicts"]) {
      changed |= cell.replaced.insert({conflict[0].get<unsigned>(), conflict[1].get<std::string>()})
                     .second;
    }
    changed |= !answer["edits"].empty();
    apply_edits(cell.code, answer["edits"]);
    if (changed) continue;
    *problem = failure("compile", "CompileError", answer["text"].get<std::string>());
    return false;
  }
  *problem =
      failure("compile", "CompileError", "the cell contradicts earlier cells in too many places");
  return false;
}

nlohmann::json Session::run(Cell& cell) {
  if (!parser_->parse(cell)) {
    // The trial was clean, so this is code generation: nothing of the cell may be used.
    const auto text = diagnostics_->text();
    parser_->take_module();
    declarations_->undo_cell();
    return failure("compile", "CompileError", text);
  }
  if (const auto warnings = diagnostics_->text(); !warnings.empty()) {
    channel_.send_output("stderr", warnings.data(), warnings.size());
  }
  Jit::Entry entry = nullptr;
  try {
    entry = jit_->add(parser_->take_module(), cell.number);
  } catch (const LinkError& error) {
    declarations_->undo_cell();
    return failure("compile", "LinkError", error.what());
  }
  if (entry == nullptr) return {{"status", "ok"}};
  std::vector<Release> releases;
  for (const auto& [mark, symbol] : declarations_->replaced_objects()) {
    if (auto* object = jit_->find(symbol)) releases.push_back({mark, object});
  }
  begin_progress(std::move(releases));
  const auto start = Clock::now();
  const auto outcome = run_guarded(entry);
  if (outcome.kind != Outcome::Kind::kDone) declarations_->undo_after(progress());
  auto answer = outcome_to_json(outcome);
  answer["run_ms"] = milliseconds_since(start);
  return answer;
}

}  // namespace saem_kernel
