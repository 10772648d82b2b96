#include "data/sha256.hpp"

#include <openssl/evp.h>

#include <array>
#include <memory>
#include <span>
#include <vector>

#include "base/file.hpp"
#include "base/message.hpp"

namespace saem::data {

std::string sha256_of_file(const char* op, const std::string& path) {
  File file(op, path, File::Mode::kRead, "check the path and its permissions");
  const std::unique_ptr<EVP_MD_CTX, void (*)(EVP_MD_CTX*)> context(EVP_MD_CTX_new(),
                                                                   EVP_MD_CTX_free);
  bool good = context != nullptr && EVP_DigestInit_ex(context.get(), EVP_sha256(), nullptr) == 1;
  std::vector<std::byte> buffer(256 * 1024);
  while (good) {
    const std::size_t count = file.read_some(buffer);
    if (count == 0) break;
    good = EVP_DigestUpdate(context.get(), buffer.data(), count) == 1;
  }
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest;
  unsigned size = 0;
  good = good && EVP_DigestFinal_ex(context.get(), digest.data(), &size) == 1;
  if (!good) {
    raise<DataError>(op, "OpenSSL cannot compute the SHA-256 of {}; is its installation whole?",
                     path);
  }
  std::string text;
  for (const unsigned char byte : std::span(digest).first(size))
    text += fmt::format("{:02x}", byte);
  return text;
}

}  // namespace saem::data
