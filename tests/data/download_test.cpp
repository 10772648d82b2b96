#include "data/download.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <thread>

#include "data/loopback_server.hpp"
#include "data/progress.hpp"
#include "data/sha256.hpp"
#include "support/files.hpp"

namespace saem::data {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::HasSubstr;

using testing::LoopbackServer;
using testing::read_text;
using testing::Request;
using ::testing::SizeIs;
using testing::TemporaryFolder;
using testing::write_text;
using Connection = LoopbackServer::Connection;

class DownloadTest : public ::testing::Test {
 protected:
  DownloadTest() {
    write_text(folder_ / "published", body_);
    sha256_ = sha256_of_file("test", folder_ / "published");
  }

  void get(const std::vector<std::string>& addresses) {
    download("test", {"file.gz", sha256_.c_str(), static_cast<std::int64_t>(body_.size())},
             addresses, target_, options_);
  }

  std::string failure(const std::vector<std::string>& addresses) {
    try {
      get(addresses);
    } catch (const DownloadError& error) {
      EXPECT_FALSE(fs::exists(target_));
      return error.what();
    }
    return "no error";
  }

  void expect_complete() const {
    EXPECT_TRUE(read_text(target_) == body_);
    EXPECT_FALSE(fs::exists(target_ + ".part"));
  }

  /// A server that sends the head of a whole answer and the first `sent` bytes, then cuts.
  [[nodiscard]] std::string cut_answer(std::size_t sent) const {
    return "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(body_.size()) + "\r\n\r\n" +
           body_.substr(0, sent);
  }

