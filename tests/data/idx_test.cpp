#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>
#include <zlib.h>

#include <csignal>
#include <cstring>
#include <numbers>
#include <saem/data/idx.hpp>
#include <vector>

#include "support/files.hpp"

namespace saem::data {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::read_text;
using testing::TemporaryFolder;
using testing::write_text;

std::string fixture(const std::string& name) { return std::string(SAEM_TEST_DATA "/") + name; }

template <class T>
std::vector<T> elements(const Tensor& tensor) {
  const auto span = tensor.span<T>();
  return {span.begin(), span.end()};
}

template <class T>
Tensor make(const Shape& shape, std::vector<T> values) {
  Tensor tensor = Tensor::empty(dtype_of<T>(), shape);
  std::memcpy(tensor.mutable_data(), values.data(), values.size() * sizeof(T));
  return tensor;
}

/// What reading `bytes` as a file says.
std::string error_of(const std::string& bytes) {
  const TemporaryFolder folder;
  const std::string path = folder / "file";
  write_text(path, bytes);
  try {
    const Tensor tensor = read_idx(path);
    return "no error: " + tensor.to_string();
  } catch (const DataError& error) {
    const std::string text = error.what();
    EXPECT_THAT(text, AllOf(::testing::StartsWith("read_idx: "), HasSubstr(path)));
    return text;
  }
}

std::string gzip(const std::string& bytes) {
  const TemporaryFolder folder;
  const std::string path = folder / "file.gz";
  gzFile file = gzopen(path.c_str(), "wb");
  gzwrite(file, bytes.data(), static_cast<unsigned>(bytes.size()));
  gzclose(file);
  return read_text(path);
}

std::string idx(const std::string& head, std::size_t count, char fill = 1) {
  return head + std::string(count, fill);
}

using namespace std::string_literals;
const std::string kHead2x3 = "\0\0\x08\x02\0\0\0\x02\0\0\0\x03"s;

TEST(ReadIdx, EveryElementTypeOfTheFormat) {
  EXPECT_EQ(read_idx(fixture("uint8.idx")).to_string(),
            "tf.Tensor(\n[[  0   1   2]\n [253 254 255]], shape=(2, 3), dtype=uint8)");
  EXPECT_EQ(read_idx(fixture("int8.idx")).to_string(),
            "tf.Tensor([-128   -1    0  127], shape=(4,), dtype=int8)");
  EXPECT_EQ(read_idx(fixture("int16.idx")).to_string(),
            "tf.Tensor([-32768    258  32767], shape=(3,), dtype=int16)");
  EXPECT_EQ(read_idx(fixture("int32.idx")).to_string(),
            "tf.Tensor(\n[[-2147483648]\n [   16909060]], shape=(2, 1), dtype=int32)");
  EXPECT_EQ(read_idx(fixture("float32.idx")).to_string(),
            "tf.Tensor([[[ 1.5  -0.25]]], shape=(1, 1, 2), dtype=float32)");
  EXPECT_EQ(read_idx(fixture("float64.idx.gz")).item<double>(), std::numbers::pi);
}

TEST(ReadIdx, GzipIsToldByContentAndNotByName) {
  const TemporaryFolder folder;
  write_text(folder / "plain.gz", idx(kHead2x3, 6));
  write_text(folder / "packed", gzip(idx(kHead2x3, 6)));
  EXPECT_EQ(elements<std::uint8_t>(read_idx(folder / "plain.gz")).size(), 6u);
  EXPECT_EQ(elements<std::uint8_t>(read_idx(folder / "packed")).size(), 6u);
}

TEST(ReadIdx, GzipInSeveralMembersIsOneFile) {
  const TemporaryFolder folder;
  write_text(folder / "two.gz", gzip(kHead2x3 + "\1\2\3") + gzip("\4\5\6"));
  EXPECT_THAT(elements<std::uint8_t>(read_idx(folder / "two.gz")), ElementsAre(1, 2, 3, 4, 5, 6));
}

TEST(ReadIdx, EmptyTensorsAndScalars) {
  const TemporaryFolder folder;
  write_text(folder / "empty", "\0\0\x0d\x02\0\0\0\0\0\0\0\x07"s);
  EXPECT_EQ(read_idx(folder / "empty").shape(), (Shape{0, 7}));
  write_text(folder / "scalar", "\0\0\x08\0\x2a"s);
  EXPECT_EQ(read_idx(folder / "scalar").item<std::uint8_t>(), 42);
}

TEST(ReadIdx, ATruncatedFile) {
  EXPECT_THAT(error_of(""), HasSubstr("is truncated: it ends within its header, after 0 bytes"));
  EXPECT_THAT(error_of("\0\0\x08"s), HasSubstr("ends within its header, after 3 bytes"));
  EXPECT_THAT(error_of(kHead2x3.substr(0, 11)), HasSubstr("ends within its header, after 11"));
  EXPECT_THAT(error_of(idx(kHead2x3, 5)),
              HasSubstr("is truncated or damaged: its header says uint8 (2, 3), which is 6 bytes, "
                        "and there follow 5; get the file again"));
}

TEST(ReadIdx, AFileThatIsTooLong) {
  EXPECT_THAT(error_of(idx(kHead2x3, 7)), HasSubstr("is too long: its header says uint8 (2, 3), "
                                                    "which is 6 bytes, and 7 follow"));
  EXPECT_THAT(error_of(gzip(idx(kHead2x3, 7))), HasSubstr("has more bytes than the 18"));
}

TEST(ReadIdx, AFileOfAnotherFormat) {
  EXPECT_THAT(error_of("\x89PNG\r\n"), HasSubstr("is not an IDX file: it starts with 89 50 4e 47"));
  EXPECT_THAT(error_of("\0\0\x0a\x01\0\0\0\0"s), HasSubstr("starts with 00 00 0a 01"));
  EXPECT_THAT(error_of("\0\x01\x08\x01\0\0\0\0"s), HasSubstr("is not an IDX file"));
}

TEST(ReadIdx, HugeSizesAreRefusedBeforeMemoryIsAskedFor) {
  const std::string huge = "\0\0\x0e\x03\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff"s;
  EXPECT_THAT(error_of(idx(huge, 8)), HasSubstr("which is more than 2^63 bytes"));
  EXPECT_THAT(error_of(gzip(idx(huge, 8))), HasSubstr("which is more than 2^63 bytes"));
  // 16 TB, which a small gzip file cannot hold either: asking for them would be an
  // OutOfMemoryError.
  const std::string large = "\0\0\x08\x02\0\x10\0\0\x01\0\0\0"s;
  EXPECT_THAT(error_of(gzip(idx(large, 8))), HasSubstr("its gzip data can hold at most"));
  const std::string deep = "\0\0\x08\xff"s + std::string(255 * 4, '\x7f');
  EXPECT_THAT(error_of(deep), HasSubstr("more than 2^63 bytes"));
}

TEST(ReadIdx, DamagedGzip) {
  const std::string packed = gzip(idx(kHead2x3, 6));
  std::string wrong_sum = packed;
  wrong_sum[packed.size() - 8] ^= 1;
  EXPECT_THAT(error_of(wrong_sum), HasSubstr("is damaged gzip data (incorrect data check)"));
  std::string wrong_length = packed;
  wrong_length[packed.size() - 4] ^= 1;
  EXPECT_THAT(error_of(wrong_length), HasSubstr("is damaged gzip data (incorrect length check)"));
  EXPECT_THAT(error_of(packed.substr(0, packed.size() - 9)), HasSubstr("is truncated"));
  EXPECT_THAT(error_of(packed.substr(0, packed.size() - 3)), HasSubstr("is truncated"));
  EXPECT_THAT(error_of(packed + "x"), HasSubstr("has other bytes after its gzip data"));
  EXPECT_THAT(error_of(gzip(idx(kHead2x3, 5))),
              HasSubstr("its header says uint8 (2, 3), which is 6 bytes, and 5 came"));
}

TEST(ReadIdx, NoCutAndNoFlippedBitOfAGzipFileGivesOtherElements) {
  const std::string name = "fashion-mnist/t10k-labels-idx1-ubyte.gz";
  const std::string whole = read_text(fixture(name));
  for (std::size_t size = 0; size < whole.size(); ++size) {
    EXPECT_THAT(error_of(whole.substr(0, size)), Not(HasSubstr("no error"))) << size;
  }
  // A few bits mean nothing: a flag, the time, the bits that fill the last byte of deflate's data.
  const std::string right = "no error: " + read_idx(fixture(name)).to_string();
  int noticed = 0;
  for (std::size_t bit = 0; bit < 8 * whole.size(); ++bit) {
    std::string damaged = whole;
    damaged[bit / 8] = static_cast<char>(damaged[bit / 8] ^ (1 << bit % 8));
    const std::string text = error_of(damaged);
    noticed += text.starts_with("no error") ? 0 : 1;
    EXPECT_TRUE(text == right || !text.starts_with("no error")) << bit << " " << text;
  }
  EXPECT_GT(noticed, 8 * 20);
}

TEST(ReadIdx, WhatIsNoReadableFile) {
  try {
    (void)read_idx("/nowhere/file.idx");
    FAIL();
  } catch (const DataError& error) {
    EXPECT_STREQ(error.what(),
                 "read_idx: cannot open /nowhere/file.idx: No such file or directory; "
                 "check the path and its permissions");
  }
  EXPECT_THROW((void)read_idx("/tmp"), DataError);
  EXPECT_THROW((void)read_idx("/dev/zero"), DataError);
}

TEST(WriteIdx, WhatIsWrittenIsRead) {
  const TemporaryFolder folder;
  for (const char* name : {"a.idx", "a.idx.gz"}) {
    const std::string path = folder / name;
    for (const char* source :
         {"uint8.idx", "int8.idx", "int16.idx", "int32.idx", "float32.idx", "float64.idx.gz"}) {
      const Tensor tensor = read_idx(fixture(source));
      write_idx(path, tensor);
      EXPECT_EQ(read_idx(path).to_string(), tensor.to_string());
    }
  }
  // Byte for byte what NumPy wrote.
  write_idx(folder / "copy.idx", read_idx(fixture("int32.idx")));
  EXPECT_EQ(read_text(folder / "copy.idx"), read_text(fixture("int32.idx")));
}

TEST(WriteIdx, ViewsAndMoreThanOnePiece) {
  const TemporaryFolder folder;
  const Tensor matrix = make<std::int16_t>({2, 3}, {1, 2, 3, 4, 5, 6});
  write_idx(folder / "transposed", matrix.view({3, 2}, {1, 3}));
  EXPECT_THAT(elements<std::int16_t>(read_idx(folder / "transposed")),
              ElementsAre(1, 4, 2, 5, 3, 6));
  std::vector<float> many(700'001);
  for (std::size_t i = 0; i < many.size(); ++i) many[i] = static_cast<float>(i);
  write_idx(folder / "many.gz", make<float>({700'001}, many));
  EXPECT_EQ(elements<float>(read_idx(folder / "many.gz")), many);
}

TEST(WriteIdx, TheSameTensorMakesTheSameFile) {
  const TemporaryFolder folder;
  const Tensor tensor = make<std::int32_t>({3}, {1, 2, 3});
  write_idx(folder / "a.gz", tensor);
  write_idx(folder / "b.gz", tensor);
  EXPECT_EQ(read_text(folder / "a.gz"), read_text(folder / "b.gz"));
  EXPECT_EQ(read_text(folder / "a.gz").substr(0, 2), "\x1f\x8b");
}

TEST(WriteIdx, DtypesOutsideTheFormat) {
  try {
    write_idx("unused", make<std::int64_t>({1}, {1}));
    FAIL();
  } catch (const DTypeError& error) {
    EXPECT_STREQ(error.what(),
                 "write_idx: an IDX file holds uint8, int8, int16, int32, float32 or "
                 "float64, not int64; tf::cast the tensor");
  }
}

TEST(WriteIdx, SizesOutsideTheFormat) {
  const Tensor one = make<std::uint8_t>({1}, {1});
  EXPECT_THROW(write_idx("unused", one.view({std::int64_t{1} << 32}, {0})), ValueError);
}

TEST(WriteIdx, AFailureLeavesTheOldFile) {
  const TemporaryFolder folder;
  const std::string path = folder / "numbers.idx";
  write_idx(path, make<std::int32_t>({3}, {1, 2, 3}));
  const std::string before = read_text(path);
  ::rlimit limit{};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &limit), 0);
  const ::rlimit small{1000, limit.rlim_max};
  const auto handler = ::signal(SIGXFSZ, SIG_IGN);
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &small), 0);
  EXPECT_THROW(write_idx(path, make<float>({1000}, std::vector<float>(1000))), DataError);
  ::setrlimit(RLIMIT_FSIZE, &limit);
  ::signal(SIGXFSZ, handler);
  EXPECT_EQ(read_text(path), before);
  const std::filesystem::directory_iterator files(folder.path());
  EXPECT_EQ(std::distance(begin(files), end(files)), 1) << "a temporary file was left";
  EXPECT_THROW(write_idx("/nowhere/a.idx", make<float>({1}, {1})), DataError);
}

}  // namespace
}  // namespace saem::data
