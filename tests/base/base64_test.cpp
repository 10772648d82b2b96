#include "base/base64.hpp"

#include <gtest/gtest.h>

namespace saem {
namespace {

std::string read(std::string_view text) {
  std::string bytes;
  return from_base64(text, bytes) ? bytes : "refused";
}

TEST(Base64, EveryRemainder) {  // RFC 4648, section 10
  EXPECT_EQ(base64(""), "");
  EXPECT_EQ(base64("f"), "Zg==");
  EXPECT_EQ(base64("fo"), "Zm8=");
  EXPECT_EQ(base64("foobar"), "Zm9vYmFy");
  EXPECT_EQ(base64("\xFF\xFE"), "//4=");
}

TEST(Base64, ReadsWhatItWrote) {
  std::string bytes;
  for (int i = 0; i < 300; ++i) {
    EXPECT_EQ(read(base64(bytes)), bytes);
    bytes += static_cast<char>(i * 37);
  }
}

TEST(Base64, RefusesEverythingElse) {
  for (const char* text :
       {"Z", "Zg=", "Zg", "Z===", "====", "Zg==Zg==", "Zm9v Zm9", "Zh==", "Zm9=", "Zm9*"}) {
    EXPECT_EQ(read(text), "refused") << text;
  }
}

}  // namespace
}  // namespace saem
