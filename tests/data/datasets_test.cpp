#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <cstdlib>
#include <cstring>
#include <saem/data/datasets.hpp>
#include <saem/data/idx.hpp>

#include "data/fetch.hpp"
#include "data/loopback_server.hpp"
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

/// A set of one file, and every place for it under one folder.
class FetchTest : public ::testing::Test {
 protected:
  FetchTest() {
    write_text(folder_ / "published", body_);
    sha256_ = sha256_of_file("test", folder_ / "published");
    files_[0] = {"file.gz", sha256_.c_str(), static_cast<std::int64_t>(body_.size())};
  }

  [[nodiscard]] DatasetSource source() const {
    return {.op = "some_set",
            .folder = "some-set",
            .package = "dataset-some-set",
            .addresses = {},
            .files = files_};
  }
  std::string fetch() { return fetch_file(source(), files_[0], places_, options_).path; }

  TemporaryFolder folder_;
  std::string body_ = testing::noise(5000);
  std::string sha256_;
  std::array<PublishedFile, 1> files_;
  Places places_{folder_ / "data", folder_ / "cache", folder_ / "system", "http://127.0.0.1:1"};
  DownloadOptions options_{.attempts = 1, .progress = nullptr};
};

TEST_F(FetchTest, PlacesAreSearchedInTheirOrder) {
  LoopbackServer server([&](const Connection& c, const Request& r, int) { c.serve(body_, r); });
  places_.address = server.url();
  EXPECT_EQ(fetch(), folder_ / "cache/some-set/file.gz");
  EXPECT_EQ(server.requests().at(0).path, "/some-set/file.gz");
  fs::remove(folder_ / "cache/some-set/file.gz");
  write_text(folder_ / "system/some-set/file", body_);  // unpacked is good enough
  EXPECT_EQ(fetch(), folder_ / "system/some-set/file");
  write_text(folder_ / "cache/some-set/file.gz", body_);
  EXPECT_EQ(fetch(), folder_ / "cache/some-set/file.gz");
  write_text(folder_ / "data/some-set/file.gz", "the user's own");
  EXPECT_EQ(fetch(), folder_ / "data/some-set/file.gz");
  EXPECT_THAT(server.requests(), SizeIs(1));
}

TEST_F(FetchTest, ADamagedFileInTheCacheIsFetchedAgain) {
  LoopbackServer server([&](const Connection& c, const Request& r, int) { c.serve(body_, r); });
  places_.address = server.url();
  const std::string cached = folder_ / "cache/some-set/file.gz";
  write_text(cached, body_.substr(0, 4999));
  EXPECT_EQ(fetch(), cached);
  EXPECT_TRUE(read_text(cached) == body_);
}

TEST_F(FetchTest, AMissingSetNamesEveryPlaceAndEveryCure) {
  try {
    fetch();
    FAIL();
  } catch (const DataError& error) {
    EXPECT_THAT(error.what(),
                AllOf(HasSubstr("some_set: file.gz is on this machine nowhere"),
                      HasSubstr(folder_ / "data/some-set"), HasSubstr(folder_ / "cache/some-set"),
                      HasSubstr(folder_ / "system/some-set"),
                      HasSubstr("http://127.0.0.1:1/some-set/file.gz: "),
                      HasSubstr("apt install dataset-some-set"), HasSubstr("set SAEM_DATA"),
                      HasSubstr("SAEM_DATASETS_URL")));
  }
}

TEST_F(FetchTest, ADamagedCacheWithoutNetworkIsSaidAndKept) {
  const std::string cached = folder_ / "cache/some-set/file.gz";
  write_text(cached, "damaged");
  try {
    fetch();
    FAIL();
  } catch (const DataError& error) {
    EXPECT_THAT(error.what(), HasSubstr("file.gz is damaged in the cache"));
  }
  EXPECT_EQ(read_text(cached), "damaged");
}

/// Sets a variable of the environment until the end of the test.
class Variable {
 public:
  Variable(const char* name, const std::string& value) : name_(name) {
    if (const char* old = std::getenv(name)) old_ = old;
    ::setenv(name, value.c_str(), 1);
  }
  Variable(const Variable&) = delete;
  Variable& operator=(const Variable&) = delete;
  ~Variable() { ::setenv(name_, old_.c_str(), 1); }

 private:
  const char* name_;
  std::string old_;
};

TEST(Places, ComeFromTheEnvironment) {
  const Variable data("SAEM_DATA", "/d");
  const Variable home("HOME", "/h");
  const Variable cache("XDG_CACHE_HOME", "/c");
  EXPECT_EQ(Places::from_environment().data, "/d");
  EXPECT_EQ(Places::from_environment().cache, "/c/saem/datasets");
  const Variable relative("XDG_CACHE_HOME", "relative");
  EXPECT_EQ(Places::from_environment().cache, "/h/.cache/saem/datasets");
}

