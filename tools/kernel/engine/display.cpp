#include "display.hpp"

#include <dlfcn.h>

namespace saem_kernel {
namespace {

Channel* display_channel = nullptr;

void on_library_display(const MimeBundle& bundle) { send_display("display", bundle); }

/// saem::notebook::set_display_handler(void (*)(const std::map<std::string, std::string>&)).
/// The engine does not link the library, so that one engine serves any build of it.
constexpr const char* kSetDisplayHandler =
    "_ZN4saem8notebook19set_display_handlerEPFvRKSt3mapINSt7__cxx1112basic_stringIcSt11char_"
    "traitsIcESaIcEEES7_St4lessIS7_ESaISt4pairIKS7_S7_EEEE";

}  // namespace

void set_display_channel(Channel& channel) { display_channel = &channel; }

void send_display(const char* event, const MimeBundle& bundle) {
  flush_standard_streams();
  display_channel->send({{"event", event}, {"data", bundle}});
}

bool connect_library_display() {
  void* const symbol = dlsym(RTLD_DEFAULT, kSetDisplayHandler);
  if (symbol == nullptr) return false;
  reinterpret_cast<void (*)(void (*)(const MimeBundle&))>(symbol)(on_library_display);
  return true;
}

}  // namespace saem_kernel
