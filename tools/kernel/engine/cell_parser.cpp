// Compiled without access control: deciding between a declaration and a statement, and parsing
// one statement, are private to clang's parser.
#include "cell_parser.hpp"

#include <clang/AST/ASTContext.h>
#include <clang/AST/DeclCXX.h>
#include <clang/AST/ExternalASTSource.h>
#include <clang/Frontend/FrontendActions.h>
#include <clang/Lex/HeaderSearch.h>
#include <clang/Lex/Preprocessor.h>
#include <clang/Sema/EnterExpressionEvaluationContext.h>
#include <clang/Sema/Lookup.h>
#include <clang/Sema/Sema.h>

#include <functional>
#include <stdexcept>

#include "lifetime.hpp"

namespace saem_kernel {
namespace {

/// Opens the translation unit and leaves it open.
class OpenEndedAction : public clang::ASTFrontendAction {
 public:
  using ConsumerFactory = std::function<std::unique_ptr<clang::ASTConsumer>()>;

  /// @param factory  called when the compiler has its files, which code generation asks for
  explicit OpenEndedAction(ConsumerFactory factory) : factory_(std::move(factory)) {}

  clang::TranslationUnitKind getTranslationUnitKind() override { return clang::TU_Incremental; }
  std::unique_ptr<clang::ASTConsumer> CreateASTConsumer(clang::CompilerInstance& /*compiler*/,
                                                        llvm::StringRef /*file*/) override {
    return factory_();
  }
  void ExecuteAction() override {
    auto& compiler = getCompilerInstance();
    compiler.getPreprocessor().EnterMainSourceFile();
    compiler.createSema(getTranslationUnitKind(), nullptr);
  }

