#pragma once

#include <saem_kernel/runtime.hpp>

#include "channel.hpp"

namespace saem_kernel {

/// Pictures and values of cells go to `channel` from now on.
void set_display_channel(Channel& channel);

/// Sends `bundle` as an event (`result` or `display`) after everything printed before it.
void send_display(const char* event, const MimeBundle& bundle);

/// Makes saem::notebook::display of the loaded library send to the channel.
/// @return false if no library has such a function
bool connect_library_display();

}  // namespace saem_kernel
