#pragma once

/// Marks what the shared library shows; everything else is hidden.
#if defined(SAEM_STATIC)
#define SAEM_API
#elif defined(__GNUC__)
#define SAEM_API __attribute__((visibility("default")))
#else
#define SAEM_API
#endif