 private:
  ConsumerFactory factory_;
};

}  // namespace

CellConsumer::CellConsumer(std::unique_ptr<clang::CodeGenerator> generator,
                           Declarations& declarations)
    : generator_(std::move(generator)), declarations_(declarations) {}

void CellConsumer::Initialize(clang::ASTContext& context) { generator_->Initialize(context); }
bool CellConsumer::HandleTopLevelDecl(clang::DeclGroupRef group) {
  if (!generating_) return true;
  declarations_.collect_mentions(group);
  return generator_->HandleTopLevelDecl(group);
}
void CellConsumer::HandleInlineFunctionDefinition(clang::FunctionDecl* function) {
  if (generating_) generator_->HandleInlineFunctionDefinition(function);
}
void CellConsumer::HandleInterestingDecl(clang::DeclGroupRef group) {
  if (generating_) generator_->HandleInterestingDecl(group);
}
void CellConsumer::HandleTranslationUnit(clang::ASTContext& context) {
  if (generating_) generator_->HandleTranslationUnit(context);
}
void CellConsumer::HandleTagDeclDefinition(clang::TagDecl* tag) {
  if (generating_) generator_->HandleTagDeclDefinition(tag);
}
void CellConsumer::HandleTagDeclRequiredDefinition(const clang::TagDecl* tag) {
  if (generating_) generator_->HandleTagDeclRequiredDefinition(tag);
}
void CellConsumer::HandleCXXImplicitFunctionInstantiation(clang::FunctionDecl* function) {
  if (generating_) generator_->HandleCXXImplicitFunctionInstantiation(function);
}
void CellConsumer::CompleteTentativeDefinition(clang::VarDecl* variable) {
  if (generating_) generator_->CompleteTentativeDefinition(variable);
}
void CellConsumer::CompleteExternalDeclaration(clang::DeclaratorDecl* declaration) {
  if (generating_) generator_->CompleteExternalDeclaration(declaration);
}
void CellConsumer::AssignInheritanceModel(clang::CXXRecordDecl* record) {
  if (generating_) generator_->AssignInheritanceModel(record);
}
void CellConsumer::HandleCXXStaticMemberVarInstantiation(clang::VarDecl* variable) {
  if (generating_) generator_->HandleCXXStaticMemberVarInstantiation(variable);
}
void CellConsumer::HandleVTable(clang::CXXRecordDecl* record) {
  if (generating_) generator_->HandleVTable(record);
}

CellParser::CellParser(clang::CompilerInstance& compiler, Declarations& declarations,
                       DiagnosticCollector& diagnostics, llvm::LLVMContext& context)
    : compiler_(compiler),
      declarations_(declarations),
      diagnostics_(diagnostics),
      context_(context) {
  compiler.getDiagnostics().setClient(&diagnostics, /*ShouldOwnClient=*/false);
  action_ = std::make_unique<OpenEndedAction>([this] {
    auto& instance = compiler_;
    std::unique_ptr<clang::CodeGenerator> generator(clang::CreateLLVMCodeGen(
        instance.getDiagnostics(), "cell_0", &instance.getVirtualFileSystem(),
        instance.getHeaderSearchOpts(), instance.getPreprocessorOpts(), instance.getCodeGenOpts(),
        context_));
    auto consumer = std::make_unique<CellConsumer>(std::move(generator), declarations_);
    consumer_ = consumer.get();
    return consumer;
  });
  const bool begun = action_->BeginSourceFile(compiler, compiler.getFrontendOpts().Inputs.front());
  if (!begun || compiler.getDiagnostics().hasErrorOccurred()) {
    throw std::runtime_error(without_colours(diagnostics.text()));
  }
  if (auto error = action_->Execute()) {
    throw std::runtime_error(llvm::toString(std::move(error)));
  }
  auto& sema = compiler.getSema();
  parser_ = std::make_unique<clang::Parser>(compiler.getPreprocessor(), sema,
                                            /*SkipFunctionBodies=*/false);
  // Without this, code that only the precompiled header holds (std::min<unsigned long>) is never
  // given to code generation.
  if (auto* external = sema.getASTContext().getExternalSource()) {
    external->StartTranslationUnit(consumer_);
  }
  parser_->Initialize();
  begin_unit();
  clang::Sema::GlobalEagerInstantiationScope global(sema, /*Enabled=*/true);
  clang::Sema::LocalEagerInstantiationScope local(sema);
  parse_items(0);
  local.perform();
  global.perform();
  if (compiler.getDiagnostics().hasErrorOccurred()) {
    throw std::runtime_error(without_colours(diagnostics.text()));
  }
  finish_unit();
}

CellParser::~CellParser() = default;

clang::FileID CellParser::add_source(const Cell& cell) {
  auto& sources = compiler_.getSourceManager();
  auto& files = compiler_.getFileManager();
  const std::string path = "<cells>/" + std::to_string(cell.number) + "/" + cell.label;
  const std::string text = cell.code + "\n";
  const auto file = files.getVirtualFileRef(path, static_cast<off_t>(text.size()), 0);
  sources.overrideFileContents(file, llvm::MemoryBuffer::getMemBufferCopy(text, path));
  // An #include in the cell asks for this entry, which clang otherwise makes when it opens files.
  compiler_.getPreprocessor().getHeaderSearchInfo().getFileInfo(file);
  if (completion_.line != 0) {
    compiler_.getPreprocessor().SetCodeCompletionPoint(file, completion_.line, completion_.column);
  }
  return sources.createFileID(file, sources.getLocForStartOfFile(sources.getMainFileID()),
                              clang::SrcMgr::C_User);
}

bool CellParser::parse(const Cell& cell) {
  auto& sema = compiler_.getSema();
  auto& sources = compiler_.getSourceManager();
  const auto file = add_source(cell);
  diagnostics_.begin_cell(file, cell.label, cell.code, &declarations_);
  declarations_.begin_cell(cell.number, file);
  for (const auto& key : cell.replaced) declarations_.hide(key);
  if (cell.previous_run != 0) declarations_.hide_functions_of(cell.previous_run);
  compiler_.getDiagnostics().Reset(/*soft=*/true);
  const auto start = sources.getLocForStartOfFile(sources.getMainFileID());
  if (compiler_.getPreprocessor().EnterSourceFile(file, nullptr, start)) return false;
  begin_unit();
  {
    clang::Sema::GlobalEagerInstantiationScope global(sema, /*Enabled=*/true);
    clang::Sema::LocalEagerInstantiationScope local(sema);
    parse_items(cell.number);
    for (auto* weak : sema.WeakTopLevelDecls()) {
      consumer_->HandleTopLevelDecl(clang::DeclGroupRef(weak));
    }
    local.perform();
    global.perform();
  }
  finish_unit();
  return !compiler_.getDiagnostics().hasErrorOccurred();
}

void CellParser::begin_unit() {
  auto& sema = compiler_.getSema();
  sema.getASTContext().addTranslationUnitDecl();
  if (parser_->Tok.is(clang::tok::annot_repl_input_end)) {
    parser_->ConsumeAnyToken();
    parser_->ExitScope();
    sema.CurContext = nullptr;
    parser_->EnterScope(clang::Scope::DeclScope);
    sema.ActOnTranslationUnitScope(parser_->getCurScope());
  }
}

void CellParser::finish_unit() { consumer_->HandleTranslationUnit(compiler_.getASTContext()); }

std::unique_ptr<llvm::Module> CellParser::take_module() {
  auto& generator = consumer_->generator();
  std::unique_ptr<llvm::Module> module(generator.ReleaseModule());
  static unsigned next = 0;
  generator.StartModule("cell_" + std::to_string(++next), context_);
  return module;
}

void CellParser::parse_items(unsigned cell) {
  for (;;) {
    if (parser_->Tok.isOneOf(clang::tok::annot_repl_input_end, clang::tok::eof)) return;
    if (parser_->Tok.is(clang::tok::semi)) {
      parser_->ConsumeToken();
    } else if (starts_statement()) {
      parse_statement(cell);
    } else {
      parse_declaration();
    }
  }
}

/// Whether a statement begins here. clang's own incremental mode decides this inside the parsing
/// of declarations, and there takes `-x`, `[&] {...}()` and `asm volatile` for broken declarations.
bool CellParser::starts_statement() {
  const auto& token = parser_->Tok;
  switch (token.getKind()) {
    case clang::tok::plus:
    case clang::tok::minus:
      return true;
    case clang::tok::l_square:
      return parser_->isCXX11AttributeSpecifier() != clang::Parser::CAK_AttributeSpecifier;
    case clang::tok::kw_asm: {
      const auto next = parser_->NextToken();
      return !next.is(clang::tok::l_paren);
    }
    case clang::tok::kw_alignas:
    case clang::tok::kw___attribute:
    case clang::tok::kw_template:
    case clang::tok::kw_namespace:
    case clang::tok::kw_using:
    case clang::tok::kw_export:
    case clang::tok::kw_extern:
    case clang::tok::kw_static_assert:
    case clang::tok::kw__Static_assert:
    case clang::tok::kw_inline:
    case clang::tok::kw_concept:
    case clang::tok::kw___extension__:
    case clang::tok::r_brace:  // clang explains this one better than a statement would
      return false;
    default:
      if (token.isAnnotation() &&
          !token.isOneOf(clang::tok::annot_typename, clang::tok::annot_cxxscope,
                         clang::tok::annot_template_id, clang::tok::annot_decltype,
                         clang::tok::annot_non_type, clang::tok::annot_pragma_loop_hint)) {
        return false;
      }
      return !parser_->isDeclarationStatement(/*DisambiguatingWithExpression=*/true);
  }
}

void CellParser::parse_declaration() {
  clang::Parser::DeclGroupPtrTy group;
  auto state = clang::Sema::ModuleImportState::NotACXX20Module;
  parser_->ParseTopLevelDecl(group, state);
  if (!group) return;
  for (auto* declaration : group.get()) {
    if (auto* variable = clang::dyn_cast<clang::VarDecl>(declaration)) {
      declarations_.tag_bindings(variable);
    }
  }
  consumer_->HandleTopLevelDecl(group.get());
  if (const auto mark = declarations_.mark()) tell_progress(mark);
}

/// Adds a call that runs where it stands among the initialisers.
void CellParser::add_step(clang::Expr* call) {
  auto& context = compiler_.getASTContext();
  auto* step = clang::TopLevelStmtDecl::Create(context, call);
  context.getTranslationUnitDecl()->addDecl(step);
  consumer_->HandleTopLevelDecl(clang::DeclGroupRef(step));
}

/// A cell that fails half way has reached some of its variables, and only these exist.
void CellParser::tell_progress(unsigned mark) {
  auto& sema = compiler_.getSema();
  auto& context = sema.getASTContext();
  const auto location = parser_->Tok.getLocation();
  const auto number = context.UnsignedIntTy;
  const auto type = context.getFunctionType(context.VoidTy, {number}, {});
  auto* function = clang::FunctionDecl::Create(
      context, context.getTranslationUnitDecl(), location, location,
      clang::DeclarationName(&context.Idents.get(kReachedFunction)), type,
      context.getTrivialTypeSourceInfo(type, location), clang::SC_Extern);
  function->setImplicit();
  function->addAttr(clang::AsmLabelAttr::CreateImplicit(context, kReachedFunction, true));
  clang::ParmVarDecl* parameter = clang::ParmVarDecl::Create(
      context, function, location, location, nullptr, number,
      context.getTrivialTypeSourceInfo(number, location), clang::SC_None, nullptr);
  function->setParams({parameter});
  auto* callee = sema.BuildDeclRefExpr(function, type, clang::VK_LValue, location);
  clang::Expr* argument = clang::IntegerLiteral::Create(
      context, llvm::APInt(context.getIntWidth(number), mark), number, location);
  const auto call = sema.BuildCallExpr(nullptr, callee, location, {argument}, location);
  if (!call.isInvalid()) add_step(call.get());
}

/// Parses one statement as the body of a function of its own, called where the statement stands
/// among the initialisers. A real function is what makes lambdas, consteval calls and local
/// variables in it mean what they mean everywhere else.
void CellParser::parse_statement(unsigned cell) {
  auto& sema = compiler_.getSema();
  auto& context = sema.getASTContext();
  const auto location = parser_->Tok.getLocation();
  auto* unit = context.getTranslationUnitDecl();
  const auto type = context.getFunctionType(context.VoidTy, {}, {});
  const std::string name =
      "saem_cell_statement_" + std::to_string(cell) + "_" + std::to_string(++statements_);
  auto* function = clang::FunctionDecl::Create(
      context, unit, location, location, clang::DeclarationName(&context.Idents.get(name)), type,
      context.getTrivialTypeSourceInfo(type, location), clang::SC_None);
  function->setImplicit();

  clang::StmtResult body;
  {
    clang::Parser::ParseScope scope(parser_.get(), clang::Scope::FnScope | clang::Scope::DeclScope |
                                                       clang::Scope::CompoundStmtScope);
    sema.ActOnStartOfFunctionDef(parser_->getCurScope(), function);
    sema.ActOnStartOfCompoundStmt(false);
    clang::Parser::StmtVector statements;
    auto statement = parser_->ParseStatementOrDeclaration(
        statements, clang::Parser::ParsedStmtContext::Compound);
    if (parser_->Tok.is(clang::tok::annot_repl_input_end) &&
        parser_->Tok.getAnnotationValue() != nullptr) {
      parser_->Tok.setAnnotationValue(nullptr);
      if (auto* expression = clang::dyn_cast_or_null<clang::Expr>(
              statement.isUsable() ? statement.get() : nullptr)) {
        const auto shown = show_value(expression, cell);
        statement = shown.isInvalid() ? clang::StmtError() : clang::StmtResult(shown.get());
      }
    }
    if (statement.isUsable()) statements.push_back(statement.get());
    const auto end = parser_->Tok.getLocation();
    body = sema.ActOnCompoundStmt(location, end, statements, false);
    sema.ActOnFinishOfCompoundStmt();
    sema.ActOnFinishFunctionBody(function, body.get());
  }
  if (function->isInvalidDecl()) return;
  unit->addDecl(function);
  consumer_->HandleTopLevelDecl(clang::DeclGroupRef(function));
  auto* callee = sema.BuildDeclRefExpr(function, type, clang::VK_LValue, location);
  const auto call = sema.BuildCallExpr(nullptr, callee, location, {}, location);
  if (!call.isInvalid()) add_step(call.get());
}

/// `saem_kernel::show_value<cell>(expression)`. The number makes each cell's formatting its own:
/// clang remembers the answer to "has it an operator<<?", and a later cell may change it.
clang::ExprResult CellParser::show_value(clang::Expr* expression, unsigned cell) {
  auto& sema = compiler_.getSema();
  auto& context = sema.getASTContext();
  const auto location = expression->getBeginLoc();
  if (auto* cleanups = clang::dyn_cast<clang::ExprWithCleanups>(expression)) {
    expression = cleanups->getSubExpr();
    sema.Cleanup.setExprNeedsCleanups(true);
  }
  if (expression->getType()->isVoidType()) return expression;
  clang::LookupResult spaces(sema, &context.Idents.get("saem_kernel"), location,
                             clang::Sema::LookupNamespaceName);
  sema.LookupQualifiedName(spaces, context.getTranslationUnitDecl()->getPrimaryContext());
  auto* space = spaces.getAsSingle<clang::NamespaceDecl>();
  if (!space) return expression;  // headers without the prelude: nothing knows how to show values
  clang::LookupResult found(sema, &context.Idents.get("show_value"), location,
                            clang::Sema::LookupOrdinaryName);
  sema.LookupQualifiedName(found, space);
  auto* number =
      clang::IntegerLiteral::Create(context, llvm::APInt(32, cell), context.IntTy, location);
  clang::TemplateArgumentListInfo arguments(location, location);
  arguments.addArgument(clang::TemplateArgumentLoc(clang::TemplateArgument(number), number));
  const clang::CXXScopeSpec scope;
  auto callee = sema.BuildTemplateIdExpr(scope, clang::SourceLocation(), found,
                                         /*RequiresADL=*/false, &arguments);
  if (callee.isInvalid()) return clang::ExprError();
  auto call =
      sema.ActOnCallExpr(parser_->getCurScope(), callee.get(), location, expression, location);
  if (call.isInvalid()) return clang::ExprError();
  return sema.ActOnFinishFullExpr(call.get(), /*DiscardedValue=*/false);
}

}  // namespace saem_kernel