class FashionMnistTest : public ::testing::Test {
 protected:
  FashionMnistTest() { fs::copy(SAEM_TEST_DATA "/fashion-mnist", folder_ / "fashion-mnist"); }
  std::string error() {
    try {
      (void)fashion_mnist();
    } catch (const DataError& failure) {
      return failure.what();
    }
    return "no error";
  }
  [[nodiscard]] std::string file(const std::string& name) const {
    return folder_ / ("fashion-mnist/" + name);
  }

  TemporaryFolder folder_;
  Variable data_{"SAEM_DATA", folder_.path()};
};

TEST_F(FashionMnistTest, TheFixturesElements) {
  const auto [train, test] = keras::datasets::fashion_mnist::load_data();
  EXPECT_EQ(train.images.shape(), (Shape{20, 28, 28}));
  EXPECT_EQ(test.images.shape(), (Shape{10, 28, 28}));
  for (std::int64_t i = 0; i < 20; ++i) {
    EXPECT_EQ(train.labels.span<std::uint8_t>()[static_cast<std::size_t>(i)], i % 10);
    for (std::int64_t at = 0; at < 28 * 28; ++at) {
      ASSERT_EQ(train.images.data_as<std::uint8_t>()[i * 784 + at],
                (7 * i + 3 * (at / 28) + at % 28) % 256);
    }
  }
  EXPECT_EQ(fashion_mnist_class_names().at(9), "Ankle boot");
}

TEST_F(FashionMnistTest, TensorsOwnTheirElements) {
  const ImageDataset set = fashion_mnist();
  fs::remove_all(folder_ / "fashion-mnist");
  EXPECT_EQ(set.test.labels.to_string(),
            "tf.Tensor([0 1 2 3 4 5 6 7 8 9], shape=(10,), dtype=uint8)");
}

TEST_F(FashionMnistTest, ADamagedFileOfTheUsersIsNotPassedOver) {
  const std::string path = file("train-images-idx3-ubyte.gz");
  fs::resize_file(path, fs::file_size(path) - 20);
  EXPECT_THAT(error(), AllOf(HasSubstr("fashion_mnist: " + path + " is truncated"),
                             HasSubstr("replace it, or remove it from SAEM_DATA")));
}

TEST_F(FashionMnistTest, FilesThatDoNotFitTogether) {
  fs::copy_file(file("t10k-labels-idx1-ubyte.gz"), file("train-labels-idx1-ubyte.gz"),
                fs::copy_options::overwrite_existing);
  EXPECT_THAT(error(), AllOf(HasSubstr("holds uint8 (10,)"), HasSubstr("needs uint8 (20,)")));
}

TEST_F(FashionMnistTest, ImagesOfAnotherShapeAndLabelsOutOfRange) {
  Tensor labels = Tensor::empty(uint8, {20});
  std::memset(labels.mutable_data(), 10, 20);
  write_idx(file("train-labels-idx1-ubyte.gz"), labels);
  EXPECT_THAT(error(), HasSubstr("has label 10 at 0, where labels are 0 to 9"));
  write_idx(file("train-images-idx3-ubyte.gz"), labels);
  EXPECT_THAT(error(), HasSubstr("holds uint8 (20,), where images are uint8 (N, 28, 28)"));
}

TEST_F(FashionMnistTest, TheStatusSaysWhatLiesWhere) {
  const auto find = [](const std::vector<DatasetStatus>& all, const std::string& name) {
    for (const DatasetStatus& status : all) {
      if (status.name == name) return status;
    }
    return DatasetStatus{};
  };
  const DatasetStatus status = find(dataset_status(), "fashion-mnist");
  EXPECT_TRUE(status.found);
  EXPECT_EQ(status.folder, folder_ / "fashion-mnist");
  EXPECT_EQ(status.cure, "");
  const Variable cache("XDG_CACHE_HOME", folder_.path());
  const DatasetStatus missing = find(dataset_status(), "mnist");
  if (!fs::exists("/usr/share/datasets/mnist")) {
    EXPECT_FALSE(missing.found);
    EXPECT_THAT(missing.cure, HasSubstr("SAEM_DATA"));
  }
}

TEST(FashionMnist, TheRealOneIfItsPackageIsInstalled) {
  if (!fs::exists("/usr/share/datasets/fashion-mnist"))
    GTEST_SKIP() << "apt install "
                    "dataset-fashion-mnist";
  const TemporaryFolder empty;
  const Variable data("SAEM_DATA", "");
  const Variable cache("XDG_CACHE_HOME", empty.path());
  const auto [train, test] = fashion_mnist();
  EXPECT_EQ(train.images.shape(), (Shape{60000, 28, 28}));
  EXPECT_EQ(test.images.shape(), (Shape{10000, 28, 28}));
  std::array<int, 10> count{};
  for (const std::uint8_t label : train.labels.span<std::uint8_t>()) ++count[label];
  EXPECT_THAT(count, ::testing::Each(6000));  // the set is balanced
}

}  // namespace
}  // namespace saem::data
