#include <atomic>
#include <saem/notebook.hpp>

namespace saem::notebook {
namespace {

std::atomic<DisplayHandler> display_handler{nullptr};

}  // namespace

void set_display_handler(DisplayHandler handler) { display_handler = handler; }

bool active() { return display_handler != nullptr; }

void display(const MimeBundle& bundle) {
  if (const DisplayHandler handler = display_handler) handler(bundle);
}

}  // namespace saem::notebook