  TemporaryFolder folder_;
  std::string body_ = testing::noise(300'000);
  std::string sha256_;
  std::string target_ = folder_ / "cache/set/file.gz";
  DownloadOptions options_{.attempts = 3,
                           .first_pause = std::chrono::milliseconds(1),
                           .connect_timeout = std::chrono::seconds(2),
                           .stall_timeout = std::chrono::seconds(1),
                           .progress = nullptr};
};

TEST(Sha256, AgreesWithTheStandardsExample) {  // FIPS 180-2, appendix B.1
  const TemporaryFolder folder;
  write_text(folder / "abc", "abc");
  EXPECT_EQ(sha256_of_file("test", folder / "abc"),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST_F(DownloadTest, AFileComesAndNothingElseIsLeft) {
  LoopbackServer server([&](const Connection& c, const Request& r, int) { c.serve(body_, r); });
  get({server.url("file.gz")});
  expect_complete();
  EXPECT_EQ(server.requests().at(0).path, "/file.gz");
  get({server.url("file.gz")});
  EXPECT_THAT(server.requests(), SizeIs(1)) << "what is there and right is not fetched again";
}

TEST_F(DownloadTest, ARedirectIsFollowed) {
  LoopbackServer server([&](const Connection& c, const Request& r, int number) {
    if (number == 0) return c.respond("302 Found", "moved", "Location: /there\r\n");
    c.serve(body_, r);
  });
  get({server.url("file.gz")});
  expect_complete();
  EXPECT_EQ(server.requests().at(1).path, "/there");
}

TEST_F(DownloadTest, ARedirectToALocalFileIsNot) {
  LoopbackServer server([&](const Connection& c, const Request&, int) {
    c.respond("302 Found", "", "Location: file://" + (folder_ / "published") + "\r\n");
  });
  EXPECT_THAT(failure({server.url()}), HasSubstr("file"));
}

TEST_F(DownloadTest, ACutConnectionIsResumedWhereItBroke) {
  LoopbackServer server([&](const Connection& c, const Request& r, int number) {
    if (number == 0) return c.send(cut_answer(100'000));
    c.serve(body_, r);
  });
  get({server.url()});
  expect_complete();
  EXPECT_EQ(server.requests().at(1).range_start, 100'000);
}

TEST_F(DownloadTest, AServerThatKnowsNoRangesStartsAnew) {
  LoopbackServer server([&](const Connection& c, const Request&, int number) {
    if (number == 0) return c.send(cut_answer(100'000));
    c.respond("200 OK", body_);
  });
  get({server.url()});
  expect_complete();
}

TEST_F(DownloadTest, AnAnswerWithTheWrongRangeIsRefused) {
  write_text(target_ + ".part", body_.substr(0, 1000));
  LoopbackServer server([&](const Connection& c, const Request&, int) {
    c.respond("206 Partial Content", body_.substr(500),
              "Content-Range: bytes 500-299999/300000\r\n");
  });
  EXPECT_THAT(failure({server.url()}),
              HasSubstr("asked for bytes from 1000, it sent bytes from 500"));
}

TEST_F(DownloadTest, WhatAnEarlierRunLeftIsUsed) {
  write_text(target_ + ".part", body_.substr(0, 200'000));
  LoopbackServer server([&](const Connection& c, const Request& r, int) { c.serve(body_, r); });
  get({server.url()});
  expect_complete();
  EXPECT_EQ(server.requests().at(0).range_start, 200'000);
}

TEST_F(DownloadTest, ACompleteLeftOverNeedsNoNetwork) {
  write_text(target_ + ".part", body_);
  get({"http://127.0.0.1:1/"});
  expect_complete();
}

TEST_F(DownloadTest, ADamagedLeftOverIsReplacedByAWholeDownload) {
  LoopbackServer server([&](const Connection& c, const Request& r, int) { c.serve(body_, r); });
  for (const std::size_t size : {std::size_t{1000}, body_.size(), body_.size() + 5}) {
    fs::remove(target_);
    write_text(target_ + ".part", std::string(size, 'x'));
    get({server.url()});
    expect_complete();
  }
}

TEST_F(DownloadTest, AWrongChecksumIsSaidAndTheNextAddressTried) {
  std::string other = body_;
  other[1234] ^= 1;
  LoopbackServer wrong([&](const Connection& c, const Request& r, int) { c.serve(other, r); });
  write_text(folder_ / "other", other);
  EXPECT_THAT(failure({wrong.url()}),
              HasSubstr("wrong checksum: expected SHA-256 " + sha256_ + ", found " +
                        sha256_of_file("test", folder_ / "other")));
  EXPECT_THAT(wrong.requests(), SizeIs(1));
  EXPECT_FALSE(fs::exists(target_ + ".part"));
  LoopbackServer right([&](const Connection& c, const Request& r, int) { c.serve(body_, r); });
  get({wrong.url(), right.url()});
  expect_complete();
}

TEST_F(DownloadTest, AMissingFileIsNotAskedForTwice) {
  LoopbackServer server(
      [&](const Connection& c, const Request&, int) { c.respond("404 Not Found", "no"); });
  EXPECT_EQ(failure({server.url("a"), server.url("b")}),
            server.url("a") + ": HTTP status 404\n" + server.url("b") + ": HTTP status 404");
  EXPECT_THAT(server.requests(), SizeIs(2));
}

TEST_F(DownloadTest, ABusyServerIsAskedAgain) {
  LoopbackServer server([&](const Connection& c, const Request& r, int number) {
    if (number < 2) return c.respond("503 Service Unavailable", "later");
    c.serve(body_, r);
  });
  get({server.url()});
  expect_complete();
  LoopbackServer busy([&](const Connection& c, const Request&, int) { c.respond("503 Busy", ""); });
  fs::remove(target_);
  EXPECT_THAT(failure({busy.url()}), HasSubstr("HTTP status 503"));
  EXPECT_THAT(busy.requests(), SizeIs(3));
}

TEST_F(DownloadTest, ALeftOverThatTheServerCannotContinueIsDropped) {
  write_text(target_ + ".part", body_.substr(0, 1000));
  LoopbackServer server([&](const Connection& c, const Request& r, int) {
    if (r.range_start >= 0) return c.respond("416 Range Not Satisfiable", "");
    c.serve(body_, r);
  });
  get({server.url()});
  expect_complete();
}

TEST_F(DownloadTest, AStalledServerIsGivenUp) {
  options_.attempts = 1;
  LoopbackServer server([&](const Connection& c, const Request&, int) {
    c.send(cut_answer(1000));
    c.stall();
  });
  const auto start = std::chrono::steady_clock::now();
  EXPECT_THAT(failure({server.url()}), HasSubstr("no answer in time; 1000 of 300000 bytes came"));
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(10));
}

TEST_F(DownloadTest, TooManyBytesAreRefused) {
  LoopbackServer server(
      [&](const Connection& c, const Request&, int) { c.respond("200 OK", body_ + "x"); });
  EXPECT_THAT(failure({server.url()}), HasSubstr("sent more than the 300000 bytes"));
}

TEST_F(DownloadTest, NobodyListens) {
  EXPECT_THAT(failure({"http://127.0.0.1:1/file"}), HasSubstr("http://127.0.0.1:1/file: "));
}

TEST_F(DownloadTest, ThreadsThatWantTheSameFileFetchItOnce) {
  LoopbackServer server([&](const Connection& c, const Request& r, int) { c.serve(body_, r); });
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) threads.emplace_back([&] { get({server.url()}); });
  for (std::thread& thread : threads) thread.join();
  expect_complete();
  EXPECT_THAT(server.requests(), SizeIs(1));
}

TEST_F(DownloadTest, AFullDiskIsNamedAndItsSpaceGivenBack) {
  const std::string disk = fs::path(target_).parent_path().string();
  fs::create_directories(disk);
  const bool mounted = ::mount("tmpfs", disk.c_str(), "tmpfs", 0, "size=128k") == 0;
  ::rlimit limit{};
  ::getrlimit(RLIMIT_FSIZE, &limit);
  const auto handler = ::signal(SIGXFSZ, SIG_IGN);
  if (!mounted) {  // only root may mount; a limit on files is the next best thing
    const ::rlimit small{128 * 1024, limit.rlim_max};
    ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &small), 0);
  }
  LoopbackServer server([&](const Connection& c, const Request& r, int) { c.serve(body_, r); });
  std::string text;
  try {
    get({server.url()});
  } catch (const DownloadError&) {
    text = "taken for a fault of the network";
  } catch (const DataError& error) {
    text = error.what();
  }
  ::setrlimit(RLIMIT_FSIZE, &limit);
  ::signal(SIGXFSZ, handler);
  EXPECT_FALSE(fs::exists(target_ + ".part"));
  EXPECT_FALSE(fs::exists(target_));
  if (mounted) ::umount2(disk.c_str(), MNT_DETACH);
  EXPECT_THAT(text, AllOf(HasSubstr("test: cannot keep " + target_ + " (300000 bytes): "),
                          HasSubstr(mounted ? "No space left on device" : "File too large"),
                          HasSubstr("set XDG_CACHE_HOME to a folder on a larger disk")));
}

TEST_F(DownloadTest, ACacheThatCannotBeWrittenIsNamed) {
  const uid_t user = ::geteuid();
  fs::create_directory(folder_ / "cache");
  ::chmod((folder_ / "cache").c_str(), 0555);
  ASSERT_EQ(::seteuid(user == 0 ? 65534 : user), 0);  // root may write anywhere: be nobody
  std::string text;
  try {
    get({"http://127.0.0.1:1/"});
  } catch (const DataError& error) {
    text = error.what();
  }
  ASSERT_EQ(::seteuid(user), 0);
  EXPECT_THAT(text, AllOf(HasSubstr("test: cannot make the folder"), HasSubstr("Permission denied"),
                          HasSubstr("set XDG_CACHE_HOME")));
}

std::string shown(Progress::Style style, const std::vector<std::int64_t>& steps) {
  char* text = nullptr;
  std::size_t size = 0;
  std::FILE* out = ::open_memstream(&text, &size);
  {
    Progress progress("file.gz", 2'000'000, out, style);
    for (const std::int64_t bytes : steps) progress.update(bytes);
    progress.finish();
  }
  std::fclose(out);
  const std::string result(text, size);
  std::free(text);
  return result;
}

TEST(Progress, ALogGetsALineAQuarter) {
  std::vector<std::int64_t> steps;
  for (std::int64_t bytes = 0; bytes <= 2'000'000; bytes += 1000) steps.push_back(bytes);
  EXPECT_THAT(
      shown(Progress::Style::kLines, steps),
      ::testing::StartsWith("saem: downloading file.gz (2.0 MB)\nsaem: file.gz 25 %\n"
                            "saem: file.gz 50 %\nsaem: file.gz 75 %\nsaem: file.gz done in"));
}

TEST(Progress, ATerminalGetsABar) {
  const std::string text = shown(Progress::Style::kBar, {1'000'000});
  EXPECT_THAT(text,
              HasSubstr("\rsaem: file.gz [================                ]  50 % of 2.0 MB"));
  EXPECT_THAT(text, ::testing::EndsWith("[================================] 100 % of 2.0 MB\n"));
}

}  // namespace
}  // namespace saem::data
